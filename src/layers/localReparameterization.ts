/**
 * Local reparameterization: the output of a linear map of independent normals is normal, so it is drawn itself.
 *
 * y = m + sqrt(v) eps with m = map(mean, x) and v = map(variance, x^2), a number of eps for each output of each row.
 * No two rows share noise, and there is as much of it as there are outputs, not weights.
 *
 * **Source**: Kingma, Salimans & Welling 2015, section 2.3, equation 6. For the convolutions of an image, and a linear
 * map of several places of a row, it draws outputs at different places independently, though they share weights: each
 * output's distribution is right, their correlation within a row is left out, and the gradient is that of a loss so drawn.
 *
 * @since 0.2.0
 */
import { ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import type { Shape } from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { type Factorized, Normal } from "../distributions/index.ts"
import { kernels } from "../kernels/index.ts"
import { assertNoise, type Estimated, type OutputNoise } from "./Estimator.ts"
import type { Channels, Empty, Layer } from "./Layer.ts"

/** Mean and variance of the output carried through the map; only here does a random number enter. */
export const localReparameterization = <W, Q, N>(
  layer: Layer<W, Empty>,
  { axis, out }: Channels,
  posterior: Factorized<Q, W, N>
): Estimated<Q, OutputNoise<N>> => {
  const [{ value: leaf }] = Tree.leavesWith(Tree.isSpec, layer.shapes) as [Tree.Leaf<Tensor>]
  const where = `local reparameterization of "${layer.spec.kind}", noise at "output"`
  const outShape = (inShape: Shape | undefined): Shape => {
    if (inShape !== undefined) return layer.outShape(inShape)
    if (axis === "last") return [out]
    throw new ShapeError({
      where: "noise of local reparameterization",
      expected: "the shape of the input, without its batch axis",
      actual: "none",
      hint: `How many numbers "${layer.spec.kind}" wants depends on it: layer.noise(key, batch, inShape)`
    })
  }
  return {
    noise: (key, batch, inShape) => {
      const spec = { shape: [batch, ...outShape(inShape)], dtype: leaf.dtype }
      return {
        output: Normal.standard(Key.fold(key, 0), spec),
        ...(posterior.sampledKl ? { weights: posterior.noise(layer.shapes, Key.fold(key, 1)) } : {})
      }
    },
    forward: (q, x, eps) => {
      const k = kernels(x.dtype)
      const mean = layer.forward(posterior.mean(q), x, {})
      assertNoise(where, mean, eps.output)
      return k.momentsSample(mean, layer.forward(posterior.variance(q), k.multiply(x, x), {}), eps.output)
    },
    vjp: (q, x, eps) => {
      const k = kernels(x.dtype)
      const mean = layer.vjp(posterior.mean(q), x, {})
      assertNoise(where, mean.y, eps.output)
      const variance = layer.vjp(posterior.variance(q), k.multiply(x, x), {})
      return {
        y: k.momentsSample(mean.y, variance.y, eps.output),
        pullback: (dy, want) => {
          const m = mean.pullback(dy, want)
          const v = variance.pullback(k.momentsSampleVjp(variance.y, eps.output, dy), want)
          const dParams = posterior.momentsPullback(q, m.dParams, v.dParams)
          if (m.dx === undefined || v.dx === undefined) return { dParams }
          return { dParams, dx: k.axpy(2, k.multiply(x, v.dx), m.dx) }
        }
      }
    },
    kl: (q, eps) => posterior.kl(q, eps?.weights),
    klGrad: (q, eps) => posterior.klGrad(q, eps?.weights)
  }
}
