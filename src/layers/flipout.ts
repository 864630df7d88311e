/**
 * Flipout: one draw of the weights, whose deviation from the mean each row of the batch sees under signs of its own.
 *
 * y = map(mean, x) + r * map(deviation, s * x), with random signs s over the input's channels and r over the output's.
 * As the deviation is symmetric around 0 and independent from weight to weight, r deviation s has its distribution; the
 * signs take the correlation away that the rows would have by sharing it.
 *
 * **Source**: Wen et al. 2018, section 3.1, equation 4. The bias is sampled and not flipped: its deviation is one for
 * all rows.
 *
 * @since 0.2.0
 */
import * as Key from "../core/Key.ts"
import { type Tensor, zeros } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import type { Factorized } from "../distributions/index.ts"
import { kernels } from "../kernels/index.ts"
import { assertNoise, type Estimated, type FlipoutNoise } from "./Estimator.ts"
import type { Channels, Empty, Layer } from "./Layer.ts"

/** Of two records of weights, the bias of one and the rest of the other. */
const withBias = <W>(weights: W, bias: W): W => Tree.zip(weights, bias, (w, b, path) => (path === "bias" ? b : w))

/** The map at the mean, and the map of the deviation between two flips. */
export const flipout = <W, Q, N>(
  layer: Layer<W, Empty>,
  channels: Channels,
  posterior: Factorized<Q, W, N>
): Estimated<Q, FlipoutNoise<N>> => {
  const [{ value: first }] = Tree.leavesWith(Tree.isSpec, layer.shapes) as [Tree.Leaf<Tensor>]
  const flip = (x: Tensor, signs: Tensor): Tensor => kernels(x.dtype).scaleChannels(x, signs, channels.axis)
  const assertSigns = ({ dtype, shape }: Tensor, eps: FlipoutNoise<N>): void => {
    for (const [leaf, n] of [
      ["signIn", channels.in],
      ["signOut", channels.out]
    ] as const) {
      assertNoise(`flipout of "${layer.spec.kind}", noise at "${leaf}"`, { shape: [shape[0]!, n], dtype }, eps[leaf])
    }
  }
  const add = (a: Tensor, b: Tensor): Tensor => kernels(a.dtype).axpy(1, a, b)
  /** The weights of the two maps: the mean with the sampled bias, and the deviation without a bias. */
  const parts = (q: Q, eps: FlipoutNoise<N>): { readonly shared: W; readonly flipped: W } => {
    const mean = posterior.mean(q)
    const deviation = posterior.deviation(q, eps.weights)
    return {
      shared: withBias(mean, Tree.zip(mean, deviation, add)),
      flipped: Tree.map(deviation, (leaf, path) => (path === "bias" ? zeros(leaf) : leaf))
    }
  }
  return {
    noise: (key, batch) => ({
      weights: posterior.noise(layer.shapes, Key.fold(key, 0)),
      signIn: kernels(first.dtype).signs(Key.fold(key, 1), { shape: [batch, channels.in], dtype: first.dtype }),
      signOut: kernels(first.dtype).signs(Key.fold(key, 2), { shape: [batch, channels.out], dtype: first.dtype })
    }),
    forward: (q, x, eps) => {
      const { shared, flipped } = parts(q, eps)
      const mean = layer.forward(shared, x, {})
      assertSigns(x, eps)
      const deviation = layer.forward(flipped, flip(x, eps.signIn), {})
      return add(flip(deviation, eps.signOut), mean)
    },
    vjp: (q, x, eps) => {
      const { shared, flipped } = parts(q, eps)
      const mean = layer.vjp(shared, x, {})
      assertSigns(x, eps)
      const deviation = layer.vjp(flipped, flip(x, eps.signIn), {})
      return {
        y: add(flip(deviation.y, eps.signOut), mean.y),
        pullback: (dy, want) => {
          const m = mean.pullback(dy, want)
          const d = deviation.pullback(flip(dy, eps.signOut), want)
          const dDeviation = withBias(d.dParams, m.dParams)
          const dParams = posterior.deviationPullback(q, eps.weights, m.dParams, dDeviation)
          if (m.dx === undefined || d.dx === undefined) return { dParams }
          return { dParams, dx: add(flip(d.dx, eps.signIn), m.dx) }
        }
      }
    },
    kl: (q, eps) => posterior.kl(q, eps?.weights),
    klGrad: (q, eps) => posterior.klGrad(q, eps?.weights)
  }
}
