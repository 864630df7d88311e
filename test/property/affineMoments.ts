// The exact mean and variance of x W^T + b, where each weight and bias is a normal of its own.
import { Tensor } from "effect-bayes"
import type { Moments } from "effect-bayes/testing"

interface Params {
  readonly weight: { readonly mean: Tensor.Tensor; readonly logStd: Tensor.Tensor }
  readonly bias?: { readonly mean: Tensor.Tensor; readonly logStd: Tensor.Tensor }
}

export const affineMoments = ({ weight, bias }: Params, x: Tensor.Tensor): Moments => {
  const [outputs, inputs] = weight.mean.shape as [number, number]
  const xs = Tensor.toFloat64Array(x)
  const means = Tensor.toFloat64Array(weight.mean)
  const logStds = Tensor.toFloat64Array(weight.logStd)
  const biasMeans = bias === undefined ? new Float64Array(outputs) : Tensor.toFloat64Array(bias.mean)
  const biasLogStds =
    bias === undefined ? new Float64Array(outputs).fill(Number.NEGATIVE_INFINITY) : Tensor.toFloat64Array(bias.logStd)
  const rows = xs.length / inputs
  const mean = new Float64Array(rows * outputs)
  const variance = new Float64Array(rows * outputs)
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      mean[r * outputs + o] = biasMeans[o]!
      variance[r * outputs + o] = Math.exp(2 * biasLogStds[o]!)
      for (let i = 0; i < inputs; i++) {
        const input = xs[r * inputs + i]!
        mean[r * outputs + o]! += input * means[o * inputs + i]!
        variance[r * outputs + o]! += (input * Math.exp(logStds[o * inputs + i]!)) ** 2
      }
    }
  }
  return { mean, variance }
}
