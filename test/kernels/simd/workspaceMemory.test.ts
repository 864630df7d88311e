// Memory of a workspace: taken once, growing under what is held, running out, above 2 GiB, and looked through for NaN.

import { Key, ShapeError, Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import { describe, expect, it, vi } from "vitest"
import { instantiate } from "../../../src/kernels/simd/instance.ts"
import { normal, numbers, open, openOn, openSmall, vector } from "./workspaces.ts"

const all = <A>(result: ReadonlyArray<A>) => result
const MIB = 1 << 20

/** Products of a layer and elementwise work over so many rows, kept. */
const work = (rows: number, state: Tensor.Tensor) => () => {
  const x = Tensor.reshape(normal(rows, rows * 20), [rows, 20])
  const y = simd.affine(x, Tensor.reshape(state, [50, 20]), undefined)
  const d = simd.affineWeightGrad(x, simd.elementwise({ kind: "tanh" }, y))
  return [simd.axpy(-0.01, Tensor.reshape(d, [1000]), state)]
}

describe("the memory of a workspace", () => {
  it("is taken in the first two steps, whatever the order of sizes, and not again", () => {
    const { memory, engine } = open()
    let state: ReadonlyArray<Tensor.Tensor> = [normal(1, 1000)]
    const bytes: Array<number> = []
    for (let step = 0; step < 60; step++) {
      state = memory.step(work(step % 7 === 6 ? 33 : 3000, state[0]!), all).result // the last batch of seven is ragged
      bytes.push(engine.heap.instance.memory.buffer.byteLength)
    }
    expect(new Set(bytes.slice(2)).size).toBe(1)
    // What a step needs: 3,000 rows of 20 numbers twice, of 50 numbers twice, and less than as much for packing.
    expect(bytes.at(-1)!).toBeLessThan(6 * MIB)
  })

  it("is not taken again for pieces in another order, after the largest step", () => {
    const { memory, engine } = open()
    const sizes = [1, 70_000, 1, 1, 300_000, 16, 70_000, 5000]
    const used: Array<number> = []
    for (let step = 0; step < 40; step++) {
      memory.frame(() => {
        for (let i = 0; i < sizes.length; i++) engine.room(4 * sizes[(i * 3 + step) % sizes.length]!)
      })
      used.push(engine.heap.used)
    }
    expect(new Set(used.slice(20)).size).toBe(1)
    expect(used.at(-1)! - used[0]!).toBeLessThan(4 * MIB)
  })

  it("holds the state of a loop twice: what it was brought in with from the heap is used again", () => {
    const { memory, engine } = open()
    const sizes = [300_000, 20, 100_000, 300_000, 1, 200_000]
    const bytes = 4 * sizes.reduce((sum, size) => sum + size, 0)
    const first: ReadonlyArray<Tensor.Tensor> = sizes.map((size, i) => normal(i, size))
    const before = engine.heap.used
    let state = first
    for (let step = 0; step < 10; step++) {
      const batch = normal(step, 30_000) // brought in at every step
      state = memory.step(() => state.map((t) => simd.axpy(simd.sum(batch), t, t)), all).result
    }
    expect(engine.heap.used - before).toBeLessThan(2 * bytes + MIB)
    const again = first.map((t) => {
      let on = t
      for (let step = 0; step < 10; step++) on = simd.axpy(simd.sum(normal(step, 30_000)), on, on)
      return on
    })
    for (const [i, t] of state.entries()) expect(Tensor.equals(memory.copyOut(t), again[i]!)).toBe(true)
  })

  it("is not taken for tensors that are the same everywhere, until a kernel wants their numbers", () => {
    const { memory, engine } = open()
    const spec = { shape: [1000, 1000], dtype: "float32" } as const
    const before = engine.heap.used
    const state = memory.step(() => [simd.axpy(2, Tensor.full(spec, 0.1), Tensor.zeros(spec)), Tensor.zeros(spec)], all)
    expect(state.finite).toBe(true)
    const kept = memory.copyOut(state.result[0]!)
    expect(Tensor.equals(kept, reference.axpy(2, Tensor.full(spec, 0.1), Tensor.zeros(spec)))).toBe(true)
    expect(engine.heap.used - before).toBe(4e6)
    const inverse = memory.step(
      () => [simd.scale(-1, Tensor.full({ shape: [2, 1], dtype: "float32" }, -0))],
      all
    ).result
    expect(numbers(Tensor.concat([Tensor.full({ shape: [2, 1], dtype: "float32" }, -0), inverse[0]!], 1))).toEqual([
      -0, 0, -0, 0
    ])
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e39]) {
      expect(memory.step(() => [Tensor.full(spec, value)], all).finite).toBe(false)
    }
    expect(() => memory.frame(() => simd.scale(1, Tensor.zeros({ ...spec, dtype: "float64" })))).toThrow(ShapeError)
  })

  it("goes back where a step has no use for it, and is there for whoever has", () => {
    const { engine } = open()
    const [a, b] = [engine.region(), engine.region()]
    a.bytes(4 * MIB)
    a.reset()
    a.bytes(100)
    a.reset() // the use that is over did without
    const { used } = engine.heap
    b.bytes(3 * MIB)
    b.bytes(MIB - 100)
    expect(engine.heap.used).toBe(used)
    b.reset()
    const [small, large] = [b.bytes(MIB - 200), b.bytes(3 * MIB)] // in another order, a little smaller
    expect(engine.heap.used).toBe(used)
    expect(Math.abs(small - large)).toBeGreaterThanOrEqual(MIB - 200)
  })

  it("that a step has without using it is what its result is made in", () => {
    const { memory, engine } = open()
    let state: ReadonlyArray<Tensor.Tensor> = memory.step(() => [simd.scale(1, normal(1, 500_000))], all).result
    memory.frame(() => engine.room(2e6))
    const { used } = engine.heap
    state = memory.step(() => [simd.scale(2, state[0]!)], all).result
    expect(engine.heap.used).toBe(used)
    expect(Tensor.equals(memory.copyOut(state[0]!), reference.scale(2, normal(1, 500_000)))).toBe(true)
  })

  it("may grow, shared or not, while tensors and views of them are held", () => {
    for (const shared of [false, true]) {
      const { memory, engine } = openOn(instantiate(shared))
      const x = normal(2, 600)
      const held = memory.hold(x)
      memory.frame(() => {
        const made = simd.affine(Tensor.reshape(x, [1, 600]), Tensor.reshape(x, [1, 600]), undefined)
        const put = simd.scale(2, held)
        const before = engine.heap.instance.memory.buffer
        const [views, inverse] = [[held, made].map((t) => engine.read(t as never)), simd.scale(-1, put)]
        engine.room(3 * MIB)
        expect(engine.heap.instance.memory.buffer).not.toBe(before)
        expect([...views[0]!]).toEqual(numbers(x))
        expect([...views[1]!]).toEqual(numbers(made))
        expect(numbers(inverse)).toEqual(numbers(reference.scale(-2, x)))
        expect(numbers(put)).toEqual(numbers(reference.scale(2, x)))
        expect(numbers(made)).toEqual(
          numbers(simd.affine(Tensor.reshape(x, [1, 600]), Tensor.reshape(x, [1, 600]), undefined))
        )
      })
    }
  })

  it("is read once by what cuts or joins a tensor, as each read may copy all of it", () => {
    const { memory, engine } = open()
    const held = memory.hold(Tensor.reshape(normal(5, 600), [100, 6]))
    const read = vi.spyOn(engine, "read")
    const parts = memory.frame(() => [Tensor.slice(held, 1, 0, 2), Tensor.slice(held, 1, 2, 6)] as const)
    expect(read).toHaveBeenCalledTimes(2)
    expect(Tensor.equals(Tensor.concat(parts, 1), held)).toBe(true)
    read.mockClear()
    memory.frame(() => Tensor.concat([held, held], 1))
    memory.frame(() => Tensor.takeRows(held, [3, 1, 2]))
    expect(read).toHaveBeenCalledTimes(3)
  })

  it("above 2 GiB is as good as below", () => {
    const instance = instantiate(true)
    const { memory, engine } = openOn({ ...instance, start: 2 ** 31 }) // what is below it, untouched, costs no memory
    const x = normal(3, 1025)
    const roots = (from: Tensor.Tensor) => () => {
      const product = simd.affine(
        Tensor.reshape(from, [41, 25]),
        Tensor.reshape(simd.scale(0.1, from), [41, 25]),
        undefined
      )
      const noise = simd.standardNormal(Key.make(1), { shape: [41, 41], dtype: "float32" })
      const d = simd.affineWeightGrad(product, simd.axpy(2, product, noise))
      return [simd.scale(1, from), simd.elementwise({ kind: "tanh" }, d), simd.multiply(product, noise)]
    }
    const expected = roots(x)().map(numbers)
    let state = memory.step(roots(x), all)
    for (let step = 0; step < 4; step++) {
      expect(engine.pointer(state.result[0]!)).toBeGreaterThan(2 ** 31)
      expect(state.finite).toBe(true)
      expect(state.result.map(numbers)).toEqual(expected)
      state = memory.step(roots(state.result[0]!), all)
    }
    expect(memory.step(() => [simd.scale(Number.NaN, x)], all).finite).toBe(false)
    expect(memory.frame(() => simd.sum(x))).toBe(simd.sum(x))
  })

  it("that runs out is a ShapeError, and nothing is lost", () => {
    const { memory, engine } = openSmall(64) // 4 MiB
    let state = memory.step(() => [simd.scale(1, normal(4, 1000)), simd.scale(2, normal(4, 1000))], all).result
    const expected = state.map(numbers)
    const failing: ReadonlyArray<() => ReadonlyArray<Tensor.Tensor>> = [
      () => [simd.standardNormal(Key.make(0), { shape: [2e6], dtype: "float32" })].map((t) => simd.scale(1, t)),
      () => [simd.affine(Tensor.reshape(state[0]!, [1000, 1]), Tensor.reshape(state[1]!, [1000, 1]), undefined)],
      // Each is small enough, and what was made before the last is too.
      () => [state[1]!, ...Array.from({ length: 2000 }, (_, i) => simd.scale(i, state[0]!))],
      () => {
        engine.room(2 ** 40) // more than an address says
        return []
      }
    ]
    for (let again = 0; again < 3; again++) {
      for (const f of failing) {
        expect(() => memory.step(f, all)).toThrow(/a size that fits into the memory of the SIMD engine/)
        expect(state.map(numbers)).toEqual(expected)
      }
      state = memory.step(() => [simd.scale(1, state[0]!), state[1]!], all).result
      expect(state.map(numbers)).toEqual(expected)
    }
    expect(() => memory.step(failing[0]!, all)).toThrow(ShapeError)
  })
})

