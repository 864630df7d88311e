/**
 * What every optimizer must be: pure, with all it remembers in its state, and good for going downhill.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import { assign, type Groups, matches } from "../core/Groups.ts"
import * as Shape from "../core/Shape.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { apply, chain, type Optimizer } from "../optim/Optimizer.ts"
import { momentum, scaleByLearningRate } from "../optim/transforms.ts"
import * as arbitraries from "./arbitraries.ts"
import { assert, forAll, type Law } from "./Law.ts"
import { assertIdentical, assertUnmodified, fingerprint } from "./purity.ts"

/** @category models @since 0.1.0 */
export interface OptimizerOptions {
  /** False where a leaf's update depends on the others, as with a global norm. Default true. */
  readonly leafwise?: boolean
  /** Steps after which a parabola's value must be below half of what it was (default 500); 0 for one that need not. */
  readonly descendsIn?: number
  /** Patterns of leaves that must not move, of the leaves `a` and `b.c` that the laws are tried on. */
  readonly frozen?: ReadonlyArray<string>
  /** What the optimizer claims to be on groups of those leaves. */
  readonly parts?: Groups<Optimizer<unknown>>
}

interface Params {
  readonly a: Tensor.Tensor
  readonly b: { readonly c: Tensor.Tensor }
}

interface Case<P = Params> {
  readonly params: P
  readonly grads: ReadonlyArray<P>
}

const shapes = (dtype: Shape.DType): Tree.Shapes<Params> => ({
  a: { shape: [2, 3], dtype },
  b: { c: { shape: [4], dtype } }
})

/** Parameters and three gradients. */
const cases: fc.Arbitrary<Case> = /*#__PURE__*/ arbitraries.dtype.chain((dtype) => {
  const record = arbitraries.params<Params>(shapes(dtype))
  return fc.record({ params: record, grads: fc.array(record, { minLength: 3, maxLength: 3 }) })
})

/** Everything that a run over the gradients gives: updates and states. */
const run = <S, P>(self: Optimizer<S>, { params, grads }: Case<P>) => {
  let state = self.init(params)
  let at = params
  return grads.map((g) => {
    const [updates, next] = self.update(g, state, at)
    state = next
    at = apply(at, updates)
    return { updates, state }
  })
}

/** A deep copy that shares nothing; throws for anything that a checkpoint cannot hold. */
const copy = (u: unknown, path: string): unknown => {
  if (Tensor.isTensor(u)) return Tensor.from(Tensor.toFloat64Array(u), { dtype: u.dtype, shape: u.shape })
  if (u === null || ["number", "string", "boolean"].includes(typeof u)) return u
  const plain = Array.isArray(u) || (typeof u === "object" && Object.getPrototypeOf(u) === Object.prototype)
  assert(
    plain,
    () => `the state at "${path}" is no tensor, number, string, boolean or plain record: ${fc.stringify(u)}`
  )
  const fields = Object.entries(u as object).map(([key, value]) => [key, copy(value, `${path}.${key}`)] as const)
  return Array.isArray(u) ? fields.map(([, value]) => value) : Object.fromEntries(fields)
}

const pureLaws = <S>(self: Optimizer<S>): ReadonlyArray<Law> => [
  forAll("optimizer: inputs are not modified", cases, ({ params, grads }) => {
    const state = self.init(params)
    const [g] = grads
    assertUnmodified(
      { params, grads, state },
      { init: () => self.init(params), update: () => self.update(g!, state, params) }
    )
  }),
  forAll("optimizer: all it remembers is in its state", cases, (given) => {
    const first = fingerprint(run(self, given))
    assert(fingerprint(run(self, given)) === first, () => "a second run from the same start gives other updates")
    const { params, grads } = given
    const [g0, g1] = grads as [Params, Params, Params]
    const [, state] = self.update(g0, self.init(params), params)
    const next = self.update(g1, state, params)
    run(self, given)
    assertIdentical("an update, and the same after another run", next, self.update(g1, state, params))
    assertIdentical(
      "an update, and the same from a copy of the state",
      next,
      self.update(g1, copy(state, "") as S, params)
    )
  }),
  forAll("optimizer: updates have the shapes of the parameters", cases, (given) => {
    for (const { updates } of run(self, given)) {
      Tree.assertShapes("updates", shapes(given.params.a.dtype), updates)
    }
  })
]

const leafwiseLaw = <S>(self: Optimizer<S>): Law =>
  forAll("optimizer: a leaf's update does not depend on the others", cases, ({ params, grads }) => {
    const alone = (pick: (p: Params) => unknown) => {
      let state = self.init(pick(params))
      return grads.map((g) => {
        const [updates, next] = self.update(pick(g), state, pick(params))
        state = next
        return updates
      })
    }
    const both = alone((p) => p) as ReadonlyArray<Params>
    assertIdentical(
      "updates of a",
      alone((p) => p.a),
      both.map((p) => p.a)
    )
    assertIdentical(
      "updates of b",
      alone((p) => p.b),
      both.map((p) => p.b)
    )
  })

/** Whether the leaf at a path is one of those that must not move. */
type IsFrozen = (path: string) => boolean

