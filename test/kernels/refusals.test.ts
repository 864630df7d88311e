// What the reference engine refuses, the SIMD engine refuses in the same words, and results have the same shapes.
import { type Shape, Tensor } from "effect-bayes"
import { type Kernels, reference, simd } from "effect-bayes/kernels"
import fc from "fast-check"
import { expect, it } from "vitest"

type Four = readonly [a: Tensor.Tensor, b: Tensor.Tensor, c: Tensor.Tensor, d: Tensor.Tensor]

const laplace = { kind: "laplace", mean: 0.3, scale: 1 } as const
const adam = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 0.1, correction2: 0.01 }
const window = { kernel: [2, 1], stride: [1, 1], padding: [1, 0], dilation: [1, 1] } as const
const grouped = (groups: number) => ({ ...window, groups })

/** A call of each kernel with up to four tensors. */
const calls: Readonly<Record<string, (k: Kernels, four: Four) => unknown>> = {
  affine: (k, [a, b]) => k.affine(a, b, undefined),
  affineWithBias: (k, [a, b, c]) => k.affine(a, b, c),
  affineWeightGrad: (k, [a, b]) => k.affineWeightGrad(a, b),
  affineBiasGrad: (k, [a]) => k.affineBiasGrad(a),
  affineInputGrad: (k, [a, b]) => k.affineInputGrad(a, b),
  conv2d: (k, [a, b, c]) => k.conv2d(a, b, c, grouped(1)),
  conv2dInGroups: (k, [a, b]) => k.conv2d(a, b, undefined, grouped(2)),
  conv2dWeightGrad: (k, [a, b]) => k.conv2dWeightGrad(a, b, grouped(1)),
  conv2dBiasGrad: (k, [a]) => k.conv2dBiasGrad(a),
  conv2dInputGrad: (k, [a, b, c]) => k.conv2dInputGrad(a, b, c.shape, grouped(1)),
  maxPool: (k, [a]) => k.pool2d("max", a, window),
  averagePool: (k, [a]) => k.pool2d("average", a, window),
  maxPoolVjp: (k, [a, b]) => k.pool2dVjp("max", a, b, window),
  averagePoolVjp: (k, [a, b]) => k.pool2dVjp("average", a, b, window),
  dropout: (k, [a, b]) => k.dropout(a, b),
  normalSample: (k, [a, b, c]) => k.normalSample({ mean: a, logStd: b }, c),
  normalSampleVjp: (k, [a, b, c, d]) => k.normalSampleVjp({ mean: a, logStd: b }, c, d),
  normalVarianceVjp: (k, [a, b]) => k.normalVarianceVjp(a, b),
  normalLogProb: (k, [a, b, c]) => k.normalLogProb({ mean: a, logStd: b }, c),
  normalLogProbGrad: (k, [a, b, c]) => k.normalLogProbGrad({ mean: a, logStd: b }, c),
  normalKl: (k, [a, b, c, d]) => k.normalKl({ mean: a, logStd: b }, { mean: c, logStd: d }),
  normalKlGrad: (k, [a, b, c, d]) => k.normalKlGrad({ mean: a, logStd: b }, { mean: c, logStd: d }),
  normalKlGradPrior: (k, [a, b, c, d]) => k.normalKlGradPrior({ mean: a, logStd: b }, { mean: c, logStd: d }),
  laplaceKl: (k, [a, b]) => k.laplaceKl({ mean: a, logStd: b }, laplace),
  laplaceKlGrad: (k, [a, b]) => k.laplaceKlGrad({ mean: a, logStd: b }, laplace),
  momentsSample: (k, [a, b, c]) => k.momentsSample(a, b, c),
  momentsSampleVjp: (k, [a, b, c]) => k.momentsSampleVjp(a, b, c),
  scaleChannelsFirst: (k, [a, b]) => k.scaleChannels(a, b, "first"),
  scaleChannelsLast: (k, [a, b]) => k.scaleChannels(a, b, "last"),
  elementwiseVjp: (k, [a, b, c]) => k.elementwiseVjp({ kind: "tanh" }, a, b, c),
  gaussianNll: (k, [a, b, c, d]) => k.targetNll({ kind: "gaussian", logScale: c }, a, b, d),
  gaussianNllGrad: (k, [a, b, c]) => k.targetNllGrad({ kind: "gaussian", logScale: c }, a, b),
  bernoulliNll: (k, [a, b, c]) => k.targetNll({ kind: "bernoulli", positiveWeight: 2 }, a, b, c),
  poissonNllGrad: (k, [a, b, c]) => k.targetNllGrad({ kind: "poisson" }, a, b, c),
  categoricalNll: (k, [a, b, c]) => k.categoricalNll(a, b, c, [1, 2]),
  categoricalNllGrad: (k, [a, b, c]) => k.categoricalNllGrad(a, b, c),
  softmax: (k, [a]) => k.softmax(a),
  axpy: (k, [a, b]) => k.axpy(2, a, b),
  multiply: (k, [a, b]) => k.multiply(a, b),
  dot: (k, [a, b]) => k.dot(a, b),
  adam: (k, [a, b, c]) => k.adam(a, b, c, adam),
  rmsprop: (k, [a, b]) => k.rmsprop(a, b, { decay: 0.9, epsilon: 1e-8 })
}