describe("whether what is kept is finite", () => {
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

  it("is told of any element of any tensor, however it came there", () => {
    const { memory } = open()
    for (const size of [1, 15, 16, 17, 511, 512, 513, 1025]) {
      const places = new Set([0, 1, size >> 1, size - 2, size - 1, 511, 512].filter((i) => i >= 0 && i < size))
      for (const place of places) {
        for (const value of bad) {
          const values = new Float32Array(size).fill(1e38)
          values[place] = value
          const t = Tensor.from(values)
          const ways: ReadonlyArray<() => ReadonlyArray<Tensor.Tensor>> = [
            () => [vector(1), t], // on the heap
            () => [vector(1), simd.scale(1, t)], // put off
            () => [simd.scale(1, simd.scale(1, t)), vector(1), simd.scale(3, vector(2))],
            () => [Tensor.reshape(simd.scale(1, t), [size, 1])] // made
          ]
          for (const way of ways) expect(memory.step(way, all).finite).toBe(false)
        }
      }
    }
  })

  it("is not told of padding, nor of what is not kept", () => {
    const { memory, engine } = open() // poisoned: what lies behind a tensor is NaN
    for (const size of [0, 1, 15, 17, 511, 513, 1025]) {
      const t = Tensor.from(new Float32Array(size).fill(3e38))
      let state = memory.step(() => {
        const copy = engine.pointer(t)
        for (let i = size; i % 16 !== 0; i++) engine.heap.f32[(copy >>> 2) + i] = Number.NaN
        simd.scale(Number.NaN, t)
        expect(numbers(simd.scale(Number.POSITIVE_INFINITY, vector(1)))).toEqual([Number.POSITIVE_INFINITY])
        return [simd.scale(-1, t), Tensor.reshape(simd.scale(1, t), [size, 1]), t]
      }, all)
      expect(state.finite).toBe(true)
      state = memory.step(() => state.result.map((kept) => simd.scale(1, kept)), all)
      expect(state.finite).toBe(true)
      expect(memory.step(() => state.result, all).finite).toBe(true)
    }
  })

  it("is told of what is passed through", () => {
    const { memory } = open()
    const state = memory.step(() => [simd.scale(Number.NaN, vector(1, 2)), simd.scale(1, vector(1))], all)
    expect(memory.step(() => state.result, all).finite).toBe(false)
    expect(memory.step(() => [state.result[1]!], all).finite).toBe(true)
  })
})
