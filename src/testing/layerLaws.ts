/**
 * What every layer must be: pure, differentiated correctly, independent from row to row, and rebuilt by its spec.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import * as Key from "../core/Key.ts"
import * as Shape from "../core/Shape.ts"
import type { Spec } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { builtin } from "../layers/fromSpec.ts"
import type { Layer } from "../layers/Layer.ts"
import * as Registry from "../layers/Registry.ts"
import * as arbitraries from "./arbitraries.ts"
import { declaredLaws } from "./declaredLaws.ts"
import { assertGradient, inner } from "./differences.ts"
import { assert, forAll, forMost, type Law } from "./Law.ts"
import { type Case, cases, type LayerOptions, type Options } from "./layerCases.ts"
import { liftedLaws, noiseLaws } from "./liftedLaws.ts"
import { gradientMomentLaw, momentLaw, uncorrelatedLaw } from "./moments.ts"
import { assertIdentical, assertRepeatable, assertUnmodified } from "./purity.ts"

/** The noise of one row, where a leaf has an axis for rows: one whose length is the batch, whatever that is. */
const noiseOfRow = <P, E>(layer: Layer<P, E>, inShape: Shape.Shape, eps: E, batch: number, row: number): E => {
  const key = Key.make(0)
  const other = new Map(Tree.leaves(layer.noise(key, batch + 1, inShape)).map((leaf) => [leaf.path, leaf.value.shape]))
  return Tree.map(eps, (leaf, path) =>
    leaf.shape[0] === batch && other.get(path)?.[0] === batch + 1 ? Tensor.rows(leaf, row, row + 1) : leaf
  )
}

/** Sums of other terms, or of the same in another order, may differ by this much of their largest term. */
const ROUNDING: Readonly<Record<Shape.DType, number>> = { float64: 1e-12, float32: 1e-5 }

const assertSum = (what: string, sum: unknown, a: unknown, b: unknown): void => {
  const lefts = Tree.leaves(a)
  const rights = Tree.leaves(b)
  for (const [k, { path, value }] of Tree.leaves(sum).entries()) {
    const xs = Tensor.toFloat64Array(lefts[k]!.value)
    const ys = Tensor.toFloat64Array(rights[k]!.value)
    const largest = xs.reduce((max, x, i) => Math.max(max, Math.abs(x), Math.abs(ys[i]!)), 1)
    for (const [i, s] of Tensor.toFloat64Array(value).entries()) {
      const ok = Math.abs(s - (xs[i]! + ys[i]!)) <= 16 * ROUNDING[value.dtype] * largest
      assert(ok, () => `${what} ${path}[${i}]: ${s}, but the parts give ${xs[i]!} + ${ys[i]!}`)
    }
  }
}

const addTensors = (a: Tensor.Tensor, b: Tensor.Tensor, scale = 1): Tensor.Tensor => {
  const ys = Tensor.toFloat64Array(b)
  const sums = Tensor.toFloat64Array(a).map((x, i) => scale * x + ys[i]!)
  return Tensor.from(sums, { dtype: a.dtype, shape: a.shape })
}

const gradientLaws = <P, E>(layer: Layer<P, E>, options: Options<P>): ReadonlyArray<Law> => {
  const all = cases(layer, options)
  const hasDx = options.differentiableInput !== false
  return [
    forMost(
      "layer: gradient = central difference",
      all,
      ({ params, x, eps, dy, from }, tally) => {
        const { dParams, dx } = layer.vjp(params, x, eps).pullback(dy)
        const common = { tally, from }
        assertGradient({
          ...common,
          name: "<dy, forward>",
          point: params,
          gradient: dParams,
          f: (p) => inner(dy, layer.forward(p, x, eps))
        })
        if (!hasDx) return
        assert(dx !== undefined, () => "the pullback gives no dx though it was wanted")
        assertGradient({
          ...common,
          name: "<dy, forward>",
          point: x,
          gradient: dx!,
          f: (input) => inner(dy, layer.forward(params, input, eps))
        })
      },
      20
    ),
    forMost(
      "layer: KL gradient = central difference",
      all,
      ({ params, eps, from }, tally) => {
        const f = (p: P) => ({ value: layer.kl(p, eps), size: Math.abs(layer.kl(p, eps)) })
        assertGradient({ name: "KL", point: params, gradient: layer.klGrad(params, eps), f, tally, from })
      },
      20
    ),
    forAll("layer: the pullback is linear in dy", all, ({ params, x, eps, dy, dy2 }) => {
      const { pullback } = layer.vjp(params, x, eps)
      const [a, b] = [pullback(dy), pullback(dy2)]
      assertSum("pullback of a sum", pullback(addTensors(dy, dy2)), a, b)
      assertSum("pullback of twice and once", pullback(addTensors(dy, dy2, 2)), pullback(addTensors(dy, dy)), b)
    }),
    forAll("layer: want { dx: false } leaves dx out and changes no dParams", all, ({ params, x, eps, dy }) => {
      const { pullback } = layer.vjp(params, x, eps)
      const without = pullback(dy, { dx: false })
      assert(without.dx === undefined, () => "dx is there though it was not wanted")
      assertIdentical("dParams with and without dx", pullback(dy, { dx: true }).dParams, without.dParams)
      assertIdentical("dParams with and without dx", pullback(dy).dParams, without.dParams)
    })
  ]
}

