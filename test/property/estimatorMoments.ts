// The exact moments of x W^T + b under each estimator: outputs with their covariances, and the gradient of
// |y - target|^2 / 2. W and b are independent normals with standard deviations s[o][j] and t[o].
//
// A position p is a row of the input, or a place in a row of rank 3. Estimators differ in which positions share a
// draw: all of them (reparameterization), those of a row (flipout, whose bias all share), or none (local).
//   y[p][o] = m[p][o] + sum_j f[p][j] s[o][j] e[o][j] x[p][j] + t[o] e'[o],  a = m - target,
// where f is 1, or for flipout the product of the two signs, which is +-1 independently for each row and each j.
// For the sum over positions of f z, E[(sum f z)^2] is the sum over groups of (the sum of z in the group)^2.
import { type Estimator, type Normal, Tensor } from "effect-bayes"
import type { GradientMoments, Moments } from "effect-bayes/testing"
import { affineMoments } from "./affineMoments.ts"

interface Params {
  readonly weight: Normal.Normal
  readonly bias?: Normal.Normal
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, v) => total + v, 0)

const read = (estimator: Estimator, { weight, bias }: Params, x: Tensor.Tensor) => {
  const [outputs, inputs] = weight.mean.shape as [number, number]
  const xs = Tensor.toFloat64Array(x)
  const logStds = Tensor.toFloat64Array(weight.logStd)
  const biasStds = bias === undefined ? [] : Array.from(Tensor.toFloat64Array(bias.logStd), Math.exp)
  const count = xs.length / inputs
  const positions = Array.from({ length: count }, (_, p) => p)
  const row = (p: number): number => Math.floor((p * x.shape[0]!) / count)
  const group = { reparameterization: () => 0, flipout: row, localReparameterization: (p: number) => p }[estimator]
  const groups = [...new Set(positions.map(group))].map((g) => positions.filter((p) => group(p) === g))
  return {
    outputs,
    inputs,
    count,
    positions,
    at: (p: number, j: number): number => xs[p * inputs + j]!,
    std: (o: number, j: number): number => Math.exp(logStds[o * inputs + j]!),
    biasStd: (o: number): number => biasStds[o] ?? 0,
    together: (p: number, q: number): boolean => group(p) === group(q),
    /** E[(sum over positions of f z)^2]. */
    square: (z: (p: number) => number): number => sum(groups.map((members) => sum(members.map(z)) ** 2))
  }
}

type Read = ReturnType<typeof read>

/** The covariance of an output at two positions; different outputs share nothing. */
const covarianceAt = (estimator: Estimator, { inputs, at, std, biasStd, together }: Read, o: number) => {
  return (p: number, q: number): number => {
    const shared = together(p, q)
    const weights = Array.from({ length: inputs }, (_, j) => std(o, j) ** 2 * at(p, j) * at(q, j))
    const bias = shared || estimator !== "localReparameterization" ? biasStd(o) ** 2 : 0
    return (shared ? sum(weights) : 0) + bias
  }
}

export const estimatorMoments =
  (estimator: Estimator) =>
  (params: Params, x: Tensor.Tensor): Moments => {
    const given = read(estimator, params, x)
    const n = given.count * given.outputs
    const covariance = new Float64Array(n * n)
    for (let o = 0; o < given.outputs; o++) {
      const covarianceOf = covarianceAt(estimator, given, o)
      for (const p of given.positions) {
        for (const q of given.positions) {
          covariance[(p * given.outputs + o) * n + q * given.outputs + o] = covarianceOf(p, q)
        }
      }
    }
    return { ...affineMoments(params, x), covariance }
  }

export const estimatorGradientMoments =
  (estimator: Estimator) =>
  <P extends Params>(params: P, x: Tensor.Tensor, target: Tensor.Tensor): GradientMoments<P> => {
    const given = read(estimator, params, x)
    const { outputs, inputs, positions, at, std, biasStd, square } = given
    const means = affineMoments(params, x).mean
    const targets = Tensor.toFloat64Array(target)
    const local = estimator === "localReparameterization"

    /** The gradients by mean and logStd of one weight, of std s, whose input is z: [mean, variance] of each. */
    const by = (o: number, s: number, z: (p: number) => number, j: number | "bias") => {
      const a = (p: number): number => means[p * outputs + o]! - targets[p * outputs + o]!
      const covariance = covarianceAt(estimator, given, o)
      const others = Array.from({ length: inputs }, (_, k) => k).filter((k) => k !== j)
      const pairs = sum(positions.map((p) => sum(positions.map((q) => z(p) * z(q) * covariance(p, q)))))
      // Local: sum over p of c (a e / v^(1/2) + e^2), with c = s^2 z^2 and v the variance of the output.
      const alone = (p: number): number => {
        const c = s ** 2 * z(p) ** 2
        const v = covariance(p, p)
        return v === 0 ? 0 : (a(p) * c) ** 2 / v + 2 * c ** 2
      }
      // Else: s e times [sum of a f z + sum_k s_k e_k sum of f f_k z x_k + t e' sum of f z], the own k squared. A bias
      // is not flipped: its own sums have no f, and those with a weight have that weight's.
      const own = 2 * s ** 4 * sum(positions.map((p) => z(p) ** 2)) ** 2
      const whole = (of: (p: number) => number): number => sum(positions.map(of)) ** 2
      const squares =
        j === "bias"
          ? whole(a) + sum(others.map((k) => std(o, k) ** 2 * square((p) => at(p, k))))
          : square((p) => a(p) * z(p)) +
            sum(others.map((k) => std(o, k) ** 2 * square((p) => z(p) * at(p, k)))) +
            biasStd(o) ** 2 * square(z)
      return {
        mean: [sum(positions.map((p) => a(p) * z(p))), pairs],
        logStd: [
          s ** 2 * sum(positions.map((p) => z(p) ** 2)),
          local ? sum(positions.map(alone)) : s ** 2 * squares + own
        ]
      } as const
    }

    const weights = Array.from({ length: outputs * inputs }, (_, i) => {
      const [o, j] = [Math.floor(i / inputs), i % inputs]
      return by(o, std(o, j), (p) => at(p, j), j)
    })
    const biases = Array.from({ length: outputs }, (_, o) => by(o, biasStd(o), () => 1, "bias"))
    const moment = (which: 0 | 1): P => {
      const normal = (found: typeof weights, shape: ReadonlyArray<number>): Normal.Normal => {
        const tensor = (leaf: "mean" | "logStd") =>
          Tensor.from(
            found.map((each) => each[leaf][which]),
            { dtype: "float64", shape }
          )
        return { mean: tensor("mean"), logStd: tensor("logStd") }
      }
      const weight = normal(weights, [outputs, inputs])
      return (params.bias === undefined ? { weight } : { weight, bias: normal(biases, [outputs]) }) as P
    }
    return { mean: moment(0), variance: moment(1) }
  }
