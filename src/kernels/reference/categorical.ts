/** The categorical likelihood of a batch from logits, its gradient, and the probabilities of the classes. */
import { assertConfig, ConfigError, ShapeError } from "../../core/errors.ts"
import { exp, expm1, log1p } from "../../core/math.ts"
import { rowWeights } from "../../core/rowWeights.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"

/** Rows B and classes C of logits [B, C]. */
const classes = (logits: Tensor): readonly [batch: number, count: number] => {
  const [batch, count] = logits.shape
  if (batch !== undefined && count !== undefined && logits.shape.length === 2) return [batch, count]
  const where = "categorical likelihood"
  throw new ShapeError({ where, expected: "logits [B, C]", actual: Shape.format(logits.shape) })
}

type ClassWeights = ReadonlyArray<number> | undefined

/** Checks all but the labels themselves, and gives B, C and how many times a row with a label counts. */
export const open = (logits: Tensor, labels: Tensor, weights: Tensor | undefined, classWeights: ClassWeights) => {
  const [batch, count] = classes(logits)
  Shape.assertSame("categorical likelihood, labels", { dtype: logits.dtype, shape: [batch, 1] }, labels)
  const given = classWeights?.length ?? count
  assertConfig(given === count, "classWeights", `one for each of ${count} classes`, given)
  return { batch, count, weightOf: rowWeights(logits, weights), classWeight: (k: number) => classWeights?.[k] ?? 1 }
}

const label = (labels: Tensor, row: number, count: number): number => {
  const value = labels[storage][row]!
  if (Number.isInteger(value) && value >= 0 && value < count) return value
  const expected = `an integer from 0 to ${count - 1}, as there are ${count} classes`
  throw new ConfigError({ option: `label of row ${row}`, expected, actual: String(value) })
}

/** The largest logit of a row, and log sum exp(logit - largest) >= 0, which cannot overflow and keeps its digits near 0. */
const logSumExp = (logits: Tensor, row: number, count: number): { readonly top: number; readonly rest: number } => {
  const ls = logits[storage]
  let top = Number.NEGATIVE_INFINITY
  let largest = -1
  for (let c = 0; c < count; c++) {
    if (ls[row * count + c]! <= top) continue
    top = ls[row * count + c]!
    largest = c
  }
  let others = 0
  for (let c = 0; c < count; c++) if (c !== largest) others += exp(ls[row * count + c]! - top)
  return { top, rest: log1p(others) }
}

export const categoricalNll = (logits: Tensor, labels: Tensor, weights?: Tensor, classWeights?: ClassWeights) => {
  const { batch, count, weightOf, classWeight } = open(logits, labels, weights, classWeights)
  let total = 0
  for (let row = 0; row < batch; row++) {
    const weight = weightOf(row)
    if (weight === 0) continue
    const right = label(labels, row, count)
    const { top, rest } = logSumExp(logits, row, count)
    total += weight * classWeight(right) * (top - logits[storage][row * count + right]! + rest)
  }
  return total
}

export const categoricalNllGrad = (logits: Tensor, labels: Tensor, weights?: Tensor, classWeights?: ClassWeights) => {
  const { batch, count, weightOf, classWeight } = open(logits, labels, weights, classWeights)
  const ls = logits[storage]
  const out = allocate(logits.dtype, ls.length)
  for (let row = 0; row < batch; row++) {
    const weight = weightOf(row)
    if (weight === 0) continue
    const right = label(labels, row, count)
    const { top, rest } = logSumExp(logits, row, count)
    for (let c = 0; c < count; c++) {
      const logP = ls[row * count + c]! - top - rest
      // p - 1 would lose what is left of a p near 1.
      out[row * count + c] = weight * classWeight(right) * (c === right ? expm1(logP) : exp(logP))
    }
  }
  return fromStorage(logits.shape, out)
}

export const softmax = (logits: Tensor): Tensor => {
  const [batch, count] = classes(logits)
  const ls = logits[storage]
  const out = allocate("float64", ls.length)
  for (let row = 0; row < batch; row++) {
    const { top, rest } = logSumExp(logits, row, count)
    for (let c = 0; c < count; c++) out[row * count + c] = exp(ls[row * count + c]! - top - rest)
  }
  return fromStorage(logits.shape, out)
}