const valueLaws = <P, E>(layer: Layer<P, E>, options: Options<P>): ReadonlyArray<Law> => {
  const all = cases(layer, options)
  return [
    forAll("layer: the value of vjp is that of forward", all, ({ params, x, eps }) =>
      assertIdentical("y of forward and of vjp", layer.forward(params, x, eps), layer.vjp(params, x, eps).y)
    ),
    forAll("layer: a batch is its rows, stacked", all, ({ params, x, eps }) => {
      const batch = x.shape[0]!
      const y = layer.forward(params, x, eps)
      for (let row = 0; row < batch; row++) {
        const alone = layer.forward(
          params,
          Tensor.rows(x, row, row + 1),
          noiseOfRow(layer, options.inShape, eps, batch, row)
        )
        assertIdentical(`row ${row} alone and of ${batch}`, alone, Tensor.rows(y, row, row + 1))
      }
    }),
    forAll("layer: a batch of no rows gives an output of none, and no gradient", all, ({ params, x }) => {
      const none = Tensor.rows(x, 0, 0)
      const eps = layer.noise(Key.make(0), 0, options.inShape)
      const { y, pullback } = layer.vjp(params, none, eps)
      Shape.assertSame("y", { shape: [0, ...layer.outShape(options.inShape)], dtype: x.dtype }, y)
      assertIdentical("y of forward and of vjp", layer.forward(params, none, eps), y)
      for (const { path, value } of Tree.leaves(pullback(y, { dx: false }).dParams)) {
        assert(
          Tensor.toFloat64Array(value).every((d) => d === 0),
          () => `dParams ${path} is ${fc.stringify(value)}`
        )
      }
    }),
    forAll("layer: shapes and dtypes are as declared", all, ({ params, x, eps, dy, from }) => {
      const out = { shape: [x.shape[0]!, ...layer.outShape(options.inShape)], dtype: x.dtype }
      const { y, pullback } = layer.vjp(params, x, eps)
      const { dParams, dx } = pullback(dy)
      Shape.assertSame("forward", out, layer.forward(params, x, eps))
      Shape.assertSame("y of vjp", out, y)
      Tree.assertShapes("init", layer.shapes, layer.init(Key.make(from)))
      Tree.assertShapes("noise", Tree.shapes(eps), layer.noise(Key.make(from), x.shape[0]!, options.inShape))
      Tree.assertShapes("dParams", layer.shapes, dParams)
      Tree.assertShapes("klGrad", layer.shapes, layer.klGrad(params, eps))
      if (dx !== undefined) Shape.assertSame("dx", x, dx)
    }),
    forAll(
      options.sampledKl === true ? "layer: KL is finite" : "layer: KL is finite and not negative",
      all,
      (given) => {
        const { params, eps } = given
        const kl = layer.kl(params, eps)
        assert(Number.isFinite(kl), () => `KL = ${kl}`)
        if (options.sampledKl === true) return
        assert(kl >= 0, () => `KL = ${kl}`)
        assert(layer.kl(params) === kl, () => `KL = ${layer.kl(params)} without noise, ${kl} with`)
      }
    ),
    ...(options.input !== undefined ? [] : [zerosLaw(layer, all)]),
    ...(options.moments === undefined ? [] : [momentLaw(layer, options.inShape, all, options.moments)]),
    ...(options.gradientMoments === undefined
      ? []
      : [gradientMomentLaw(layer, options.inShape, all, options.gradientMoments)])
  ]
}

