/**
 * Normal priors, N(mean, std^2): the one whose divergence is in closed form.
 *
 * Mean and std are numbers for all weights, or tensors with one for each weight (a network trained before, say).
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { assertConfig } from "../core/errors.ts"
import { log } from "../core/math.ts"
import { type DType, formatSpec } from "../core/Shape.ts"
import { type Definition, define, TensorSchema } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import * as Normal from "./Normal.ts"
import type { Prior } from "./Prior.ts"
import { assertStd } from "./std.ts"

/** Each default is that of N(0, 1). @category models @since 0.2.0 */
export interface NormalOptions {
  readonly mean?: number | Tensor.Tensor
  readonly std?: number | Tensor.Tensor
}

const each = (value: number | Tensor.Tensor, check: (v: number) => void): void => {
  if (typeof value === "number") check(value)
  else for (const v of Tensor.toFloat64Array(value)) check(v)
}

/** A scalar, or one for each weight, in the precision of the weights. */
const inDType = (value: number | Tensor.Tensor, dtype: DType, f: (v: number) => number): Tensor.Tensor =>
  typeof value === "number"
    ? Tensor.scalar(f(value), dtype)
    : Tensor.from(Tensor.toFloat64Array(value).map(f), { shape: value.shape, dtype })

const finite = (what: string, t: Tensor.Tensor): Tensor.Tensor => {
  const fits = kernels(t.dtype).allFinite(t)
  assertConfig(fits, `${what} of a normal`, `a number that ${t.dtype} can hold`, formatSpec(t))
  return t
}

/**
 * N(mean, std^2) for every weight; N(0, 1) unless said otherwise.
 *
 * **Shapes**: a tensor for `mean` or `std` has the shape of the weights that the prior is for. The parameters are kept
 * rounded to the dtype of the weights, so a posterior can equal the prior exactly, and are copied: nothing that is
 * trained later moves them. **Errors**: `ConfigError` unless each std is from 1e-150 to 1e150 and float32 can hold each
 * mean; `ShapeError` for weights of another shape.
 *
 * @category constructors
 * @since 0.1.0
 */
export const normal = (options?: NormalOptions): Prior => {
  const { mean = 0, std = 1 } = options ?? {}
  each(mean, (m) => assertConfig(Number.isFinite(m), "mean of a normal", "a finite number", m))
  each(std, (s) => assertStd("std of a normal", "a finite number above 0", s))
  const make = (dtype: DType): Normal.Normal => ({
    mean: finite(
      "mean",
      inDType(mean, dtype, (m) => m)
    ),
    logStd: inDType(std, dtype, log)
  })
  const params: Readonly<Record<DType, Normal.Normal>> = { float32: make("float32"), float64: make("float64") }
  return {
    spec: { kind: "normal", mean, std },
    sampledKl: false,
    logProb: (w) => kernels(w.dtype).sum(Normal.logProb(params[w.dtype], w)),
    logProbGrad: (w) => Normal.logProbGrad(params[w.dtype], w).x,
    kl: (q) => Normal.kl({ q, p: params[q.mean.dtype] }),
    klGrad: (q) => Normal.klGrad({ q, p: params[q.mean.dtype] })
  }
}

const Parameter = /*#__PURE__*/ Schema.Union([Schema.Finite, TensorSchema])

/** @category registry @since 0.1.0 */
export const normalDefinition: Definition<Prior> = /*#__PURE__*/ define(
  "normal",
  Schema.Struct({ mean: Parameter, std: Parameter }),
  normal
)
