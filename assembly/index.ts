/** The manifest: everything that JavaScript may call. Constants named op... are table indices of operations. */
export * from "./arithmetic"
export { run, setBuffers, BLOCK, SLOTS } from "./program"

/** Where free memory begins. */
export const heapBase: usize = __heap_base
