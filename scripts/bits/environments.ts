/**
 * All environments that are tried: the first one is what the others are compared with.
 */
import { chromium, firefox } from "./browsers.ts"
import type { Environment } from "./environment.ts"
import { bun, emulated, node, resumed } from "./processes.ts"

export const environments: ReadonlyArray<Environment> = [
  node(24, [1, 2, 3, 4]),
  resumed(24, 26, 2),
  node(22, [2]),
  node(26, [2]),
  node(24, [2], { name: "256-bit vectors", flags: ["--experimental-wasm-revectorize"] }),
  node(24, [2], { name: "baseline compiler", flags: ["--liftoff-only"] }),
  node(24, [2], { name: "no AVX, no FMA", flags: ["--no-enable-avx", "--no-enable-avx2", "--no-enable-fma3"] }),
  emulated(24, [2]),
  bun([2]),
  chromium(true, [2]),
  chromium(false, [2]),
  firefox(true, [2]),
  firefox(false, [2])
]
