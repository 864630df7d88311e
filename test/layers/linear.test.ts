// Linear's refusals: parameters that are not those it was made for.
import { Key, Linear, relu, ShapeError, sequential, Tensor, Tree } from "effect-bayes"
import { describe, expect, it } from "vitest"

const x = Tensor.from([[1, 2]])
const weight = Tensor.from([
  [1, 2],
  [3, 4],
  [5, 6]
])
const bias = Tensor.from([1, 0, -1])
const withBias = Linear.make({ in: 2, out: 3 })
const without = Linear.make({ in: 2, out: 3, bias: false })

describe("the option `bias` alone says whether there is one", () => {
  it("forward and pullback agree where the parameters do", () => {
    const dy = Tensor.from([[1, 10, 100]])
    expect(Tensor.toArray(withBias.forward({ weight, bias }, x, {}))).toEqual([[6, 11, 16]])
    expect(Tensor.toArray(without.forward({ weight }, x, {}))).toEqual([[5, 11, 17]])
    expect(Tensor.toArray(withBias.vjp({ weight, bias }, x, {}).pullback(dy).dParams.bias)).toEqual([1, 10, 100])
    expect(Object.keys(without.vjp({ weight }, x, {}).pullback(dy).dParams)).toEqual(["weight"])
  })

  it("a missing bias and one too many are ShapeErrors", () => {
    for (const call of ["forward", "vjp"] as const) {
      expect(() => withBias[call]({ weight } as never, x, {})).toThrow(ShapeError)
      expect(() => withBias[call]({ weight } as never, x, {})).toThrow(
        'Linear(2 -> 3), parameters at "bias": expected a tensor [3], got none'
      )
      const extra = { weight, bias }
      expect(() => without[call](extra, x, {})).toThrow(
        'Linear(2 -> 3), parameters at "bias": expected none, as this layer was made without, got one'
      )
    }
  })
})

describe("shapes and dtypes", () => {
  it("that do not fit are named with their path", () => {
    const wide = { weight: Tensor.from([[1, 2]]), bias: Tensor.from([1]) }
    expect(() => withBias.forward(wide, x, {})).toThrow(
      'Linear(2 -> 3), parameters at "weight": expected float32 [3, 2], got float32 [1, 2]'
    )
    expect(() => withBias.vjp({ weight, bias: Tensor.from([1]) }, x, {})).toThrow(
      'Linear(2 -> 3), parameters at "bias": expected float32 [3], got float32 [1]'
    )
    expect(() => withBias.forward({ weight, bias }, Tensor.cast(x, "float64"), {})).toThrow(
      'Linear(2 -> 3), parameters at "weight": expected float64 [3, 2], got float32 [3, 2]. Give one `dtype` to all layers'
    )
    expect(() => withBias.forward({ weight, bias }, Tensor.from([[1, 2, 3]]), {})).toThrow(ShapeError)
  })

  it("of a single row lack the axis of the batch", () => {
    for (const call of ["forward", "vjp"] as const) {
      expect(() => withBias[call]({ weight, bias }, Tensor.from([1, 2]), {})).toThrow(
        "Linear(2 -> 3), input without its batch axis: expected a last axis of 2, got []. " +
          "Give [rows, ..., 2]: a single row too has a batch axis"
      )
    }
    const network = sequential(withBias, relu)
    expect(() => network.forward([{ weight, bias }, {}], Tensor.from([1, 2]), [{}, {}])).toThrow(
      'sequential, layer 0 ("linear"): expected a last axis of 2, got [] from the input. ' +
        "Linear(2 -> 3), input without its batch axis. Give [rows, ..., 2]: a single row too has a batch axis"
    )
    expect(() => withBias.outShape([3])).toThrow(/expected a last axis of 2, got \[3\]$/)
  })

  it("parameters and input cast to another precision still fit", () => {
    const params = Tree.cast(withBias.init(Key.make(0)), "float64")
    expect(withBias.forward(params, Tensor.cast(x, "float64"), {}).dtype).toBe("float64")
  })
})
