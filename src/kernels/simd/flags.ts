/** What is worth knowing of the flags that V8 was started with, which Node alone tells. */

/** As much of Node as is used here, so that this file compiles and runs without it. */
declare const process: { readonly execArgv?: ReadonlyArray<string> } | undefined

/** Whether V8 makes one vector of 256 bits of two of ours: then wider tiles pay (`assembly/wideTile.ts`). */
export const pairsVectors = (): boolean =>
  typeof process !== "undefined" && process.execArgv?.includes("--experimental-wasm-revectorize") === true
