// Deliberately broken estimators, most of them found in other libraries: each test names the laws that catch it. The
// right ones are under the same laws, with the same moments, in test/property/estimators.test.ts.
import {
  BayesianLinear,
  type FlipoutNoise,
  Key,
  type Layer,
  Linear,
  meanField,
  type OutputNoise,
  Tensor
} from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { estimatorGradientMoments, estimatorMoments } from "../property/estimatorMoments.ts"
import { brokenBy } from "./brokenBy.ts"

type Params = BayesianLinear.Params
type Weights = Linear.Params

const k = kernels("float64")
const linear = Linear.make({ in: 3, out: 2, dtype: "float64" })
const posterior = meanField<Weights>()

const MOMENTS = "moments over the noise are exact ones within 5 standard errors"
const GRADIENT_MOMENTS = "moments of a gradient over the noise are exact ones within 5 standard errors"
const VIEW = "its view for predictions has its mean and variance within 5 standard errors"
const MEAN = "eps = 0 gives the mean"
const AT_MEAN = "zero noise gives the layer at its mean"
const ZEROS = "rows of zeros give finite values and gradients"

const caught = <E>(estimator: "flipout" | "localReparameterization", layer: Layer<Params, E>) =>
  brokenBy(
    laws.layer(layer, {
      inShape: [3],
      registry: false,
      moments: estimatorMoments(estimator),
      gradientMoments: estimatorGradientMoments(estimator),
      lifted: { layer: linear, posterior }
    })
  )

describe("broken Flipout", () => {
  type Noise = FlipoutNoise<Weights>
  const right = BayesianLinear.make({ in: 3, out: 2, dtype: "float64", estimator: "flipout" })

  it("the whole weight is flipped, not its deviation (BLiTZ)", () => {
    const noBias = (w: Weights): Weights => ({ ...w, bias: Tensor.zeros(w.bias) })
    const flip = (x: Tensor.Tensor, signs: Tensor.Tensor) => k.scaleChannels(x, signs, "last")
    const vjp = (q: Params, x: Tensor.Tensor, { weights, signIn, signOut }: Noise) => {
      const w = posterior.sample(q, weights)
      const bias = linear.vjp({ ...w, weight: Tensor.zeros(w.weight) }, x, {})
      const flipped = linear.vjp(noBias(w), flip(x, signIn), {})
      return {
        y: k.axpy(1, flip(flipped.y, signOut), bias.y),
        pullback: (dy: Tensor.Tensor, want?: { readonly dx: boolean }) => {
          const { dParams, dx } = flipped.pullback(flip(dy, signOut), want)
          const dW = { weight: dParams.weight, bias: bias.pullback(dy).dParams.bias }
          return { dParams: posterior.pullback(q, weights, dW), ...(dx && { dx: flip(dx, signIn) }) }
        }
      }
    }
    const layer: Layer<Params, Noise> = { ...right, vjp, forward: (q, x, eps) => vjp(q, x, eps).y }
    expect(caught("flipout", layer)).toEqual([MOMENTS, GRADIENT_MOMENTS, MEAN, VIEW, AT_MEAN])
  })

  const withSigns = (sign: (key: Key.Key, spec: Tensor.Tensor) => Tensor.Tensor): Layer<Params, Noise> => ({
    ...right,
    noise: (key, batch) => {
      const { weights, signIn, signOut } = right.noise(key, batch)
      return { weights, signIn: sign(Key.fold(key, 3), signIn), signOut: sign(Key.fold(key, 4), signOut) }
    }
  })

  it("signs that are numbers in [-1, 3): their mean is 1 and their second moment 7/3 (edward2)", () => {
    const layer = withSigns((key, spec) => k.uniform(key, spec, -1, 3))
    expect(caught("flipout", layer)).toEqual([MOMENTS, GRADIENT_MOMENTS, VIEW])
  })

  it("signs that all rows share, which decorrelate nothing", () => {
    const layer = withSigns((key, { shape, dtype }) => {
      const row = k.signs(key, { shape: [1, shape[1]!], dtype })
      return Tensor.takeRows(
        row,
        Array.from({ length: shape[0]! }, () => 0)
      )
    })
    expect(caught("flipout", layer)).toEqual([MOMENTS, GRADIENT_MOMENTS])
  })
})

describe("broken local reparameterization", () => {
  type Noise = OutputNoise<Weights>
  const estimator = "localReparameterization"
  const right = BayesianLinear.make({ in: 3, out: 2, dtype: "float64", estimator })

  it("the bias's variance forgotten", () => {
    const withoutBias = (w: Weights): Weights => ({ ...w, bias: Tensor.zeros(w.bias) })
    const vjp = (q: Params, x: Tensor.Tensor, { output }: Noise) => {
      const mean = linear.vjp(posterior.mean(q), x, {})
      const variance = linear.vjp(withoutBias(posterior.variance(q)), k.multiply(x, x), {})
      return {
        y: k.momentsSample(mean.y, variance.y, output),
        pullback: (dy: Tensor.Tensor, want?: { readonly dx: boolean }) => {
          const m = mean.pullback(dy, want)
          const v = variance.pullback(k.momentsSampleVjp(variance.y, output, dy), want)
          return {
            dParams: posterior.momentsPullback(q, m.dParams, withoutBias(v.dParams)),
            ...(m.dx && v.dx && { dx: k.axpy(2, k.multiply(x, v.dx), m.dx) })
          }
        }
      }
    }
    const layer: Layer<Params, Noise> = { ...right, vjp, forward: (q, x, eps) => vjp(q, x, eps).y }
    expect(caught(estimator, layer)).toEqual([MOMENTS, GRADIENT_MOMENTS, VIEW])
  })

  it("the square root's derivative taken at a variance of 0: NaN for a row of zeros (TensorFlow Probability)", () => {
    const bare = Linear.make({ in: 3, out: 2, bias: false, dtype: "float64" })
    const guarded = BayesianLinear.make({ in: 3, out: 2, bias: false, dtype: "float64", estimator })
    const layer: typeof guarded = {
      ...guarded,
      vjp: (q, x, eps) => {
        const { y, pullback } = guarded.vjp(q, x, eps)
        const variance = bare.forward(meanField<Linear.ParamsFor<false>>().variance(q), k.multiply(x, x), {})
        // 1 within its rounding, and 0 times infinity where the variance is 0.
        const unguarded = Tensor.from(
          Tensor.toFloat64Array(variance).map((v) => Math.sqrt(v) * (1 / Math.sqrt(v))),
          y
        )
        return { y, pullback: (dy, want) => pullback(k.multiply(dy, unguarded), want) }
      }
    }
    expect(brokenBy(laws.layer(layer, { inShape: [3] }))).toEqual([ZEROS])
  })
})
