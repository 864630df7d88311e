// Residual and parallel layers: their values, the errors that name both parts, and parts that give no dx.
import {
  BayesianLinear,
  ConfigError,
  Conv2d,
  type Empty,
  flatten,
  identity,
  Key,
  type Layer,
  Linear,
  MaxPool2d,
  parallel,
  relu,
  residual,
  ShapeError,
  sequential,
  Tensor,
  tanh
} from "effect-bayes"
import { describe, expect, it } from "vitest"

const x = Tensor.from([[1, -2]], { dtype: "float64" })
const dtype = "float64"
const twice = {
  weight: Tensor.from(
    [
      [2, 0],
      [0, 2]
    ],
    { dtype }
  ),
  bias: Tensor.from([0, 1], { dtype })
}
const linear = Linear.make({ in: 2, out: 2, dtype })

describe("values", () => {
  it("residual adds the shortcut, and both gradients", () => {
    const layer = residual(linear)
    const { y, pullback } = layer.vjp([twice, {}], x, [{}, {}])
    expect(Tensor.toArray(y)).toEqual([[3, -5]])
    const { dParams, dx } = pullback(Tensor.from([[1, 10]], { dtype }))
    expect(Tensor.toArray(dx!)).toEqual([[3, 30]])
    expect(Tensor.toArray(dParams[0].bias)).toEqual([1, 10])
    expect(dParams[1]).toEqual({})
  })

  it("parallel joins the outputs and adds the gradients by the input", () => {
    const layer = parallel(linear, relu, identity)
    const { y, pullback } = layer.vjp([twice, {}, {}], x, [{}, {}, {}])
    expect(Tensor.toArray(y)).toEqual([[2, -3, 1, 0, 1, -2]])
    expect(layer.outShape([2])).toEqual([6])
    const { dParams, dx } = pullback(Tensor.from([[1, 10, 100, 1000, 10_000, 100_000]], { dtype }))
    expect(Tensor.toArray(dx!)).toEqual([[2 + 100 + 10_000, 20 + 100_000]])
    expect(Tensor.toArray(dParams[0].bias)).toEqual([1, 10])
  })

  it("KLs are summed", () => {
    const [a, b] = [BayesianLinear.make({ in: 2, out: 2, dtype }), BayesianLinear.make({ in: 2, out: 2, dtype })]
    for (const layer of [residual(a, b), parallel(a, b)]) {
      const params = layer.init(Key.make(0))
      expect(layer.kl(params)).toBe(a.kl(params[0]) + b.kl(params[1]))
    }
  })
})

describe("parts that do not fit are named, both of them", () => {
  const conv = (out: number, kernel: number) => Conv2d.make({ in: 2, out, kernel, dtype })
  it("in residual", () => {
    expect(() => residual(conv(4, 1)).outShape([2, 5, 5])).toThrow(ShapeError)
    expect(() => residual(conv(4, 1)).outShape([2, 5, 5])).toThrow(
      'residual: expected outputs of one shape from layer 0 ("conv2d") and its shortcut, layer 1 ("identity"), got [4, 5, 5] and [2, 5, 5]'
    )
    const layer = residual(linear, Linear.make({ in: 2, out: 1, dtype }))
    expect(() => layer.forward(layer.init(Key.make(0)), x, [{}, {}])).toThrow("residual: expected outputs of one shape")
    expect(() => residual(conv(2, 7)).outShape([2, 5, 5])).toThrow(
      'residual, layer 0 ("conv2d"), Conv2d(2 -> 2, kernel 7 x 7), input without its batch axis: expected an image that ' +
        "the kernel fits into, which covers [7, 7] (height, width), got [5, 5], with its padding [5, 5]. " +
        "Its input is [2, 5, 5] from the input. Take a smaller kernel"
    )
  })

  it("in parallel", () => {
    const layer = parallel(conv(3, 1), MaxPool2d.make({ kernel: 2 }))
    const message =
      'parallel, layer 1 ("maxpool2d"): expected an output [channels, 4, 4], as layer 0 ("conv2d") gives [3, 4, 4], got [2, 2, 2]'
    expect(() => layer.outShape([2, 4, 4])).toThrow(message)
    const image = Tensor.zeros({ shape: [1, 2, 4, 4], dtype })
    expect(() => layer.forward(layer.init(Key.make(0)), image, [{}, {}])).toThrow(message)
    expect(() => (parallel as (...none: ReadonlyArray<never>) => unknown)()).toThrow(ConfigError)
  })

  it("with the shapes that differ, however deep inside they are", () => {
    expect(() => sequential(relu, residual(conv(4, 1))).outShape([2, 5, 5])).toThrow(
      'sequential, layer 1 ("residual"), residual: expected outputs of one shape from layer 0 ("conv2d") and its ' +
        'shortcut, layer 1 ("identity"), got [4, 5, 5] and [2, 5, 5]. Its input is [2, 5, 5] from layer 0 ("relu")'
    )
    const inner = sequential(linear, flatten, Linear.make({ in: 9, out: 1, dtype }))
    expect(() => sequential(flatten, inner).outShape([2])).toThrow(
      'sequential, layer 1 ("sequential"), sequential, layer 2 ("linear"): expected a last axis of 9, got [2] from ' +
        'layer 1 ("flatten"). Its input is [2] from layer 0 ("flatten")'
    )
  })
})

it("a part that gives no dx leaves none to the whole", () => {
  const wall: Layer<Empty, Empty> = {
    ...tanh,
    spec: { kind: "wall" },
    vjp: (p, at, eps) => ({ y: tanh.forward(p, at, eps), pullback: () => ({ dParams: {} }) })
  }
  expect(residual(wall).vjp([{}, {}], x, [{}, {}]).pullback(x).dx).toBeUndefined()
  const below = sequential(linear, parallel(relu, wall)).vjp([twice, [{}, {}]], x, [{}, [{}, {}]])
  expect(() => below.pullback(below.y)).toThrow('pullback of layer 1 ("parallel"): expected a gradient dx by its input')
})
