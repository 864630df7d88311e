// Convolutions, poolings and reshapings under the laws of layers: a handful of geometries, and random ones.
import {
  type AnyLayer,
  AvgPool1d,
  AvgPool2d,
  bayesian,
  Conv1d,
  Conv2d,
  type Empty,
  flatten,
  type Layer,
  Linear,
  MaxPool1d,
  MaxPool2d,
  meanField,
  type ParamsOf,
  Reshape,
  relu,
  type Shape,
  sequential
} from "effect-bayes"
import { arbitraries, laws } from "effect-bayes/testing"
import fc from "fast-check"
import { it } from "vitest"
import { under } from "./under.ts"

const lifted = <W>(layer: Layer<W, Empty>, inShape: Shape.Shape, dtype: Shape.DType) => {
  const posterior = meanField<W>()
  return laws.layer(bayesian(layer, posterior), { inShape, dtype, lifted: { layer, posterior } })
}

for (const dtype of ["float64", "float32"] as const) {
  const both = <W>(name: string, layer: Layer<W, Empty>, inShape: Shape.Shape) => {
    under(`${name}, ${dtype}`, laws.layer(layer, { inShape, dtype }))
    under(`${name}, Bayesian, ${dtype}`, lifted(layer, inShape, dtype))
  }
  const check = (name: string, layer: AnyLayer, inShape: Shape.Shape) =>
    under(`${name}, ${dtype}`, laws.layer(layer, { inShape, dtype }))

  both("Conv2d 2 -> 3, 3 x 2", Conv2d.make({ in: 2, out: 3, kernel: [3, 2], padding: [1, 0], dtype }), [2, 4, 3])
  both(
    "Conv2d 4 -> 2 in two groups, strided, dilated, no bias",
    Conv2d.make({ in: 4, out: 2, kernel: 2, stride: [2, 1], dilation: [1, 2], groups: 2, bias: false, dtype }),
    [4, 5, 4]
  )
  both("Conv1d 2 -> 2", Conv1d.make({ in: 2, out: 2, kernel: 3, stride: 2, padding: 1, dtype }), [2, 6])
  check("MaxPool2d", MaxPool2d.make({ kernel: [2, 3], stride: [1, 2], padding: [1, 0] }), [2, 3, 5])
  check("MaxPool1d", MaxPool1d.make({ kernel: 2 }), [3, 5])
  check("AvgPool2d", AvgPool2d.make({ kernel: [3, 2], stride: 1, padding: 1 }), [2, 3, 4])
  check("AvgPool1d", AvgPool1d.make({ kernel: 3, stride: 1, padding: 1 }), [2, 4])
  check("flatten", flatten, [2, 1, 3])
  check("Reshape", Reshape.make({ shape: [2, 3] }), [3, 1, 2])
}

const network = sequential(
  Reshape.make({ shape: [1, 6, 6] }),
  Conv2d.make({ in: 1, out: 2, kernel: 3 }),
  relu,
  MaxPool2d.make({ kernel: 2 }),
  flatten,
  Linear.make({ in: 8, out: 2 })
)
under(
  "a convolutional network on flat rows, Bayesian",
  laws.layer(bayesian(network, meanField<ParamsOf<typeof network>>()), { inShape: [36] })
)

/** One axis; the first output's window ends on the image, so that no output lies on padding alone. */
const axis = fc
  .record({
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.integer({ min: 0, max: 2 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    rest: fc.integer({ min: 0, max: 3 })
  })
  .map(({ rest, ...given }) => {
    const span = given.dilation * (given.kernel - 1) + 1
    const padding = Math.min(given.padding, span - 1)
    return { ...given, padding, size: span - padding + rest }
  })

it("Conv2d and Conv1d of any geometry, deterministic and Bayesian", () => {
  const geometry = fc.record({
    y: axis,
    x: axis,
    groups: fc.integer({ min: 1, max: 2 }),
    within: fc.integer({ min: 1, max: 2 }),
    each: fc.integer({ min: 1, max: 2 }),
    bias: fc.boolean(),
    dtype: arbitraries.dtype
  })
  fc.assert(
    fc.property(geometry, ({ y, x, groups, within, each, bias, dtype }) => {
      const options = { in: groups * within, out: groups * each, groups, bias, dtype }
      const pair = (name: keyof typeof y) => [y[name], x[name]] as const
      const image = Conv2d.make({
        ...options,
        kernel: pair("kernel"),
        stride: pair("stride"),
        padding: pair("padding"),
        dilation: pair("dilation")
      })
      const { kernel, stride, padding, dilation } = x
      const signal = Conv1d.make({ ...options, kernel, stride, padding, dilation })
      const inShapes = [
        [options.in, y.size, x.size],
        [options.in, x.size]
      ]
      for (const [i, layer] of [image, signal].entries()) {
        const inShape = inShapes[i]!
        for (const law of laws.layer(layer, { inShape, dtype })) law.check({ numRuns: 2 })
        for (const law of laws.layer(bayesian(layer, meanField()), { inShape, dtype })) law.check({ numRuns: 2 })
      }
    }),
    { numRuns: 4 }
  )
})