/** A result with shapes and numbers of elements in place of tensors, or what was thrown. */
const outcome = (f: () => unknown): unknown => {
  const described = (result: unknown): unknown => {
    if (Tensor.isTensor(result)) return [Tensor.toFloat64Array(result).length, ...result.shape]
    if (typeof result !== "object" || result === null) return typeof result
    return Object.fromEntries(Object.entries(result).map(([key, value]) => [key, described(value)]))
  }
  try {
    return described(f())
  } catch (error) {
    return String(error)
  }
}

const shapes: ReadonlyArray<Shape.Shape> = [
  ...[[], [0], [1], [2], [3], [2, 3], [3, 2], [2, 2], [1, 3], [0, 3], [3, 0], [2, 1], [2, 3, 2]],
  ...[
    [2, 2, 2, 1],
    [2, 2, 3, 1],
    [2, 1, 2, 1],
    [1, 2, 2, 1],
    [0, 2, 2, 1],
    [2, 0, 2, 1],
    [2, 2, 0, 1],
    [2, 2, 4, 1]
  ]
]
const ones = fc.constantFrom(...shapes).map((shape) => Tensor.full({ shape, dtype: "float32" }, 1))
/** Tensors that fit each other more often than chance has it. */
const fours = fc
  .tuple(ones, ones, ones, ones, fc.constantFrom(0, 0, 1, 2, 3))
  .map(([a, b, c, d, alike]): Four => [a, alike > 0 ? a : b, alike > 1 ? a : c, alike > 2 ? a : d])

it.each(Object.entries(calls))("%s", (_, call) => {
  fc.assert(
    fc.property(fours, (four) => {
      expect(outcome(() => call(simd, four))).toEqual(outcome(() => call(reference, four)))
    }),
    { numRuns: 1000 }
  )
})

it("a sum of no terms is 0, or the bias", () => {
  for (const [rows, outputs] of [
    [1, 1],
    [2, 3],
    [3, 9],
    [9, 3],
    [9, 9],
    [40, 70]
  ] as const) {
    for (const k of [simd, reference]) {
      const empty = (...shape: ReadonlyArray<number>) => Tensor.zeros({ shape, dtype: "float32" })
      const bias = Tensor.from(Float32Array.from({ length: outputs }, (_, o) => o + 1))
      const biases = Array.from({ length: rows * outputs }, (_, i) => (i % outputs) + 1)
      const numbers = (t: Tensor.Tensor) => Array.from(Tensor.toFloat64Array(t))
      expect(numbers(k.affine(empty(rows, 0), empty(outputs, 0), bias))).toEqual(biases)
      expect(numbers(k.affine(empty(rows, 0), empty(outputs, 0), undefined))).toEqual(biases.map(() => 0))
      expect(numbers(k.affineInputGrad(empty(rows, 0), empty(0, outputs)))).toEqual(biases.map(() => 0))
      expect(numbers(k.affineWeightGrad(empty(0, outputs), empty(0, rows)))).toEqual(biases.map(() => 0))
      expect(numbers(k.affineBiasGrad(empty(0, outputs)))).toEqual(numbers(empty(outputs)))
    }
  }
})
