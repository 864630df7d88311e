// The variance of the stochastic gradient under each estimator: Kingma, Salimans & Welling 2015, Table 1.
//
// As there, the weights have Gaussian dropout noise, w ~ N(theta, alpha theta^2), and theta is trained, by local
// reparameterization. At two points of training the gradient by theta is drawn again and again, with a new batch and
// new noise, and the variance of its elements is averaged over the weights of the top and of the bottom layer.
import {
  adam,
  BayesianLinear,
  type Estimator,
  Key,
  type Layer,
  Likelihood,
  type Normal,
  Optimizer,
  relu,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"
import type { Digits } from "./mnist.ts"

export interface Setup {
  /** Units of each of the two hidden layers. */
  readonly hidden: number
  readonly batch: number
  /** Variance of the noise in units of theta^2; 1 is the variance of dropout with probability 1/2. */
  readonly alpha: number
  readonly learningRate: number
  /** Epochs trained before the first and before the second measurement. */
  readonly epochs: readonly [number, number]
  /** Gradients that each variance is estimated from. */
  readonly draws: number
  readonly seed: number
}

/** The variance of a weight's gradient, averaged over a layer, and the standard error of that. */
export interface Variance {
  readonly variance: number
  readonly error: number
}

/** The rows of the table: those of the paper, and flipout. */
export const methods = ["local", "separate", "single", "flipout", "none"] as const
type Method = (typeof methods)[number]

export interface Point {
  readonly epoch: number
  readonly nllMean: number
  readonly top: Readonly<Record<Method, Variance>>
  readonly bottom: Readonly<Record<Method, Variance>>
  /** Time that one gradient took, on this machine and under its load. */
  readonly milliseconds: Readonly<Record<Method, number>>
}

interface Weights {
  readonly weight: Tensor.Tensor
  readonly bias: Tensor.Tensor
}
type Theta = readonly [Weights, Tree.Empty, Weights, Tree.Empty, Weights]
type Network = Layer<unknown, unknown>

const map = (t: Tensor.Tensor, f: (v: number, i: number) => number): Tensor.Tensor =>
  Tensor.from(Tensor.toFloat64Array(t).map(f), { shape: t.shape, dtype: t.dtype })

/** logStd of no noise at all: exp of it is 0 beside any weight, and its square is above 0 in float32. */
const SILENT = -40

/** The posterior of theta: a standard deviation of sqrt(alpha) |theta| for weights, none for biases. */
const posteriorOf = (theta: Theta, alpha: number): unknown => {
  const half = 0.5 * Math.log(alpha)
  return Tree.mapWith(
    Tensor.isTensor,
    (mean, _, path) => ({
      mean,
      logStd: map(mean, (t) => (path.endsWith("bias") ? SILENT : Math.max(SILENT, half + Math.log(Math.abs(t)))))
    }),
    theta
  )
}

/** The chain rule: d/d theta = d/d mean + (d/d logStd) / theta, as logStd = log |theta| + log(alpha) / 2. */
const byTheta = (theta: Theta, gradient: unknown): Theta =>
  Tree.mapWith(
    Tensor.isTensor,
    (leaf, [normal], path) => {
      const { mean, logStd } = normal as Normal.Normal
      if (path.endsWith("bias")) return mean
      const [ts, ds] = [Tensor.toFloat64Array(leaf), Tensor.toFloat64Array(logStd)]
      return map(mean, (d, i) => (ts[i] === 0 ? d : d + ds[i]! / ts[i]!))
    },
    theta,
    gradient
  ) as Theta

const networkOf = (inputs: number, hidden: number, estimator: Estimator): Network =>
  sequential(
    BayesianLinear.make({ in: inputs, out: hidden, estimator }),
    relu,
    BayesianLinear.make({ in: hidden, out: hidden, estimator }),
    relu,
    BayesianLinear.make({ in: hidden, out: 10, estimator })
  )

const likelihood = Likelihood.categorical()

interface Loss {
  readonly nllMean: number
  readonly gradient: unknown
}

/** The mean negative log-likelihood of a batch, and its gradient by the posterior's parameters. */
const lossOf = (network: Network, params: unknown, { images, labels }: Digits, eps: unknown): Loss => {
  const { y, pullback } = network.vjp(params, images, eps)
  const { dOutput } = likelihood.nllGrad({}, y, labels)
  const rows = y.shape[0]!
  const { dParams } = pullback(
    map(dOutput, (d) => d / rows),
    { dx: false }
  )
  return { nllMean: likelihood.nll({}, y, labels) / rows, gradient: dParams }
}

const take = ({ images, labels }: Digits, rows: ArrayLike<number>): Digits => ({
  images: Tensor.takeRows(images, rows),
  labels: Tensor.takeRows(labels, rows)
})

/** A draw of the weights for each row: as many passes as rows, and their gradients' mean. */
const separately = (network: Network, params: unknown, batch: Digits, key: Key.Key): unknown => {
  const rows = batch.images.shape[0]!
  const sums = new Map<string, Float64Array>()
  for (let row = 0; row < rows; row++) {
    const one = take(batch, [row])
    const { gradient } = lossOf(network, params, one, network.noise(Key.fold(key, row), 1))
    for (const { path, value } of Tree.leaves(gradient)) {
      const values = Tensor.toFloat64Array(value)
      const sum = sums.get(path)
      if (sum === undefined) sums.set(path, values)
      else for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!
    }
  }
  return Tree.mapWith(
    Tree.isSpec,
    (spec, _, path) =>
      Tensor.from(
        sums.get(path)!.map((s) => s / rows),
        spec
      ),
    network.shapes
  )
}

/** Mean over elements of the variance over draws; its error from the spread of the draws' squared distances. */
const varianceOf = (draws: ReadonlyArray<Float64Array>): Variance => {
  const [n, size] = [draws.length, draws[0]!.length]
  const mean = new Float64Array(size)
  for (const draw of draws) for (let i = 0; i < size; i++) mean[i]! += draw[i]! / n
  const squares = draws.map((draw) => draw.reduce((sum, g, i) => sum + (g - mean[i]!) ** 2, 0) / size)
  const variance = squares.reduce((sum, s) => sum + s, 0) / (n - 1)
  const spread = squares.reduce((sum, s) => sum + (s - variance) ** 2, 0) / (n - 1)
  return { variance, error: Math.sqrt(spread / n) }
}

/** Trains, and measures twice on the way. `report` is told of every point as it is done. */
export const gradientVariance = (
  digits: Digits,
  { hidden, batch, alpha, learningRate, epochs, draws, seed }: Setup,
  report: (point: Point) => void = () => {}
): ReadonlyArray<Point> => {
  const [rows, inputs] = digits.images.shape as [number, number]
  const [initKey, orderKey, noiseKey, measureKey] = Key.split(Key.make(seed), 4) as [Key.Key, Key.Key, Key.Key, Key.Key]
  const network = (estimator: Estimator) => networkOf(inputs, hidden, estimator)
  const [local, single, flipout] = [
    network("localReparameterization"),
    network("reparameterization"),
    network("flipout")
  ]
  const gradients: Readonly<Record<Method, (params: unknown, some: Digits, key: Key.Key) => unknown>> = {
    local: (params, some, key) => lossOf(local, params, some, local.noise(key, batch)).gradient,
    separate: (params, some, key) => separately(single, params, some, key),
    single: (params, some, key) => lossOf(single, params, some, single.noise(key, batch)).gradient,
    flipout: (params, some, key) => lossOf(flipout, params, some, flipout.noise(key, batch)).gradient,
    none: (params, some, key) => lossOf(single, params, some, Tree.zerosLike(single.noise(key, batch))).gradient
  }

  const measure = (theta: Theta, epoch: number, nllMean: number): Point => {
    const params = posteriorOf(theta, alpha)
    const found = methods.map((method) => {
      const weights: { readonly top: Array<Float64Array>; readonly bottom: Array<Float64Array> } = {
        top: [],
        bottom: []
      }
      const started = performance.now()
      for (let d = 0; d < draws; d++) {
        const key = Key.fold(Key.fold(measureKey, epoch), d)
        const some = take(digits, Key.permutation(Key.fold(key, 0), rows).subarray(0, batch))
        const gradient = byTheta(theta, gradients[method](params, some, Key.fold(key, 1)))
        weights.top.push(Tensor.toFloat64Array(gradient[4].weight))
        weights.bottom.push(Tensor.toFloat64Array(gradient[0].weight))
      }
      const milliseconds = (performance.now() - started) / draws
      return [method, { top: varianceOf(weights.top), bottom: varianceOf(weights.bottom), milliseconds }] as const
    })
    const each = <K extends "top" | "bottom" | "milliseconds">(key: K): Point[K] =>
      Object.fromEntries(found.map(([method, values]) => [method, values[key]])) as unknown as Point[K]
    const point = { epoch, nllMean, top: each("top"), bottom: each("bottom"), milliseconds: each("milliseconds") }
    report(point)
    return point
  }

  const optimizer = adam({ learningRate })
  let theta = Tree.mapWith(isNormal, (normal) => normal.mean, local.init(initKey)) as Theta
  let state = optimizer.init(theta)
  const points: Array<Point> = []
  for (let epoch = 1; epoch <= epochs[1]; epoch++) {
    const order = Key.permutation(Key.fold(orderKey, epoch), rows)
    let total = 0
    const steps = Math.floor(rows / batch)
    for (let step = 0; step < steps; step++) {
      const some = take(digits, order.subarray(step * batch, (step + 1) * batch))
      const eps = local.noise(Key.fold(Key.fold(noiseKey, epoch), step), batch)
      const { nllMean, gradient } = lossOf(local, posteriorOf(theta, alpha), some, eps)
      const [updates, next] = optimizer.update(byTheta(theta, gradient), state, theta)
      theta = Optimizer.apply(theta, updates)
      state = next
      total += nllMean / steps
    }
    if (epochs.includes(epoch)) points.push(measure(theta, epoch, total))
  }
  return points
}

const isNormal = (u: unknown): u is Normal.Normal => typeof u === "object" && u !== null && "logStd" in u

/** Whether local < separate < single, in both layers and at all points: the ordering of the paper's table. */
export const ordered = (points: ReadonlyArray<Point>): boolean =>
  points.every((point) =>
    [point.top, point.bottom].every(
      ({ local, separate, single }) => local.variance < separate.variance && separate.variance < single.variance
    )
  )
