// The law of files, load(save(x)) = x, for models of every kind.
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { Key, Model, Tensor, Tree } from "effect-bayes"
import fc from "fast-check"
import { describe, expect } from "vitest"
import { type Files, memoryFiles } from "../files/memoryFiles.ts"
import { type Anything, kinds, saved, savedOf } from "./savedModels.ts"

/** Equal to the last bit, -0 and NaN told apart; records in any order. */
const expectSame = (a: unknown, b: unknown): void => {
  const ends = (tree: unknown) => new Map(Tree.leavesWith(Tree.isEnd, tree).map(({ path, value }) => [path, value]))
  const [left, right] = [ends(a), ends(b)]
  expect([...right.keys()].sort()).toEqual([...left.keys()].sort())
  for (const [path, value] of left) {
    const other = right.get(path)
    const same =
      Tensor.isTensor(value) && Tensor.isTensor(other) ? Tensor.equals(value, other) : Object.is(value, other)
    if (!same) throw new Error(`${path}: ${String(value)} is now ${String(other)}`)
  }
}

/** Outputs and a likelihood under some noise. */
const passes = ({ model, params }: Anything) => {
  const { network, likelihood, dtype } = model
  const x = Tensor.from(
    [
      [1, -2, 0.5, 3],
      [0.1, 0.2, 0.3, 0.4]
    ],
    { dtype }
  )
  const y = network.forward(params.network, x, network.noise(Key.make(4), 2, [4]))
  const targets = Tensor.full({ shape: [2, model.targets.width], dtype }, 1)
  return {
    y,
    kl: network.kl(params.network, network.noise(Key.make(5), 2, [4])),
    nll: likelihood.nll(params.likelihood, y, targets)
  }
}

const check = Effect.fnUntraced(function* (given: Anything) {
  const files: Files = new Map()
  yield* Effect.gen(function* () {
    yield* Model.save("a", given)
    const loaded = yield* Model.load("a")
    yield* Model.save("b", loaded)
    expect([...files.keys()]).toEqual(["a", "b"])
    expect(Buffer.from(files.get("b")!).equals(files.get("a")!)).toBe(true)
    expectSame(loaded.params, given.params)
    expectSame(loaded.state, given.state)
    expectSame(Model.spec(loaded.model), Model.spec(given.model))
    expect(Tree.shapes(loaded.params)).toEqual(Tree.shapes(given.params))
    expectSame(passes(loaded), passes(given))
    const { parameters, state, best } = yield* Model.inspect("a")
    expect(parameters).toBe(Tree.count(given.params))
    expect(state).toEqual(given.state && { step: given.state.step, run: given.state.run })
    expect(best?.step).toBe(given.state?.best?.step)
  }).pipe(Effect.provide(memoryFiles(files)))
})

const checkAll = (models: fc.Arbitrary<Anything>, numRuns: number) =>
  Effect.promise(() =>
    fc.assert(
      fc.asyncProperty(models, (given) => Effect.runPromise(check(given))),
      { numRuns }
    )
  )

describe("load(save(x)) = x, to the last bit of what it holds and of what it computes, and its file is the same", () => {
  for (const dtype of ["float32", "float64"] as const) {
    for (const network of kinds.networks) {
      it.effect(`${network}, ${dtype}`, () => checkAll(savedOf(dtype, network, "gaussianLearned", "adam"), 3))
    }
    for (const likelihood of kinds.likelihoods) {
      it.effect(`${likelihood}, ${dtype}`, () => checkAll(savedOf(dtype, "flipout", likelihood, undefined), 3))
    }
  }
  for (const optimizer of kinds.optimizers) {
    it.effect(optimizer, () => checkAll(savedOf("float32", "residual and parallel", "formula", optimizer), 5))
  }
  it.effect("any of them together", () => checkAll(saved, 100))
})
