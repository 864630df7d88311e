/**
 * Likelihoods: `assembly/locationScale.ts`, `bernoulli.ts`, `poisson.ts` and `categorical.ts`. Targets that cannot be are told by the
 * reference engine, as are densities without a kernel of their own.
 */
import { lgamma } from "../../core/gamma.ts"
import { HALF_LOG_2PI } from "../../core/math.ts"
import { rowWeights } from "../../core/rowWeights.ts"
import * as Shape from "../../core/Shape.ts"
import { storage } from "../../core/storage.ts"
import { studentTDensity } from "../../core/studentT.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { TargetDensity } from "../Kernels.ts"
import * as labels from "../reference/categorical.ts"
import * as reference from "../reference/targetDensity.ts"
import { run } from "./current.ts"
import type { Engine } from "./Engine.ts"

const FACTORIALS = 1024
const known = new Float64Array(FACTORIALS).fill(Number.NaN)

/** log k!, kept for counts that come again and again. */
const logFactorial = (k: number): number => {
  if (k < 2) return 0
  if (k >= FACTORIALS) return lgamma(k + 1)
  if (Number.isNaN(known[k]!)) known[k] = lgamma(k + 1)
  return known[k]!
}

/** Degrees of freedom that float32 arithmetic can be done with. */
const DF = [1e-6, 1e6] as const

/** Degrees of freedom of the noise: infinitely many for a normal. */
const dfOf = (density: Extract<TargetDensity, { readonly kind: "gaussian" | "student-t" }>): number =>
  density.kind === "gaussian" ? Number.POSITIVE_INFINITY : density.df

/** Whether a density has a kernel, and targets and constants for it. */
const hasKernel = (density: TargetDensity, target: Tensor): boolean => {
  switch (density.kind) {
    case "gaussian":
      return true
    case "student-t":
      return density.df >= DF[0] && density.df <= DF[1]
    case "bernoulli":
      return target[storage].every((y: number) => y === 0 || y === 1)
    case "poisson":
      return target[storage].every((y: number) => Number.isSafeInteger(y) && y >= 0)
  }
}

/** The sum of log y! over targets: what no output changes. */
const logFactorials = (target: Tensor, weights: Tensor | undefined, T: number): number => {
  const ys = target[storage]
  const ws = weights?.[storage]
  let sum = 0
  for (let i = 0; i < ys.length; i++) sum += (ws === undefined ? 1 : ws[Math.floor(i / T)]!) * logFactorial(ys[i]!)
  return sum
}

/** Shapes and weights checked, and everything where a kernel finds it. */
const open = (engine: Engine, density: TargetDensity, output: Tensor, target: Tensor, weights?: Tensor) => {
  const where = `${density.kind} likelihood`
  const [rows, T] = reference.assertTargets(where, output, target)
  rowWeights(output, weights)
  const logScale = "logScale" in density ? density.logScale : undefined
  if (logScale !== undefined) reference.assertLogScale(where, output, logScale)
  return {
    rows,
    T,
    output: engine.pointer(output),
    target: engine.pointer(target),
    weights: weights === undefined ? 0 : engine.pointer(weights),
    logScale: logScale === undefined ? 0 : engine.pointer(logScale),
    scales: logScale === undefined ? 0 : Shape.size(logScale.shape)
  }
}

