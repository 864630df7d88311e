// Deliberately broken optimizers: each test names the laws that catch it.
import { type Optimizer, sgd, Tensor, Tree } from "effect-bayes"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { storage } from "../../src/core/storage.ts"
import { brokenBy, scaled } from "./brokenBy.ts"

describe("broken optimizers", () => {
  const right = sgd({ learningRate: 0.1, momentum: 0.5 })
  const caught = <S>(self: Optimizer.Optimizer<S>) => brokenBy(laws.optimizer(self))

  it("none: the right one breaks no law", () => {
    expect(caught(right)).toEqual([])
  })

  it("a step counter outside the state", () => {
    let step = 0
    const hidden: Optimizer.Optimizer<Record<never, never>> = {
      init: () => ({}),
      update: (grads, state) => {
        step += 1
        return [scaled(grads, -0.1 / step), state]
      }
    }
    expect(caught(hidden)).toContain("all it remembers is in its state")
  })

  it("moments that are written in place", () => {
    const inPlace: typeof right = {
      ...right,
      update: (grads, state, params) => {
        for (const { value } of Tree.leaves(state[0].velocity)) value[storage][0]! += 1
        return right.update(grads, state, params)
      }
    }
    expect(caught(inPlace)).toContain("inputs are not modified")
  })

  it("a norm over all leaves that was not declared", () => {
    const clipped: typeof right = {
      ...right,
      update: (grads, state, params) => {
        const norm = Math.sqrt(
          Tree.leaves(grads).reduce((s, g) => s + Tensor.toFloat64Array(g.value).reduce((a, v) => a + v * v, 0), 0)
        )
        return right.update(scaled(grads, 1 / Math.max(1, norm)), state, params)
      }
    }
    expect(caught(clipped)).toEqual(["a leaf's update does not depend on the others"])
    expect(brokenBy(laws.optimizer(clipped, { leafwise: false }))).toEqual([])
  })

  it("an ascent", () => {
    const ascent: typeof right = {
      ...right,
      update: (grads, state, params) => {
        const [updates, next] = right.update(grads, state, params)
        return [scaled(updates, -1), next]
      }
    }
    expect(caught(ascent)).toEqual(["500 steps halve a parabola at least"])
  })
})