/** Where a square root, a norm or a logarithm of the input has no derivative. */
const zerosLaw = <P, E>(layer: Layer<P, E>, all: fc.Arbitrary<Case<P, E>>): Law =>
  forAll("layer: rows of zeros give finite values and gradients", all, ({ params, x, eps, dy }) => {
    const { y, pullback } = layer.vjp(params, Tensor.zeros(x), eps)
    for (const { path, value } of Tree.leaves({ y, ...pullback(dy) })) {
      assert(Tensor.toFloat64Array(value).every(Number.isFinite), () => `${path} is not finite for x = 0`)
    }
  })

const calls = <P, E>(layer: Layer<P, E>, { params, x, eps, dy }: Case<P, E>) => ({
  forward: () => layer.forward(params, x, eps),
  vjp: () => layer.vjp(params, x, eps).y,
  pullback: () => layer.vjp(params, x, eps).pullback(dy),
  kl: () => layer.kl(params, eps),
  klGrad: () => layer.klGrad(params, eps)
})

const purityLaws = <P, E>(layer: Layer<P, E>, options: Options<P>): ReadonlyArray<Law> => {
  const all = cases(layer, options)
  return [
    forAll("layer: inputs are not modified", all, (given) => {
      const { params, x, eps, dy } = given
      const { y, pullback } = layer.vjp(params, x, eps)
      const again = { ...calls(layer, given), "an earlier pullback": () => pullback(dy) }
      assertUnmodified({ params, x, eps, dy, y }, again)
      // The rows in another order: another input, and one that the layer takes.
      const order = Array.from({ length: x.shape[0]! }, (_, i) => x.shape[0]! - 1 - i)
      const kept = layer.forward(params, Tensor.takeRows(x, order), eps)
      assertUnmodified({ "an earlier output": kept }, again)
    }),
    forAll("layer: same inputs, same bytes", all, (given) => assertRepeatable(calls(layer, given))),
    forAll(
      "layer: same seed, same bytes; another seed, others",
      fc.uniqueArray(arbitraries.seed, twoSeeds),
      (seeds) => {
        const [a, b] = seeds.map(Key.make) as [Key.Key, Key.Key]
        const draws = {
          init: (key: Key.Key): unknown => layer.init(key),
          noise: (key: Key.Key) => layer.noise(key, 3, options.inShape)
        }
        for (const [name, draw] of Object.entries(draws)) {
          assertIdentical(`${name} of one key`, draw(a), draw(a))
          if (Tree.count(draw(a)) === 0 || (name === "init" && options.randomInit === false)) continue
          assert(!Tree.equals(draw(a), draw(b)), () => `${name} is the same for two keys`)
        }
      }
    ),
    uncorrelatedLaw("layer: no two numbers of its noise are correlated", (key) => layer.noise(key, 2, options.inShape)),
    ...(options.randomInit === false
      ? []
      : [uncorrelatedLaw("layer: no two numbers of its initial parameters are correlated", layer.init)])
  ]
}

const twoSeeds = { minLength: 2, maxLength: 2 }

const specLaw = <P, E>(layer: Layer<P, E>, options: Options<P>, registry: Registry.Registry): Law =>
  forAll("layer: its spec, as JSON, makes the same layer", cases(layer, options), ({ params, x, eps, from }) => {
    const rebuilt = Registry.layer(JSON.parse(JSON.stringify(layer.spec)) as Spec, registry)
    const key = Key.make(from)
    assertIdentical("the spec", layer.spec, rebuilt.spec)
    assertIdentical("shapes", layer.shapes, rebuilt.shapes)
    assertIdentical("outShape", layer.outShape(options.inShape), rebuilt.outShape(options.inShape))
    assertIdentical("init", layer.init(key), rebuilt.init(key))
    assertIdentical("noise", layer.noise(key, 2, options.inShape), rebuilt.noise(key, 2, options.inShape))
    assertIdentical("forward", layer.forward(params, x, eps), rebuilt.forward(params, x, eps))
    assertIdentical("kl", layer.kl(params, eps), rebuilt.kl(params, eps))
  })

/** The laws of a layer, for inputs of one shape. @category laws @since 0.1.0 */
export const layerLaws = <P, E, W = unknown>(layer: Layer<P, E>, options: LayerOptions<P, W>): ReadonlyArray<Law> => [
  ...gradientLaws(layer, options),
  ...valueLaws(layer, options),
  ...noiseLaws(layer, options.inShape, cases(layer, options)),
  ...(options.lifted === undefined ? [] : liftedLaws(layer, options.lifted, options.inShape, cases(layer, options))),
  ...declaredLaws({ layer, inShape: options.inShape, cases: cases(layer, options) }),
  ...purityLaws(layer, options),
  ...(options.registry === false ? [] : [specLaw(layer, options, options.registry ?? builtin)])
]
