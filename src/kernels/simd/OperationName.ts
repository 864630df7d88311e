/** The operations that programs are made of, as the WebAssembly module exports them: indices into its table of functions. */

/** A constant, once the module has started. */
export type Constant = WebAssembly.Global<"i32">

/** Each is described where it is written, in `assembly/`. */
export interface Operations {
  readonly opAxpy: Constant
  readonly opScale: Constant
  readonly opMultiply: Constant
  readonly opFill: Constant
  readonly opNormal: Constant
  readonly opSigns: Constant
  readonly opDropoutNoise: Constant
  readonly opMixtureGrad: Constant
  readonly opLaplaceKlMeanGrad: Constant
  readonly opLaplaceKlLogStdGrad: Constant
  readonly opLaplaceGrad: Constant
  readonly opStudentTGrad: Constant
  readonly opExp: Constant
  readonly opExpm1: Constant
  readonly opLog: Constant
  readonly opLog1p: Constant
  readonly opNonFinite: Constant
  readonly opRelu: Constant
  readonly opReluVjp: Constant
  readonly opLeakyRelu: Constant
  readonly opLeakyReluVjp: Constant
  readonly opElu: Constant
  readonly opEluVjp: Constant
  readonly opTanh: Constant
  readonly opTanhVjp: Constant
  readonly opSigmoid: Constant
  readonly opSigmoidVjp: Constant
  readonly opSoftplus: Constant
  readonly opSoftplusVjp: Constant
  readonly opSilu: Constant
  readonly opSiluVjp: Constant
  readonly opGelu: Constant
  readonly opGeluVjp: Constant
  readonly opMomentsSample: Constant
  readonly opMomentsSampleVjp: Constant
  readonly opDropout: Constant
  readonly opFirstMoment: Constant
  readonly opSecondMoment: Constant
  readonly opMomentUpdate: Constant
  readonly opNormalSample: Constant
  readonly opNormalSampleVjp: Constant
  readonly opNormalVariance: Constant
  readonly opNormalVarianceVjp: Constant
  readonly opNormalKlMeanGrad: Constant
  readonly opNormalKlMeanGradScalar: Constant
  readonly opNormalKlLogStdGrad: Constant
  readonly opNormalKlLogStdGradScalar: Constant
  readonly opNormalLogProb: Constant
  readonly opNormalLogProbMeanGrad: Constant
  readonly opNormalLogProbLogStdGrad: Constant
  readonly opNormalLogProbScalars: Constant
}

/** The name of an operation. */
export type OperationName = keyof Operations
