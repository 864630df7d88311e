// Every kernel gives the same bits on any number of threads, however small the work that is shared.

import { createHash } from "node:crypto"
import { Key, Tensor, Tree } from "effect-bayes"
import { type Kernels, reference, simd } from "effect-bayes/kernels"
import { expect, it } from "vitest"
import { Engine } from "../../../src/kernels/simd/Engine.ts"
import { type Instance, instantiate } from "../../../src/kernels/simd/instance.ts"
import * as SimdWorkspace from "../../../src/kernels/simd/workspace.ts"
import { withPool } from "./pools.ts"

const key = Key.make(7)
let drawn = 0
/** Standard normals, different ones at each call. */
const normal = (...shape: ReadonlyArray<number>) =>
  reference.standardNormal(Key.make(++drawn), { shape, dtype: "float32" })
const positive = (...shape: ReadonlyArray<number>) => {
  const x = normal(...shape)
  return reference.multiply(x, x)
}
/** Whole numbers from 0 to n - 1. */
const whole = (n: number, ...shape: ReadonlyArray<number>) =>
  Tensor.from(
    Tensor.toFloat64Array(positive(...shape)).map((x) => Math.floor(x * 100) % n),
    { shape, dtype: "float32" }
  )

/** Hundreds of blocks of a program, tens of a reduction, and a multiple of neither. */
const N = 100_301
const spec = { shape: [N], dtype: "float32" } as const
const [x, y, z] = [normal(N), normal(N), normal(N)]
const q = { mean: normal(N), logStd: normal(N) }
const p = { mean: normal(N), logStd: normal(N) }
const scalar = { mean: normal(), logStd: normal() }

const variance = positive(N)
const LAPLACE = { kind: "laplace", mean: 0.1, scale: 0.7 } as const
const DENSITIES = [
  LAPLACE,
  { kind: "scale-mixture", weight: 0.3, std1: 1, std2: 0.05 },
  { kind: "student-t", df: 4, mean: 0, scale: 2 }
] as const
const FUNCTIONS = [
  ...(["relu", "tanh", "gelu", "silu", "sigmoid", "softplus"] as const).map((kind) => ({ kind })),
  { kind: "leaky-relu", slope: 0.1 } as const,
  { kind: "elu", alpha: 1.5 } as const
]

const [B, T, C] = [257, 7, 11]
const [output, scales, weights] = [normal(B, T), normal(B, T), positive(B)]
const TARGETS = [
  [{ kind: "gaussian", logScale: scales }, normal(B, T)],
  [{ kind: "gaussian", logScale: normal(T) }, normal(B, T)],
  [{ kind: "student-t", logScale: normal(T), df: 4 }, normal(B, T)],
  [{ kind: "bernoulli", positiveWeight: 2 }, whole(2, B, T)],
  [{ kind: "poisson" }, whole(5, B, T)]
] as const
const [logits, labels, classWeights] = [normal(B, C), whole(C, B, 1), Array.from({ length: C }, (_, i) => 1 / (i + 1))]

const convolution = { kernel: [3, 3], stride: [1, 2], padding: [1, 0], dilation: [1, 1], groups: 2 } as const
/** Several blocks of each product, and of a pooling. */
const images = normal(100, 8, 21, 20)
const filters = normal(24, 4, 3, 3)
const convolved = reference.conv2d(images, filters, undefined, convolution)
const dConvolved = normal(...convolved.shape)
const pooling = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] } as const
const pooled = normal(...reference.pool2d("max", images, pooling).shape)

/** Shapes that take each way through the products of a linear map: rows, inputs, outputs. */
const SIZES = [
  [100, 400, 300],
  [3, 50, 1000],
  [1000, 3, 2],
  [64, 1, 200],
  [200, 211, 90]
] as const
const maps = SIZES.map(([rows, inputs, outputs]) => ({
  x: normal(rows, inputs),
  weight: normal(outputs, inputs),
  bias: normal(outputs),
  dy: normal(rows, outputs)
}))

type Name = { readonly [K in keyof Kernels]: Kernels[K] extends (...args: never) => unknown ? K : never }[keyof Kernels]

