// What a sequence does where a layer gives no gradient by its input: an error if it is needed, zeros if not.
import { type Empty, type Layer, Linear, relu, ShapeError, sequential, Tensor } from "effect-bayes"
import { describe, expect, it } from "vitest"

const linear = Linear.make({ in: 2, out: 2, dtype: "float64" })
const params = {
  weight: Tensor.from(new Float64Array([1, 2, 3, 4]), { shape: [2, 2] }),
  bias: Tensor.from(new Float64Array([0, 0]))
}
const x = Tensor.from([[1, -1]], { dtype: "float64" })
const wall: Layer<Empty, Empty> = {
  ...relu,
  spec: { kind: "wall" },
  vjp: (p, at, eps) => ({ y: relu.forward(p, at, eps), pullback: () => ({ dParams: {} }) })
}

describe("a layer that gives no dx", () => {
  it("is named where a layer below it has parameters", () => {
    const { pullback } = sequential(linear, relu, wall, relu).vjp([params, {}, {}, {}], x, [{}, {}, {}, {}])
    expect(() => pullback(x)).toThrow(ShapeError)
    expect(() => pullback(x)).toThrow(
      'sequential, pullback of layer 2 ("wall"): expected a gradient dx by its input, got none. ' +
        'Below it layer 0 ("linear") has parameters, whose gradient needs it'
    )
  })

  it("leaves layers below without parameters their empty records", () => {
    const { pullback } = sequential(relu, wall, linear).vjp([{}, {}, params], x, [{}, {}, {}])
    const { dParams, dx } = pullback(x)
    expect(dParams).toHaveLength(3)
    expect([dParams[0], dParams[1]]).toEqual([{}, {}])
    expect(Tensor.toArray(dParams[2].weight)).toEqual([
      [1, 0],
      [-1, 0]
    ])
    expect(dx).toBeUndefined()
  })
})
