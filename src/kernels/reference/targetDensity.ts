/**
 * Likelihoods whose targets are independent given the output: a table of densities of one target, the value above its
 * derivatives, and the one loop over rows that all of them share.
 */
import { ConfigError, ShapeError } from "../../core/errors.ts"
import { sigmoid, softplus } from "../../core/logistic.ts"
import { exp, HALF_LOG_2PI } from "../../core/math.ts"
import { poissonLogPmf } from "../../core/poisson.ts"
import { rowWeights } from "../../core/rowWeights.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, type Storage, storage } from "../../core/storage.ts"
import { studentTDensity } from "../../core/studentT.ts"
import { cast, fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { TargetDensity } from "../Kernels.ts"
import { standardized } from "./standardized.ts"

/** -log p(y) given the output o and the logarithm l of the scale, which is 0 for densities without one. */
interface Density {
  readonly nll: (y: number, o: number, l: number) => number
  readonly dOutput: (y: number, o: number, l: number) => number
  readonly dLogScale?: (y: number, o: number, l: number) => number
  /** What a target must be, where not every number is one. */
  readonly targets?: { readonly expected: string; readonly include: (y: number) => boolean }
}

const gaussian: Density = {
  nll: (y, o, l) => {
    const z = standardized(y - o, l)
    return 0.5 * z * z + l + HALF_LOG_2PI
  },
  dOutput: (y, o, l) => standardized(standardized(o - y, l), l),
  dLogScale: (y, o, l) => {
    const z = standardized(y - o, l)
    return 1 - z * z
  }
}

const studentT = (df: number): Density => {
  const { logPdf, dLogPdf } = studentTDensity(df)
  return {
    nll: (y, o, l) => l - logPdf(standardized(y - o, l)),
    dOutput: (y, o, l) => standardized(dLogPdf(standardized(y - o, l)), l),
    dLogScale: (y, o, l) => {
      const z = standardized(y - o, l)
      return 1 - (df + 1) / (1 + df / (z * z))
    }
  }
}

/** The output is the logit z of a 1: log(1 + e^-z) for a 1, log(1 + e^z) for a 0. */
const bernoulli = (positiveWeight: number): Density => ({
  nll: (y, z) => (y === 1 ? positiveWeight * softplus(-z) : softplus(z)),
  dOutput: (y, z) => (y === 1 ? -positiveWeight * sigmoid(-z) : sigmoid(z)),
  targets: { expected: "0 or 1", include: (y) => y === 0 || y === 1 }
})

/** The output is the logarithm of the rate. */
const poisson: Density = {
  nll: (y, o) => -poissonLogPmf(y, o),
  dOutput: (y, o) => exp(o) - y,
  targets: { expected: "a count: 0, 1, 2, ...", include: (y) => Number.isSafeInteger(y) && y >= 0 }
}

const densityOf = (density: TargetDensity): Density => {
  switch (density.kind) {
    case "gaussian":
      return gaussian
    case "student-t":
      return studentT(density.df)
    case "bernoulli":
      return bernoulli(density.positiveWeight)
    case "poisson":
      return poisson
  }
}

const NO_SCALE = new Float64Array(1)

/** The scales' storage: element i has the one at i modulo its length, as a [T] serves every row. */
const logScales = (where: string, density: TargetDensity, output: Tensor): Storage => {
  if (!("logScale" in density)) return NO_SCALE
  assertLogScale(where, output, density.logScale)
  return density.logScale[storage]
}

/** The place of a target: its row's weight, its element i, and the element k of its scale. */
type Visit = (weight: number, i: number, k: number) => void

/** Throws unless output and target are [B, T], the same, and gives B and T. */
export const assertTargets = (where: string, output: Tensor, target: Tensor): readonly [rows: number, T: number] => {
  const { shape } = output
  const batch = shape[0]
  const T = shape[1]
  if (batch === undefined || T === undefined || shape.length !== 2) {
    throw new ShapeError({ where, expected: "an output [B, T]", actual: Shape.format(output.shape) })
  }
  if (Shape.isSame(output, target)) return [batch, T]
  if (target.shape.length === 2 && target.shape[0] === batch && target.shape[1] !== T) {
    throw new ShapeError({
      where: `${where}, target`,
      expected: Shape.format(output.shape),
      actual: Shape.format(target.shape),
      hint: `The network's outputs are for ${T} targets a row, the data have ${target.shape[1]}`
    })
  }
  Shape.assertSame(`${where}, target`, output, target)
  return [batch, T]
}

/** Throws unless a logScale is [T] or of the output's shape [B, T]. */
export const assertLogScale = (where: string, output: Tensor, logScale: Tensor): void => {
  const { shape } = logScale
  const fits = Shape.equals(shape, output.shape) || (shape.length === 1 && shape[0] === output.shape[1])
  if (fits && logScale.dtype === output.dtype) return
  Shape.assertSame(`${where}, logScale`, { dtype: output.dtype, shape: output.shape.slice(1) }, logScale)
}

/** Checks everything, and gives the arrays with a loop over the targets that count. */
const open = (given: TargetDensity, output: Tensor, target: Tensor, weights: Tensor | undefined) => {
  const where = `${given.kind} likelihood`
  const [batch, T] = assertTargets(where, output, target)
  const density = densityOf(given)
  const weightOf = rowWeights(output, weights)
  const ys = target[storage]
  const ls = logScales(where, given, output)
  const each = (f: Visit): void => {
    for (let row = 0; row < batch; row++) {
      const weight = weightOf(row)
      if (weight === 0) continue
      for (let i = row * T; i < (row + 1) * T; i++) {
        if (density.targets?.include(ys[i]!) === false) {
          const { expected } = density.targets
          throw new ConfigError({ option: `target ${i % T} of row ${row}`, expected, actual: String(ys[i]) })
        }
        f(weight, i, i % ls.length)
      }
    }
  }
  return { density, os: output[storage], ys, ls, each }
}

export const targetNll = (given: TargetDensity, output: Tensor, target: Tensor, weights?: Tensor): number => {
  const { density, os, ys, ls, each } = open(given, output, target, weights)
  let sum = 0
  each((weight, i, k) => {
    sum += weight * density.nll(ys[i]!, os[i]!, ls[k]!)
  })
  return sum
}

export const targetNllGrad = (given: TargetDensity, output: Tensor, target: Tensor, weights?: Tensor) => {
  const { density, os, ys, ls, each } = open(given, output, target, weights)
  const dOutput = allocate(output.dtype, os.length)
  const dLogScale = new Float64Array(ls.length)
  each((weight, i, k) => {
    dOutput[i] = weight * density.dOutput(ys[i]!, os[i]!, ls[k]!)
    if (density.dLogScale !== undefined) dLogScale[k]! += weight * density.dLogScale(ys[i]!, os[i]!, ls[k]!)
  })
  const grad = { output: fromStorage(output.shape, dOutput) }
  if (!("logScale" in given)) return grad
  return { ...grad, logScale: cast(fromStorage(given.logScale.shape, dLogScale), output.dtype) }
}