const descentLaw = <S>(self: Optimizer<S>, steps: number, isFrozen: IsFrozen): Law =>
  forAll(
    `optimizer: ${steps} steps halve a parabola at least`,
    cases,
    ({ params: start }) => {
      // f = sum of p^2 / 2 over what may move, whose gradient is p
      const f = (p: Params) =>
        Tree.leaves(p)
          .filter((leaf) => !isFrozen(leaf.path))
          .reduce((sum, leaf) => sum + Tensor.toFloat64Array(leaf.value).reduce((s, v) => s + v * v, 0), 0)
      let params = start
      let state = self.init(params)
      for (let step = 0; step < steps; step++) {
        const [updates, next] = self.update(params, state, params)
        params = apply(params, updates)
        state = next
      }
      assert(f(params) < 0.5 * f(start), () => `from ${f(start)} it came to ${f(params)}`)
    },
    5
  )

/** Whether there is a number in it that is NaN or infinite. */
const hasNonFinite = (u: unknown): boolean => {
  if (typeof u === "number") return !Number.isFinite(u)
  if (Tensor.isTensor(u)) return !Tensor.toFloat64Array(u).every(Number.isFinite)
  return typeof u === "object" && u !== null && Object.values(u).some(hasNonFinite)
}

const frozenLaw = <S>(self: Optimizer<S>, isFrozen: IsFrozen): Law =>
  forAll("optimizer: frozen leaves do not move", cases, (given) => {
    for (const { updates } of run(self, given)) {
      for (const { path, value } of Tree.leaves(updates)) {
        const still = !isFrozen(path) || Tensor.toFloat64Array(value).every((u) => u === 0)
        assert(still, () => `${path} moves by ${fc.stringify(value)}`)
      }
    }
  })

const bad = /*#__PURE__*/ fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)

const nonFiniteLaw = <S>(self: Optimizer<S>, path: string): Law =>
  forAll(
    "optimizer: a gradient that is not finite does not pass for one that is",
    fc.tuple(cases, fc.nat(), bad),
    ([{ params, grads }, where, wrong]) => {
      const [first, second] = grads as [Params, Params, Params]
      const poisoned = Tree.map(second, (g, p) => {
        const index = where % Shape.size(g.shape)
        const values = Tensor.toFloat64Array(g).map((v, i) => (i === index ? wrong : v))
        return p === path ? Tensor.from(values, { dtype: g.dtype, shape: g.shape }) : g
      })
      const [updates, state] = self.update(first, self.init(params), params)
      const after = self.update(poisoned, state, apply(params, updates))
      assert(hasNonFinite(after), () => `${wrong} in the gradient of ${path} leaves no trace in ${fc.stringify(after)}`)
    }
  )

const partsLaw = <S>(self: Optimizer<S>, parts: Groups<Optimizer<unknown>>): Law =>
  forAll("optimizer: each group moves as by its optimizer alone", cases, (given) => {
    const paths = Tree.leaves(given.params).map((leaf) => leaf.path)
    const found = assign("parts", parts, paths)
    const together = run(self, given)
    for (const [index, [pattern, optimizer]] of parts.entries()) {
      const own = (tree: unknown) =>
        Object.fromEntries(
          Tree.leaves(tree)
            .filter((_, i) => found[i] === index)
            .map(({ path, value }) => [path, value])
        )
      const alone = run(optimizer, { params: own(given.params), grads: given.grads.map(own) })
      for (const [step, { updates }] of together.entries()) {
        assertIdentical(`group "${pattern}", update ${step}`, alone[step]!.updates, own(updates))
      }
    }
  })

const chainLaws = <S>(self: Optimizer<S>): ReadonlyArray<Law> => {
  const updates = (optimizer: Optimizer<unknown>, given: Case) => run(optimizer, given).map((step) => step.updates)
  return [
    forAll("chain: chain() is an identity on either side", cases, (given) => {
      assertIdentical("chain()", given.grads, updates(chain(), given))
      const plain = updates(self, given)
      assertIdentical("chain(chain(), optimizer)", plain, updates(chain(chain(), self), given))
      assertIdentical("chain(optimizer, chain())", plain, updates(chain(self, chain()), given))
    }),
    forAll("chain: is associative", cases, (given) => {
      const before = momentum(0.5)
      const after = scaleByLearningRate(0.5)
      const flat = updates(chain(before, self, after), given)
      assertIdentical("grouped to the left", flat, updates(chain(chain(before, self), after), given))
      assertIdentical("grouped to the right", flat, updates(chain(before, chain(self, after)), given))
    })
  ]
}

/** The laws of an optimizer, or of a transformation to be chained. @category laws @since 0.1.0 */
export const optimizerLaws = <S>(self: Optimizer<S>, options?: OptimizerOptions): ReadonlyArray<Law> => {
  const { leafwise = true, descendsIn = 500, frozen = [], parts } = options ?? {}
  const isFrozen: IsFrozen = (path) => frozen.some((pattern) => matches(pattern, path))
  const [moves] = ["a", "b.c"].filter((path) => !isFrozen(path))
  return [
    ...pureLaws(self),
    ...(leafwise ? [leafwiseLaw(self)] : []),
    ...(descendsIn > 0 ? [descentLaw(self, descendsIn, isFrozen)] : []),
    ...(moves === undefined ? [] : [nonFiniteLaw(self, moves)]),
    ...(frozen.length === 0 ? [] : [frozenLaw(self, isFrozen)]),
    ...(parts === undefined ? [] : [partsLaw(self, parts)]),
    ...chainLaws(self)
  ]
}
