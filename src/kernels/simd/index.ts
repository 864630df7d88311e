/**
 * The SIMD engine for float32: WebAssembly kernels whose bits are the same on every processor, JavaScript engine and
 * number of threads. What has no kernel of its own runs on the reference engine, whose bits are as portable.
 *
 * @since 0.4.0
 */
import type { Kernels } from "../Kernels.ts"
import { reference } from "../reference/index.ts"
import * as affine from "./affine.ts"
import * as arithmetic from "./arithmetic.ts"
import * as convolution from "./convolution.ts"
import * as density from "./density.ts"
import * as elementwise from "./elementwise.ts"
import * as estimators from "./estimators.ts"
import * as likelihood from "./likelihood.ts"
import * as moments from "./moments.ts"
import * as normal from "./normal.ts"
import * as normalKl from "./normalKl.ts"
import * as pooling from "./pooling.ts"
import * as random from "./random.ts"
import * as reductions from "./reductions.ts"

/** @category engines @since 0.4.0 */
export const simd: Kernels = {
  ...reference,
  name: "simd",
  bits: 1,
  operationsPerMs: 4e7,
  operationsOfStep: 8e5,
  ...arithmetic,
  ...random,
  ...affine,
  ...convolution,
  ...pooling,
  ...reductions,
  ...normal,
  ...normalKl,
  ...elementwise,
  ...estimators,
  ...likelihood,
  ...density,
  ...moments
}
