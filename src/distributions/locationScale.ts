/**
 * Likelihoods of one family: target = output + exp(logScale) z, where z has a distribution without parameters.
 *
 * @since 0.2.0
 */
import { assertConfig, ShapeError } from "../core/errors.ts"
import { exp, log } from "../core/math.ts"
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels, type TargetDensity } from "../kernels/index.ts"
import type { Conditional } from "./Likelihood.ts"
import { assertStd } from "./std.ts"

/** The distribution of z, and the kernel's density of what is made of it. */
interface Standard {
  readonly density: (logScale: Tensor.Tensor) => TargetDensity
  readonly variance: number
  readonly logPdf: (z: number) => number
  readonly cdf: (z: number) => number
}

/** A scale for each number of an output [B, T], or one for each of its targets [T]: the kernels check the same. */
const assertFits = (logScale: Tensor.Tensor, output: Tensor.Tensor): void => {
  if (output.shape.length !== 2) {
    throw new ShapeError({ where: "conditional", expected: "an output [B, T]", actual: Shape.format(output.shape) })
  }
  const shape = logScale.shape.length === 2 ? output.shape : output.shape.slice(1)
  Shape.assertSame("conditional, logScale", { shape, dtype: output.dtype }, logScale)
}

/** What such likelihoods share, whether their logScale is given, learned or an output: [T] or [B, T]. */
export const locationScale = ({ density, variance, logPdf, cdf }: Standard) => ({
  nll: (logScale: Tensor.Tensor, output: Tensor.Tensor, target: Tensor.Tensor, weights?: Tensor.Tensor): number =>
    kernels(output.dtype).targetNll(density(logScale), output, target, weights),
  nllGrad: (logScale: Tensor.Tensor, output: Tensor.Tensor, target: Tensor.Tensor, weights?: Tensor.Tensor) => {
    const grad = kernels(output.dtype).targetNllGrad(density(logScale), output, target, weights)
    return { output: grad.output, logScale: grad.logScale! }
  },
  conditional: (logScale: Tensor.Tensor, output: Tensor.Tensor): Conditional => {
    assertFits(logScale, output)
    const mean = Tensor.toFloat64Array(output)
    const logScales = Tensor.toFloat64Array(logScale)
    const scales = logScales.map(exp)
    const z = (i: number, y: number): number => (y - mean[i]!) / scales[i % scales.length]!
    const variances = new Float64Array(mean.length)
    for (let i = 0; i < scales.length; i++) variances[i] = variance * scales[i]! * scales[i]!
    for (let i = scales.length; i < variances.length; i++) variances[i] = variances[i - scales.length]! // the rows repeat
    return {
      mean,
      variance: variances,
      logPdf: (i, y) => logPdf(z(i, y)) - logScales[i % scales.length]!,
      cdf: (i, y) => cdf(z(i, y))
    }
  }
})

/** A scale for all targets, or one for each: checked, copied, and as the logScale of an output. */
export const givenScale = (option: string, expected: string, given: number | ReadonlyArray<number>) => {
  const scale = typeof given === "number" ? given : [...given]
  const scales = typeof scale === "number" ? [scale] : scale
  assertConfig(scales.length > 0, option, "at least one number", "an empty list")
  for (const each of scales) assertStd(option, expected, each)
  const logScale = ({ shape, dtype }: Tensor.Tensor): Tensor.Tensor =>
    typeof scale === "number"
      ? Tensor.full({ shape: shape.slice(1), dtype }, log(scale))
      : Tensor.from(scale.map(log), { dtype })
  let last: { readonly width: number; readonly logScale: Tensor.Tensor } | undefined
  return {
    scale,
    logScale: (output: Tensor.Tensor): Tensor.Tensor => {
      const { shape, dtype } = output
      if (shape.length !== 2) return logScale(output)
      const [, width] = shape as readonly [number, number]
      if (last?.width !== width || last.logScale.dtype !== dtype) last = { width, logScale: logScale(output) }
      return last.logScale
    }
  }
}

/** How a learned scale starts. Every field has a default. @category models @since 0.2.0 */
export interface LearnedOptions {
  /** The number of targets, each with a scale of its own; default 1. */
  readonly targets?: number
  /** That of the network's output, default float32. */
  readonly dtype?: Shape.DType
}

/** The shape of a learned logScale, one number for each target. */
export const learnedScale = ({ targets = 1, dtype = "float32" }: LearnedOptions): Shape.TensorSpec => {
  assertConfig(Number.isSafeInteger(targets) && targets > 0, "targets", "a whole number above 0", targets)
  return { shape: [targets], dtype }
}