export const targetNll = (density: TargetDensity, output: Tensor, target: Tensor, weights?: Tensor): number => {
  if (!hasKernel(density, target)) return reference.targetNll(density, output, target, weights)
  return run((engine) => {
    const { exports } = engine
    const p = open(engine, density, output, target, weights)
    if (density.kind === "bernoulli") {
      const tmp = engine.room(exports.bernoulliTmp(p.rows, p.T))
      return exports.bernoulliNll(p.output, p.target, density.positiveWeight, p.weights, p.rows, p.T, tmp)
    }
    if (density.kind === "poisson") {
      const tmp = engine.room(exports.poissonTmp(p.rows, p.T))
      const varying = exports.poissonNll(p.output, p.target, p.weights, p.rows, p.T, tmp)
      return varying + logFactorials(target, weights, p.T)
    }
    const tmp = engine.room(exports.locationScaleTmp(p.rows, p.T))
    const df = dfOf(density)
    const peak = density.kind === "gaussian" ? -HALF_LOG_2PI : studentTDensity(df).logPdf(0)
    return exports.locationScaleNll(p.output, p.target, p.logScale, p.scales, p.weights, p.rows, p.T, tmp, df, peak)
  })
}

export const targetNllGrad = (density: TargetDensity, output: Tensor, target: Tensor, weights?: Tensor) => {
  if (!hasKernel(density, target)) return reference.targetNllGrad(density, output, target, weights)
  return run((engine) => {
    const { exports } = engine
    const p = open(engine, density, output, target, weights)
    const { rows, T } = p
    const d = engine.tensor(output.shape, rows * T)
    if (density.kind === "bernoulli") {
      const tmp = engine.room(exports.bernoulliTmp(rows, T))
      exports.bernoulliNllGrad(p.output, p.target, density.positiveWeight, p.weights, rows, T, d.pointer, tmp)
      return { output: d }
    }
    if (density.kind === "poisson") {
      const tmp = engine.room(exports.poissonTmp(rows, T))
      exports.poissonNllGrad(p.output, p.target, p.weights, rows, T, d.pointer, tmp)
      return { output: d }
    }
    const s = engine.tensor(density.logScale.shape, p.scales)
    const tmp = engine.room(exports.locationScaleTmp(rows, T))
    const [a, b, c] = [p.output, p.target, p.logScale]
    exports.locationScaleNllGrad(a, b, c, p.scales, p.weights, rows, T, d.pointer, s.pointer, tmp, dfOf(density))
    return { output: d, logScale: s }
  })
}

type ClassWeights = ReadonlyArray<number> | undefined

/** Shapes and weights checked, and everything where a kernel finds it. */
const openLabels = (engine: Engine, logits: Tensor, target: Tensor, weights?: Tensor, classWeights?: ClassWeights) => {
  const { batch, count } = labels.open(logits, target, weights, classWeights)
  let classes = 0
  if (classWeights !== undefined) {
    classes = engine.room(8 * count)
    new Float64Array(engine.heap.f32.buffer, classes, count).set(classWeights)
  }
  return {
    batch,
    count,
    logits: engine.pointer(logits),
    labels: engine.pointer(target),
    weights: weights === undefined ? 0 : engine.pointer(weights),
    classes,
    tmp: engine.room(engine.exports.categoricalTmp(count))
  }
}

export const categoricalNll = (logits: Tensor, target: Tensor, weights?: Tensor, classWeights?: ClassWeights): number =>
  run((engine) => {
    const p = openLabels(engine, logits, target, weights, classWeights)
    const nll = engine.exports.categoricalNll(p.logits, p.labels, p.weights, p.classes, p.batch, p.count, p.tmp)
    // Below 0 stands the row of a label that is none, which the reference engine finds as well, and says so.
    return nll < 0 ? labels.categoricalNll(logits, target, weights, classWeights) : nll
  })

export const categoricalNllGrad = (
  logits: Tensor,
  target: Tensor,
  weights?: Tensor,
  classWeights?: ClassWeights
): Tensor =>
  run((engine) => {
    const p = openLabels(engine, logits, target, weights, classWeights)
    const out = engine.tensor(logits.shape, p.batch * p.count)
    const bad = engine.exports.categoricalNllGrad(
      p.logits,
      p.labels,
      p.weights,
      p.classes,
      p.batch,
      p.count,
      out.pointer,
      p.tmp
    )
    return bad < 0 ? out : labels.categoricalNllGrad(logits, target, weights, classWeights)
  })
