/** The manifest: everything that JavaScript may call. Constants named op... are table indices of operations. */
export { affine, affineInputGrad, affineInputGradTmp, affineTmp, affineWeightGrad, affineWeightGradTmp } from "./affine"
export * from "./arithmetic"
export { affineBiasGrad } from "./columns"
export { REDUCTION_BLOCK } from "./blocks"
export { conv2d, conv2dTmp } from "./conv2d"
export { conv2dBiasGrad } from "./conv2dBiasGrad"
export { conv2dInputGrad, conv2dInputGradTmp } from "./conv2dInputGrad"
export { conv2dWeightGrad, conv2dWeightGradTmp } from "./conv2dWeightGrad"
export { setGeometry } from "./geometry"
export { normals } from "./boxMuller"
export { normalKl, normalKlByPriorLogStd, normalKlByPriorMean } from "./normalKl"
export * from "./random"
export * from "./elementary"
export * from "./checks"
export { allFinite, dot, sum } from "./reductions"
export { setPool } from "./jobs"
export { isLost, loseWorkers, stopWorkers, work, POOL_BYTES } from "./pool"
export { run, setBuffers, BLOCK, SLOTS } from "./program"

/** Where free memory begins. */
export const heapBase: usize = __heap_base
