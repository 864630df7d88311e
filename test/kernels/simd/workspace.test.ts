// What a step keeps, for how long, and that nothing else of it can be used afterwards.

import { inspect } from "node:util"
import { Key, ShapeError, Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import { normal, numbers, open, vector } from "./workspaces.ts"

const all = <A>(result: ReadonlyArray<A>) => result

describe("what a step keeps", () => {
  it("may come from anywhere", () => {
    const { memory } = open()
    const other = open()
    const heap = vector(1, 2, 3)
    const held = memory.hold(vector(7, 8))
    const foreign = other.memory.step(() => [simd.scale(2, vector(4, 5))], all).result[0]!
    const foreignDeferred = other.memory.frame(() => simd.scale(3, foreign))
    const noise = simd.standardNormal(Key.make(1), { shape: [2], dtype: "float32" })
    const double = Tensor.from([0.1, 0.2], { dtype: "float64" })
    const made = simd.affine(Tensor.from([[1, 2]]), Tensor.from([[3, 4]]), undefined)
    let state = memory.step(() => {
      const product = simd.affine(Tensor.from([[1, 2]]), Tensor.from([[3, 4]]), undefined)
      const deferred = simd.scale(2, heap)
      return [product, product, deferred, deferred, heap, noise, double, held, foreign, foreignDeferred]
    }, all).result
    const expected = [made, made, vector(2, 4, 6), vector(2, 4, 6), heap, noise, double, vector(7, 8)].map(numbers)
    expected.push([8, 10], [24, 30])
    for (let step = 0; step < 6; step++) {
      expect(state.map(numbers)).toEqual(expected)
      expect(state.map((t) => t.dtype)).toEqual(state.map((t) => (t === double ? "float64" : "float32")))
      state = memory.step(() => [...state], all).result // passed through, read by no kernel
    }
    expect(numbers(held)).toEqual([7, 8])
    expect(numbers(foreign)).toEqual([8, 10])
  })

  it("is made in its memory, also behind a frame inside the step", () => {
    const { memory, engine } = open()
    const { result } = memory.step(() => {
      memory.frame(() => simd.sum(vector(1)))
      return [simd.scale(2, vector(1, 2))]
    }, all)
    expect(result[0]).toHaveProperty("home", engine)
    expect(numbers(result[0]!)).toEqual([2, 4])
  })

  it("may be what is held, which stays where it is", () => {
    const { memory } = open()
    const held = memory.hold(vector(7, 8))
    memory.step(() => [held, simd.scale(1, vector(1))], all)
    for (let step = 0; step < 4; step++) {
      memory.step(() => [simd.scale(step, vector(1, 2, 3))], all)
      expect(numbers(held)).toEqual([7, 8])
    }
  })

  it("may have been passed through beside what was made of it", () => {
    const { memory } = open()
    let state: ReadonlyArray<Tensor.Tensor> = [vector(1, 2), vector(3, 4)]
    for (let step = 1; step <= 6; step++) {
      state = memory.step(() => [simd.axpy(1, state[0]!, state[1]!), state[1]!], all).result
      expect(state.map(numbers)).toEqual([
        [1 + 3 * step, 2 + 4 * step],
        [3, 4]
      ])
    }
  })

  it("lives until the step after the next has run, whether that reads it or not", () => {
    const { memory } = open()
    const keep = (value: number) => memory.step(() => [simd.scale(1, vector(value))], all).result[0]!
    const [first, second] = [keep(1), keep(2)]
    expect([first, second].map(numbers)).toEqual([[1], [2]])
    const third = memory.step(() => {
      expect(numbers(vector(5))).toEqual([5])
      return [simd.scale(3, vector(1))]
    }, all).result[0]!
    expect(() => numbers(first)).toThrow(ShapeError)
    expect([second, third].map(numbers)).toEqual([[2], [3]])
  })

  it("cannot be made of the last two steps' tensors: one would be overwritten", () => {
    const { memory } = open()
    const first = memory.step(() => [simd.scale(1, vector(1))], all).result[0]!
    const second = memory.step(() => [simd.scale(2, first)], all).result[0]!
    expect(() => memory.step(() => [simd.axpy(1, first, second)], all)).toThrow(
      /expected tensors of the step before, got tensors of two steps/
    )
    // Nothing is lost by it, and going on from either alone is possible.
    expect([first, second].map(numbers)).toEqual([[1], [2]])
    expect(numbers(memory.step(() => [simd.scale(5, first)], all).result[0]!)).toEqual([5])
    expect(() => numbers(second)).toThrow(ShapeError)
  })

  it("is copied out for good", () => {
    const { memory } = open()
    const out = memory.copyOut(memory.step(() => [simd.scale(2, vector(1, 2))], all).result[0]!)
    for (let step = 0; step < 3; step++) memory.step(() => [simd.scale(9, vector(1, 2))], all)
    expect(numbers(out)).toEqual([2, 4])
    expect(memory.copyOut(out)).toBe(out)
  })
})

describe("a tensor that outlives its memory", () => {
  const uses: Readonly<Record<string, (dead: Tensor.Tensor, memory: ReturnType<typeof open>["memory"]) => unknown>> = {
    "is read": (t) => Tensor.toFloat64Array(t),
    "is shown": (t) => inspect(t),
    "is an operand that is put off": (t, memory) => memory.frame(() => numbers(simd.scale(2, t))),
    "is an operand at once": (t, memory) => memory.frame(() => simd.sum(t)),
    "is an operand outside": (t) => simd.scale(2, t),
    "is an operand in another workspace": (t) => open().memory.frame(() => numbers(simd.scale(2, t))),
    "is an operand of the reference engine": (t) => reference.scale(2, t),
    "is reshaped": (t) => Tensor.reshape(t, [1, ...t.shape]),
    "is copied out": (t, memory) => memory.copyOut(t),
    "is held": (t, memory) => memory.hold(t),
    "is kept": (t, memory) => memory.step(() => [t], all)
  }
  for (const [use, f] of Object.entries(uses)) {
    it(`is caught when it ${use}`, () => {
      const { memory } = open()
      const made = memory.frame(() => simd.affine(Tensor.from([[1, 2]]), Tensor.from([[3, 4]]), undefined))
      const inputs = memory.frame(() => simd.affine(Tensor.from([[1, 2]]), Tensor.from([[3, 4]]), undefined))
      const deferred = memory.frame(() => simd.scale(2, inputs))
      const kept = memory.step(() => [simd.scale(1, vector(1, 2))], all).result[0]!
      for (let step = 0; step < 2; step++) memory.step(() => [simd.scale(1, vector(1, 2))], all)
      for (const dead of [made, deferred, kept, inputs]) {
        expect(() => f(dead, memory)).toThrow(/one that is still there/)
      }
      // And the workspace is as good as before.
      expect(numbers(memory.step(() => [simd.scale(3, vector(1, 2))], all).result[0]!)).toEqual([3, 6])
    })
  }

  it("finds its memory poisoned", () => {
    const { memory, engine } = open()
    let pointer = 0
    memory.frame(() => {
      pointer = engine.pointer(simd.affine(Tensor.from([[1, 2]]), Tensor.from([[3, 4]]), undefined))
      expect(engine.heap.f32[pointer >>> 2]).toBe(11)
    })
    memory.frame(() => expect(engine.heap.f32[pointer >>> 2]).toBe(Number.NaN))
  })
})

describe("a step that fails", () => {
  it("leaves the state before as it was, and the next step right", () => {
    const { memory } = open()
    const grow = (from: ReadonlyArray<Tensor.Tensor>, fail: boolean) => () => {
      const sum = simd.axpy(1, from[0]!, from[1]!)
      simd.sum(sum)
      if (fail) throw new RangeError("as users' functions do")
      return [sum, from[1]!]
    }
    let state: ReadonlyArray<Tensor.Tensor> = [vector(1, 2), vector(3, 4)]
    for (let step = 1; step <= 6; step++) {
      const from = state
      for (let again = 0; again < 3; again++) expect(() => memory.step(grow(from, true), all)).toThrow(RangeError)
      state = memory.step(grow(from, false), all).result
      expect(state.map(numbers)).toEqual([
        [1 + 3 * step, 2 + 4 * step],
        [3, 4]
      ])
    }
  })

  it("leaves what was put off to be made again, when one of many cannot be made", () => {
    const { memory } = open()
    const dead = memory.frame(() => simd.affine(Tensor.from([[1]]), Tensor.from([[3]]), undefined))
    memory.frame(() => {
      const x = normal(1, 700)
      const good = simd.scale(2, x)
      const half = simd.multiply(good, simd.scale(3, x))
      const bad = simd.axpy(1, simd.scale(2, dead), simd.scale(3, dead))
      // `good` stands in a group that was never run when `bad` is found out.
      expect(() => memory.step(() => [good, half, bad], all)).toThrow(ShapeError)
      expect(numbers(half)).toEqual(numbers(reference.multiply(reference.scale(2, x), reference.scale(3, x))))
      expect(numbers(good)).toEqual(numbers(reference.scale(2, x)))
    })
  })
})
