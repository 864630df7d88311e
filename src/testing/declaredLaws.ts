/**
 * What a layer says of itself, and others build on, is so: its channels, that it is linear, what it is to predict with
 * and at the mean of its weights.
 *
 * @since 0.2.0
 */
import type fc from "fast-check"
import * as Key from "../core/Key.ts"
import type { Shape } from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import { atMean, type Layer, predictive } from "../layers/Layer.ts"
import { assert, forAll, type Law, once } from "./Law.ts"
import type { Case } from "./layerCases.ts"
import { assertIdentical } from "./purity.ts"

interface Given<P, E> {
  readonly layer: Layer<P, E>
  readonly inShape: Shape
  readonly cases: fc.Arbitrary<Case<P, E>>
}

const channelsLaw = <P, E>({ layer, inShape }: Given<P, E>): Law =>
  once("layer: its channels are those of its input and output", () => {
    const { channels } = layer
    const outShape = layer.outShape(inShape)
    if (channels === "same") assertIdentical("outShape", inShape, outShape)
    else if (channels !== undefined) {
      const at = channels.axis === "first" ? 0 : -1
      assertIdentical("channels", { in: inShape.at(at), out: outShape.at(at) }, { in: channels.in, out: channels.out })
    }
  })

const times = (leaf: Tensor.Tensor): Tensor.Tensor => kernels(leaf.dtype).scale(-2, leaf)

/** A power of two rounds nothing, above the smallest numbers of a dtype; those are far below 1e-30. */
const assertTimes = (what: string, before: Tensor.Tensor, after: Tensor.Tensor): void => {
  const values = Tensor.toFloat64Array(after)
  for (const [i, y] of Tensor.toFloat64Array(before).entries()) {
    assert(Math.abs(values[i]! + 2 * y) < 1e-30, () => `${what} make of ${y} ${values[i]}`)
  }
}

/** By -2: 2 tells a line from a curve, the sign from a size such as relu or abs. */
const linearLaw = <P, E>({ layer, cases }: Given<P, E>): Law =>
  forAll("layer: it is linear in its parameters and, but for the bias, in its input", cases, ({ params, x, eps }) => {
    const y = (p: P, input: Tensor.Tensor): Tensor.Tensor => layer.forward(p, input, eps)
    const bare = Tree.map(params, (leaf, path) => (path === "bias" ? Tensor.zeros(leaf) : leaf))
    assertTimes("-2 times the parameters", y(params, x), y(Tree.map(params, times), x))
    assertTimes("-2 times the input", y(bare, x), y(bare, times(x)))
  })

const viewLaw = <P, E>({ layer, inShape }: Given<P, E>): Law =>
  once("layer: what it predicts with draws the same for any number of rows", (seed) => {
    const view = predictive(layer)
    assertIdentical(
      "noise for 2 rows and for 3",
      view.noise(Key.make(seed), 2, inShape),
      view.noise(Key.make(seed), 3, inShape)
    )
  })

const meanLaw = <P, E>({ layer, inShape, cases }: Given<P, E>): Law =>
  forAll("layer: zero noise gives the layer at its mean", cases, ({ params, x, eps }) => {
    const { layer: mean, params: weights } = atMean(layer, params)
    const none = mean.noise(Key.make(0), x.shape[0]!, inShape)
    assert(Tree.count(none) === 0, () => `"${mean.spec.kind}", what it is at its mean, has noise`)
    assertIdentical("forward", mean.forward(weights, x, none), layer.forward(params, x, Tree.zerosLike(eps)))
  })

/** The laws of what a layer declares; noise obliges it to say what it is without. */
export const declaredLaws = <P, E>(given: Given<P, E>): ReadonlyArray<Law> => {
  const { layer, inShape } = given
  const noisy = Tree.count(layer.noise(Key.make(0), 1, inShape)) > 0
  return [
    ...(layer.channels === undefined ? [] : [channelsLaw(given)]),
    ...(layer.linear === true ? [linearLaw(given)] : []),
    ...(noisy ? [viewLaw(given)] : []),
    ...(noisy || layer.atMean !== undefined ? [meanLaw(given)] : [])
  ]
}