/** Calls of each kernel. */
const calls: Readonly<Record<Name, (k: Kernels) => unknown>> = {
  standardNormal: (k) => k.standardNormal(key, spec),
  uniform: (k) => k.uniform(key, spec, -1, 3),
  signs: (k) => k.signs(key, spec),
  affine: (k) => maps.map(({ x, weight, bias }) => [k.affine(x, weight, bias), k.affine(x, weight, undefined)]),
  affineWeightGrad: (k) => maps.map(({ x, dy }) => k.affineWeightGrad(x, dy)),
  affineBiasGrad: (k) => maps.map(({ dy }) => k.affineBiasGrad(dy)),
  affineInputGrad: (k) => maps.map(({ dy, weight }) => k.affineInputGrad(dy, weight)),
  conv2d: (k) => k.conv2d(images, filters, normal(24), convolution),
  conv2dWeightGrad: (k) => k.conv2dWeightGrad(images, dConvolved, convolution),
  conv2dBiasGrad: (k) => k.conv2dBiasGrad(dConvolved),
  conv2dInputGrad: (k) => k.conv2dInputGrad(dConvolved, filters, images.shape, convolution),
  pool2d: (k) => [k.pool2d("max", images, pooling), k.pool2d("average", images, pooling)],
  pool2dVjp: (k) => [k.pool2dVjp("max", images, pooled, pooling), k.pool2dVjp("average", images, pooled, pooling)],
  dropoutNoise: (k) => k.dropoutNoise(key, spec, 0.3),
  dropout: (k) => k.dropout(output, scales),
  normalSample: (k) => k.normalSample(q, x),
  normalSampleVjp: (k) => k.normalSampleVjp(q, x, y),
  normalVariance: (k) => k.normalVariance(x),
  normalVarianceVjp: (k) => k.normalVarianceVjp(x, y),
  normalLogProb: (k) => [k.normalLogProb(p, x), k.normalLogProb(scalar, x)],
  normalLogProbGrad: (k) => k.normalLogProbGrad(p, x),
  normalKl: (k) => [k.normalKl(q, p), k.normalKl(q, scalar)],
  normalKlGrad: (k) => [k.normalKlGrad(q, p), k.normalKlGrad(q, scalar)],
  normalKlGradPrior: (k) => [k.normalKlGradPrior(q, p), k.normalKlGradPrior(q, scalar)],
  logDensity: (k) => DENSITIES.map((density) => k.logDensity(density, x)),
  logDensityGrad: (k) => DENSITIES.map((density) => k.logDensityGrad(density, x)),
  laplaceKl: (k) => k.laplaceKl(q, LAPLACE),
  laplaceKlGrad: (k) => k.laplaceKlGrad(q, LAPLACE),
  momentsSample: (k) => k.momentsSample(x, variance, z),
  momentsSampleVjp: (k) => k.momentsSampleVjp(variance, y, z),
  scaleChannels: (k) => k.scaleChannels(images, normal(100, 8), "first"),
  elementwise: (k) => FUNCTIONS.map((f) => k.elementwise(f, x)),
  elementwiseVjp: (k) => FUNCTIONS.map((f) => k.elementwiseVjp(f, x, reference.elementwise(f, x), y)),
  targetNll: (k) => TARGETS.map(([density, target]) => k.targetNll(density, output, target, weights)),
  targetNllGrad: (k) => TARGETS.map(([density, target]) => k.targetNllGrad(density, output, target, weights)),
  categoricalNll: (k) => k.categoricalNll(logits, labels, weights, classWeights),
  categoricalNllGrad: (k) => k.categoricalNllGrad(logits, labels, weights, classWeights),
  softmax: (k) => k.softmax(logits),
  // A program of several instructions, whose results in between stay with the thread that made them.
  axpy: (k) => {
    let sum = x
    for (let i = 0; i < 20; i++) sum = k.axpy(0.5, k.multiply(y, k.axpy(0.25, sum, z)), k.scale(0.5, x))
    return sum
  },
  scale: (k) => k.scale(3, x),
  multiply: (k) => k.multiply(x, y),
  sum: (k) => k.sum(x),
  dot: (k) => k.dot(x, y),
  allFinite: (k) => [k.allFinite(x), k.allFinite(Tensor.from([1, Number.NaN], { dtype: "float32" }))],
  adam: (k) => k.adam(x, y, variance, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 0.1, correction2: 0.01 }),
  rmsprop: (k) => k.rmsprop(x, variance, { decay: 0.9, epsilon: 1e-8 })
}

/** Each call's results, as a digest of their bytes: -0 is not 0, and a NaN is itself. */
const resultsOn = (instance: Instance) => {
  const memory = SimdWorkspace.make(new Engine(instance), 1)
  const digest = (result: unknown): string => {
    const hash = createHash("sha256")
    for (const { path, value } of Tree.leavesWith(Tree.isEnd, { result })) {
      hash.update(path).update(Tensor.isTensor(value) ? Tensor.toBytes(value) : String(value))
    }
    return hash.digest("hex")
  }
  return Object.entries(calls).map(([name, call]) => {
    drawn = 1000 // so that operands which a call draws are the same each time
    return memory.frame(() => `${name}: ${digest(call(simd))}`)
  })
}

it("gives the same bits on 1 to 4 threads", async () => {
  const expected = resultsOn(instantiate(true))
  expect(new Set(expected).size).toBe(Object.keys(calls).length)
  for (const threads of [2, 3, 4]) {
    await withPool({ threads }, (_, { instance }) => {
      for (let repetition = 0; repetition < 5; repetition++) expect(resultsOn(instance)).toEqual(expected)
    })
  }
})
