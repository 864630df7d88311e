/**
 * What every optimizer must be: pure, with all it remembers in its state, and good for going downhill.
 *
 * @since 0.1.0
 */
import fc from "fast-check"
import type { DType } from "../core/Shape.ts"
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
}

interface Params {
  readonly a: Tensor.Tensor
  readonly b: { readonly c: Tensor.Tensor }
}

interface Case {
  readonly params: Params
  readonly grads: ReadonlyArray<Params>
}

const shapes = (dtype: DType): Tree.Shapes<Params> => ({
  a: { shape: [2, 3], dtype },
  b: { c: { shape: [4], dtype } }
})

/** Parameters and three gradients. */
const cases: fc.Arbitrary<Case> = /*#__PURE__*/ arbitraries.dtype.chain((dtype) => {
  const record = arbitraries.params<Params>(shapes(dtype))
  return fc.record({ params: record, grads: fc.array(record, { minLength: 3, maxLength: 3 }) })
})

/** Everything that a run over the gradients gives: updates and states. */
const run = <S>(self: Optimizer<S>, { params, grads }: Case) => {
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

const descentLaw = <S>(self: Optimizer<S>, steps: number): Law =>
  forAll(
    `optimizer: ${steps} steps halve a parabola at least`,
    cases,
    ({ params: start }) => {
      // f = sum of p^2 / 2, whose gradient is p
      const f = (p: Params) =>
        Tree.leaves(p).reduce((sum, leaf) => sum + Tensor.toFloat64Array(leaf.value).reduce((s, v) => s + v * v, 0), 0)
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
  const { leafwise = true, descendsIn = 500 } = options ?? {}
  return [
    ...pureLaws(self),
    ...(leafwise ? [leafwiseLaw(self)] : []),
    ...(descendsIn > 0 ? [descentLaw(self, descendsIn)] : []),
    ...chainLaws(self)
  ]
}
