// Kernels that are called outside every step: ordinary tensors in and out, and no memory left behind.
import { Key, Tensor } from "effect-bayes"
import { simd } from "effect-bayes/kernels"
import { expect, it, vi } from "vitest"
import { normal, numbers, open, vector } from "./workspaces.ts"

it("gives tensors that nothing later changes, of operands that are as before", () => {
  const x = normal(1, 700)
  const before = Tensor.toBytes(x)
  const made = [simd.scale(2, x), simd.multiply(x, x), simd.adam(x, x, simd.multiply(x, x), CONSTANTS).update]
  const bytes = made.map(Tensor.toBytes)
  for (let i = 0; i < 50; i++) simd.axpy(i, normal(i, 700), x)
  expect(made.map(Tensor.toBytes)).toEqual(bytes)
  expect(Tensor.toBytes(x)).toEqual(before)
})

const CONSTANTS = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 0.1, correction2: 0.01 }

it("takes memory once for thousands of calls", () => {
  const [x, y] = [normal(1, 30_000), normal(2, 30_000)]
  const call = (i: number): unknown => {
    const d = simd.affineWeightGrad(Tensor.reshape(x, [300, 100]), Tensor.reshape(y, [300, 100]))
    const noise = simd.standardNormal(Key.make(i), { shape: [30_000], dtype: "float32" })
    return [d, simd.axpy(i, noise, x), simd.sum(noise), simd.adam(x, y, y, CONSTANTS)]
  }
  for (let i = 0; i < 3; i++) call(i)
  const taken = [vi.spyOn(WebAssembly, "Memory"), vi.spyOn(WebAssembly.Memory.prototype, "grow")]
  try {
    for (let i = 0; i < 500; i++) call(i)
    expect(taken.map((spy) => spy.mock.calls.length)).toEqual([0, 0])
  } finally {
    for (const spy of taken) spy.mockRestore()
  }
})

it("runs on the engine of a step where one is open, and steps of several workspaces do not meet", () => {
  const [a, b] = [open(), open()]
  const x = vector(1, 2, 3)
  const [held, kept] = [
    a.memory.hold(vector(10, 20, 30)),
    a.memory.step(
      () => [simd.scale(4, x)],
      (all) => all
    )
  ]
  const outside = simd.scale(3, x)
  a.memory.frame(() => {
    const first = simd.scale(2, x)
    const within = b.memory.frame(() => {
      const second = simd.axpy(1, first, held) // both of the other workspace, one of them not made yet
      const again = a.memory.frame(() => simd.multiply(second, kept.result[0]!)) // and back: nothing of the outer frame dies
      expect(numbers(again)).toEqual([48, 192, 432])
      return { second, numbers: numbers(simd.axpy(-1, outside, second)) }
    })
    expect(within.numbers).toEqual([9, 18, 27])
    expect(numbers(within.second)).toEqual([12, 24, 36]) // b's last frame, until its next
    expect(numbers(simd.axpy(1, within.second, first))).toEqual([14, 28, 42])
    b.memory.frame(() => {})
    expect(() => numbers(within.second)).toThrow(/one that is still there/)
    expect(numbers(first)).toEqual([2, 4, 6])
    // Holding and stepping inside a frame leaves what the frame has made alone.
    const constant = a.memory.hold(first)
    const stepped = a.memory.step(
      () => [simd.scale(5, first)],
      (all) => all
    ).result[0]!
    expect([constant, stepped, simd.scale(-1, first)].map(numbers)).toEqual([
      [2, 4, 6],
      [10, 20, 30],
      [-2, -4, -6]
    ])
  })
  expect(numbers(outside)).toEqual([3, 6, 9])
  expect(numbers(held)).toEqual([10, 20, 30])
})

it("mixes precisions only where a tensor is cast", () => {
  const { memory } = open()
  memory.frame(() => {
    const x = simd.scale(0.1, vector(1, 2))
    const double = Tensor.cast(x, "float64")
    expect(numbers(double)).toEqual(numbers(x))
    expect(numbers(simd.scale(2, Tensor.cast(double, "float32")))).toEqual(numbers(simd.scale(2, x)))
    expect(() => simd.scale(2, double)).toThrow(/expected float32 \[2\], got float64 \[2\]/)
    expect(() => simd.axpy(2, double, x)).toThrow(/float64/)
  })
})
