// Optimizers by path: what each group keeps, what is refused, and a network trained with a part of it frozen.
import { it as effectIt } from "@effect/vitest"
import { Effect } from "effect"
import * as Schema from "effect/Schema"
import {
  adam,
  adamw,
  BayesianLinear,
  ConfigError,
  clipByGlobalNorm,
  frozen,
  groups,
  Key,
  Model,
  Noise,
  Optimizer,
  rmsprop,
  Schedule,
  Spec,
  Synthetic,
  sgd,
  Tensor,
  Training,
  Tree
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const params = { network: [BayesianLinear.make({ in: 2, out: 3 }).init(Key.make(0))], noise: Tensor.scalar(1) }
const paths = Tree.leaves(params).map((leaf) => leaf.path)

describe("the state of groups", () => {
  const self = groups([
    ["noise", frozen],
    ["**.logStd", adam({ learningRate: 0.01 })],
    ["network.0", sgd({ learningRate: 0.1, momentum: 0.9 })]
  ])

  it("is each optimizer's own, of its own leaves by their paths; what is frozen keeps nothing", () => {
    const state = self.init(params)
    expect(Object.keys(state)).toEqual(["noise", "**.logStd", "network.0"])
    expect(state.noise).toEqual({ paths: ["noise"], state: {} })
    const [moments] = state["**.logStd"]!.state as readonly [{ readonly m: Record<string, Tensor.Tensor> }]
    expect(Object.keys(moments.m)).toEqual(["network.0.bias.logStd", "network.0.weight.logStd"])
    const [velocity] = state["network.0"]!.state as readonly [{ readonly velocity: Record<string, Tensor.Tensor> }]
    expect(Object.keys(velocity.velocity)).toEqual(["network.0.bias.mean", "network.0.weight.mean"])
  })

  it("counts no steps for what is frozen, and each group's own for a schedule", () => {
    const scheduled = groups([
      ["noise", frozen],
      ["**", sgd({ learningRate: Schedule.cosine({ initial: 0.1, steps: 10 }) })]
    ])
    const [, after] = scheduled.update(params, scheduled.init(params), params)
    expect(after.noise!.state).toEqual({})
    expect((after["**"]!.state as ReadonlyArray<unknown>)[1]).toEqual({ step: 1 })
  })

  it("is of the groups as they were given, whatever becomes of their list", () => {
    const list: Array<readonly [string, Optimizer.Optimizer<unknown>]> = [["**", sgd({ learningRate: 1 })]]
    const optimizer = groups(list)
    list[0] = ["noise", frozen]
    const [updates] = optimizer.update(params, optimizer.init(params), params)
    expect(Tensor.item(updates.noise)).toBe(-1)
  })

  it("of other groups, or of other parameters, is refused", () => {
    const other = groups([["**", sgd({ learningRate: 0.1 })]]).init(params)
    expect(() => self.update(params, other as never, params)).toThrow(
      'optimizer, groups: expected the state that these groups gave for these parameters, got one that does not go with "noise"'
    )
    const more = { ...params, more: Tensor.scalar(1) }
    expect(() => self.update(more, self.init(params), more)).toThrow('one that does not go with "more"')
    const less = { network: params.network }
    expect(() => self.update(less as never, self.init(params), less)).toThrow(ConfigError)
  })
})

describe("refused at init", () => {
  const there = paths.join(", ")

  it("a pattern that matches nothing; the paths there are are listed", () => {
    const wrong = groups([
      ["network.1", frozen],
      ["**", sgd({ learningRate: 0.1 })]
    ])
    expect(() => wrong.init(params)).toThrow(
      `optimizer, group "network.1": expected a pattern that matches a path, got one that matches none. There are: ${there}`
    )
  })

  it("a leaf without a group", () => {
    expect(() => groups([["network", frozen]]).init(params)).toThrow(
      'optimizer, groups: expected a group for every path, got none for "noise"'
    )
    expect(() => groups([]).init(params)).toThrow(ConfigError)
  })
})

describe("a state that went through JSON", () => {
  const { warmUp, exponential } = Schedule
  const table: Readonly<Record<string, Optimizer.Optimizer<unknown>>> = {
    adam: adam({ learningRate: 0.01 }),
    adamw: adamw({ learningRate: warmUp({ steps: 4, followedBy: exponential({ initial: 0.1, factor: 0.9 }) }) }),
    rmsprop: rmsprop({ learningRate: 0.01, momentum: 0.9 }),
    groups: Optimizer.chain(
      clipByGlobalNorm(1),
      groups([
        ["**.logStd", frozen],
        ["**", adam({ learningRate: exponential({ initial: 0.1, factor: 0.9 }) })]
      ])
    )
  }
  const decode = Schema.decodeUnknownSync(Spec.TensorSchema)
  /** From text alone: tensors are written as what a spec holds of them. */
  const reread = (state: unknown): unknown =>
    JSON.parse(JSON.stringify(state), (_, value: unknown) =>
      typeof value === "object" && value !== null && "dtype" in value ? decode(value) : value
    )

  for (const [name, self] of Object.entries(table)) {
    it(`${name}: goes on as the unbroken run does, to the last bit`, () => {
      let [unbroken, resumed] = [self.init(params), self.init(params)]
      let [a, b] = [params, params]
      for (let step = 0; step < 8; step++) {
        const [updates, next] = self.update(a, unbroken, a)
        const [again, after] = self.update(b, reread(resumed), b)
        ;[a, b] = [Optimizer.apply(a, updates), Optimizer.apply(b, again)]
        ;[unbroken, resumed] = [next, after]
      }
      expect(Tree.equals(a, b)).toBe(true)
      expect(Tree.equals(a, params)).toBe(false)
    })
  }
})

effectIt.effect("a network trains with its first layer frozen and a rate of its own for logStds", () =>
  Effect.gen(function* () {
    const data = Synthetic.regressionCurve(Key.make(0), 40)
    const model = Model.regression(data, { hidden: [6] })
    const optimizer = groups([
      ["network.0", frozen],
      ["**.logStd", adam({ learningRate: 0.001 })],
      ["**", adam({ learningRate: 0.01 })]
    ])
    const noise = yield* Noise.Noise
    const before = Model.init(model, noise.key("init")).network as readonly [unknown, unknown, unknown]
    const fit = yield* Training.fit(model, data, { epochs: 5, optimizer })
    const after = fit.params.network as readonly [unknown, unknown, unknown]
    expect(Tree.equals(after[0], before[0])).toBe(true)
    // Adam's first steps are as long as the rate: ten of them, at most.
    const moved = (path: string) => {
      const leaf = (tree: unknown) => Tree.leaves(tree).find((found) => found.path === path)!.value
      const [x, y] = [Tensor.toFloat64Array(leaf(before[2])), Tensor.toFloat64Array(leaf(after[2]))]
      return Math.max(...x.map((v, i) => Math.abs(v - y[i]!)))
    }
    expect(moved("weight.mean")).toBeGreaterThan(0.02)
    expect(moved("weight.logStd")).toBeGreaterThan(0.002)
    expect(moved("weight.logStd")).toBeLessThan(0.011)
  }).pipe(Effect.provide(Noise.layer(1)))
)
