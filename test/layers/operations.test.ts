// How much work a layer is: each parameter once for each place of the output that it serves.
import {
  BayesianLinear,
  bayesian,
  freeze,
  Key,
  Linear,
  meanField,
  moped,
  operations,
  relu,
  ShapeError,
  sequential
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const linear = Linear.make({ in: 3, out: 4 })

describe("operations", () => {
  it("of a linear map: its weights and biases, for each row it is applied to", () => {
    expect(operations(linear, [3])).toBe(4 + (12 + 4))
    expect(operations(linear, [5, 3])).toBe(5 * (4 + 16))
  })

  it("of a lifted or frozen layer are those of the layer inside", () => {
    const params = linear.init(Key.make(0))
    for (const layer of [
      BayesianLinear.make({ in: 3, out: 4 }),
      bayesian(linear, meanField()),
      freeze(linear, params),
      moped(linear, params).layer
    ]) {
      expect(operations(layer, [3])).toBe(20)
    }
  })

  it("of a sequence are a sum, each layer at its own shape", () => {
    const whole = sequential(linear, relu, sequential(Linear.make({ in: 4, out: 2 })))
    expect(operations(whole, [3])).toBe(20 + 4 + (2 + 10))
    expect(operations(bayesian(whole as never, meanField()), [3])).toBe(36)
    expect(() => operations(whole, [4])).toThrow(ShapeError)
  })

  it("of a convolution, where weights are shared: each weight at every place of its channel", () => {
    // 2 channels to 6 by kernels of 3 along 10 places, of which 8 remain: 8 (6 * 2 * 3 + 6) products.
    const convolution = {
      ...linear,
      shapes: {
        weight: { shape: [6, 2, 3], dtype: "float32" as const },
        bias: { shape: [6], dtype: "float32" as const }
      },
      channels: { axis: "first" as const, in: 2, out: 6 },
      outShape: () => [6, 8]
    }
    expect(operations(convolution, [2, 10])).toBe(48 + 8 * 42)
    // Of a layer that does not say its channels, every weight may serve every place.
    const { channels: _, ...unknown } = convolution
    expect(operations(unknown, [2, 10])).toBe(48 + 48 * 42)
  })
})
