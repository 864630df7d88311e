// Learning rates over time, and that an optimizer takes the rate of its step, counted from 0.
import {
  adam,
  adamw,
  ConfigError,
  momentum,
  Optimizer,
  rmsprop,
  Schedule,
  scaleByLearningRate,
  sgd,
  Tensor
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const one = Tensor.from(new Float64Array([1]))

describe("cosine", () => {
  const rate = Schedule.cosine({ initial: 0.1, steps: 4, final: 0.02 })

  it("falls from initial to final by half a cosine, and stays there", () => {
    const expected = [0, 1, 2, 3, 4].map((step) => 0.02 + 0.04 * (1 + Math.cos((Math.PI * step) / 4)))
    for (const [step, value] of expected.entries()) expect(rate(step)).toBeCloseTo(value, 15)
    for (const step of [4, 5, 6, 8, 1000]) expect(rate(step)).toBe(0.02)
  })

  it("refuses a number of steps that is none", () => {
    expect(() => Schedule.cosine({ initial: 0.1, steps: 0 })).toThrow("steps of a cosine schedule")
    expect(() => Schedule.cosine({ initial: 0.1, steps: 1.5 })).toThrow(ConfigError)
    expect(() => Schedule.cosine({ initial: -0.1, steps: 5 })).toThrow("initial of a cosine schedule")
    expect(() => Schedule.cosine({ initial: 0.1, steps: 5, final: Number.NaN })).toThrow("final of a cosine schedule")
  })
})

describe("decays", () => {
  it("are powers of the factor, within 3e-16 (1 + |ln(rate / initial)|)", () => {
    const [each, smooth] = [
      Schedule.stepDecay({ initial: 1, every: 10, factor: 0.5 }),
      Schedule.exponential({ initial: 1, factor: 0.5, every: 10 })
    ]
    let expected = 1
    for (let turn = 0; turn <= 1000; turn++) {
      const bound = 3e-16 * (1 + turn * Math.LN2)
      expect(Math.abs(smooth(10 * turn) / expected - 1)).toBeLessThanOrEqual(bound)
      for (const step of [0, 5, 9]) expect(each(10 * turn + step)).toBe(smooth(10 * turn))
      expected /= 2
    }
    expect(smooth(15) / Math.SQRT1_2 / 0.5).toBeCloseTo(1, 14)
  })

  it("refuse what cannot be, by name", () => {
    const { stepDecay, exponential } = Schedule
    const refused = (option: string, make: () => unknown) => {
      expect(make).toThrow(ConfigError)
      expect(make).toThrow(option)
    }
    refused("factor of a step decay: expected a number above 0, at most 1, got 1.5", () =>
      stepDecay({ initial: 0.1, every: 10, factor: 1.5 })
    )
    refused("every of a step decay", () => stepDecay({ initial: 0.1, every: 0 }))
    refused("initial of a step decay", () => stepDecay({ initial: -0.1, every: 10 }))
    refused("factor of an exponential schedule", () => exponential({ initial: 0.1, factor: 0 }))
    refused("every of an exponential schedule", () => exponential({ initial: 0.1, factor: 0.5, every: 1.5 }))
    refused("initial of an exponential schedule", () => exponential({ initial: Number.NaN, factor: 0.5 }))
  })
})

describe("warm-up", () => {
  it("is a straight line to the schedule that follows, which starts there", () => {
    const after = Schedule.exponential({ initial: 0.4, factor: 0.5 })
    const rate = Schedule.warmUp({ steps: 4, initial: 0.2, followedBy: after })
    const expected = [0.2, 0.25, 0.3, 0.35, 0.4, 0.2, 0.1]
    for (const [step, value] of expected.entries()) expect(rate(step)).toBeCloseTo(value, 15)
  })

  it("starts at 0 unless told otherwise, and may be followed by itself", () => {
    const twice = Schedule.warmUp({
      steps: 2,
      followedBy: Schedule.warmUp({ steps: 2, initial: 1, followedBy: Schedule.constant(2) })
    })
    expect([0, 1, 2, 3, 4, 5].map(twice)).toEqual([0, 0.5, 1, 1.5, 2, 2])
  })

  it("refuses what cannot be, by name", () => {
    const followedBy = Schedule.constant(0.1)
    expect(() => Schedule.warmUp({ steps: 0, followedBy })).toThrow(
      "steps of a warm-up: expected a whole number above 0"
    )
    expect(() => Schedule.warmUp({ steps: 5, initial: -1, followedBy })).toThrow("initial of a warm-up")
  })
})

describe("an optimizer under a schedule", () => {
  it("takes the rate of each step from 0 on, and its state alone says which step it is", () => {
    const self = scaleByLearningRate((step) => 1 / (step + 1))
    let state = self.init(one)
    for (const expected of [-1, -1 / 2, -1 / 3]) {
      const [updates, next] = self.update(one, state, one)
      expect(Tensor.item(updates)).toBe(expected)
      state = next
    }
    expect(state).toEqual({ step: 3 })
  })

  it("may start at 0, and moves nothing there", () => {
    const self = scaleByLearningRate((step) => step / 2)
    const [first, state] = self.update(one, self.init(one), one)
    expect(Tensor.item(Optimizer.apply(one, first))).toBe(1)
    expect(Tensor.item(self.update(one, state, one)[0])).toBe(-0.5)
  })

  it("refuses a rate that is none at the step which has it", () => {
    for (const wrong of [-0.1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const self = scaleByLearningRate((step) => (step < 2 ? 0.1 : wrong))
      const [updates, state] = self.update(one, { step: 1 }, one)
      expect(Tensor.item(updates)).toBe(-0.1)
      expect(() => self.update(one, state, one)).toThrow(ConfigError)
      expect(() => self.update(one, state, one)).toThrow(
        `learning rate at step 2: expected a finite number, 0 or above, got ${wrong}`
      )
    }
  })

  it("multiplies after momentum, so that a changed rate holds at once", () => {
    const self = sgd({ learningRate: (step) => (step === 0 ? 1 : 0.1), momentum: 0.5 })
    const [, state] = self.update(one, self.init(one), one)
    const [updates] = self.update(one, state, one)
    expect(Tensor.item(updates)).toBeCloseTo(-0.15, 15) // 0.1 (0.5 * 1 + 1)
  })
})

describe("options that cannot be", () => {
  it("are refused by name", () => {
    expect(() => sgd({ learningRate: 0 })).toThrow("learning rate: expected a finite number above 0, got 0")
    expect(() => sgd({ learningRate: Number.NaN })).toThrow(ConfigError)
    expect(() => momentum(1)).toThrow("momentum: expected a number from 0 up to, not including, 1, got 1")
    expect(() => adam({ learningRate: 0.1, beta1: 1 })).toThrow(/beta1/)
    expect(() => adam({ learningRate: 0.1, beta2: -0.1 })).toThrow(/beta2/)
    for (const epsilon of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => adam({ learningRate: 0.1, epsilon })).toThrow(
        `epsilon: expected a finite number above 0, got ${epsilon}`
      )
      expect(() => rmsprop({ learningRate: 0.1, epsilon })).toThrow(
        `epsilon: expected a finite number above 0, got ${epsilon}`
      )
    }
    expect(() => adamw({ learningRate: 0.1, weightDecay: -1 })).toThrow("weight decay: expected a finite number, 0 or")
    expect(() => rmsprop({ learningRate: 0.1, decay: 1 })).toThrow(/decay of RMSprop/)
    expect(() => rmsprop({ learningRate: 0.1, momentum: 1 })).toThrow(/momentum/)
  })
})

it("apply adds the updates", () => {
  expect(Tensor.item(Optimizer.apply({ a: one }, { a: Tensor.from(new Float64Array([-0.25])) }).a)).toBe(0.75)
})
