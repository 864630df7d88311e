/**
 * The reference engine: plain loops in float64 arithmetic, written to be read. It runs everywhere, and is the oracle
 * that faster engines are tested against. Float32 tensors are rounded when an element is stored.
 *
 * @since 0.1.0
 */
import type { Kernels } from "../Kernels.ts"
import * as affine from "./affine.ts"
import * as categorical from "./categorical.ts"
import * as convolution from "./convolution.ts"
import * as density from "./density.ts"
import * as dropout from "./dropout.ts"
import * as elementwise from "./elementwise.ts"
import * as estimators from "./estimators.ts"
import * as normal from "./normal.ts"
import * as optimizer from "./optimizer.ts"
import * as pooling from "./pooling.ts"
import * as random from "./random.ts"
import * as targetDensity from "./targetDensity.ts"

/** @category engines @since 0.1.0 */
export const reference: Kernels = {
  name: "reference",
  bits: 1,
  operationsPerMs: 1e6,
  operationsOfStep: 4e4,
  ...random,
  ...affine,
  ...convolution,
  ...pooling,
  ...dropout,
  ...normal,
  ...density,
  ...elementwise,
  ...estimators,
  ...targetDensity,
  ...categorical,
  ...optimizer
}
