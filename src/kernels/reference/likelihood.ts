/** Negative log-likelihoods of a batch in nats, summed, each above its gradient. */
import { ConfigError, ShapeError } from "../../core/errors.ts"
import { exp, expm1, log1p } from "../../core/math.ts"
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"

const HALF_LOG_2PI = 0.9189385332046727

/** The number of targets T, once output and target are both [B, T] and logStd is [T]. */
const targets = (output: Tensor, target: Tensor, logStd: Tensor): number => {
  const where = "Gaussian likelihood"
  if (output.shape.length !== 2) {
    throw new ShapeError({ where, expected: "an output [B, T]", actual: Shape.format(output.shape) })
  }
  Shape.assertSame(`${where}, target`, output, target)
  Shape.assertSame(`${where}, logStd`, { dtype: output.dtype, shape: [output.shape[1]!] }, logStd)
  return output.shape[1]!
}

export const gaussianNll = (output: Tensor, target: Tensor, logStd: Tensor): number => {
  const T = targets(output, target, logStd)
  const os = output[storage]
  const ys = target[storage]
  const ls = logStd[storage]
  let sum = 0
  for (let i = 0; i < os.length; i++) {
    const l = ls[i % T]!
    const z = (ys[i]! - os[i]!) * exp(-l)
    sum += 0.5 * z * z + l + HALF_LOG_2PI
  }
  return sum
}

export const gaussianNllGrad = (output: Tensor, target: Tensor, logStd: Tensor) => {
  const T = targets(output, target, logStd)
  const os = output[storage]
  const ys = target[storage]
  const ls = logStd[storage]
  const dOutput = allocate(output.dtype, os.length)
  const dLogStd = new Float64Array(T)
  for (let i = 0; i < os.length; i++) {
    const precision = exp(-ls[i % T]!)
    const z = (ys[i]! - os[i]!) * precision
    dOutput[i] = -z * precision
    dLogStd[i % T]! += 1 - z * z
  }
  const rounded = allocate(output.dtype, T)
  rounded.set(dLogStd)
  return { output: fromStorage(output.shape, dOutput), logStd: fromStorage([T], rounded) }
}

/** Rows B and classes C of logits [B, C]. */
const classes = (logits: Tensor): readonly [batch: number, count: number] => {
  const [batch, count] = logits.shape
  if (batch !== undefined && count !== undefined && logits.shape.length === 2) return [batch, count]
  const where = "categorical likelihood"
  throw new ShapeError({ where, expected: "logits [B, C]", actual: Shape.format(logits.shape) })
}

const assertLabels = (logits: Tensor, labels: Tensor): void =>
  Shape.assertSame("categorical likelihood, labels", { dtype: logits.dtype, shape: [logits.shape[0]!, 1] }, labels)

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

export const categoricalNll = (logits: Tensor, labels: Tensor): number => {
  const [batch, count] = classes(logits)
  assertLabels(logits, labels)
  let total = 0
  for (let row = 0; row < batch; row++) {
    const { top, rest } = logSumExp(logits, row, count)
    total += top - logits[storage][row * count + label(labels, row, count)]! + rest
  }
  return total
}

export const categoricalNllGrad = (logits: Tensor, labels: Tensor): Tensor => {
  const [batch, count] = classes(logits)
  assertLabels(logits, labels)
  const ls = logits[storage]
  const out = allocate(logits.dtype, ls.length)
  for (let row = 0; row < batch; row++) {
    const { top, rest } = logSumExp(logits, row, count)
    const right = label(labels, row, count)
    for (let c = 0; c < count; c++) {
      const logP = ls[row * count + c]! - top - rest
      out[row * count + c] = c === right ? expm1(logP) : exp(logP) // p - 1 would lose what is left of a p near 1
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
