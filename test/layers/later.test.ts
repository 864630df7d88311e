// Room for layers that are not there yet: an embedding, whose input has no gradient, and a recurrent layer, whose
// weights are drawn once for a whole sequence. Both are written deterministically, and Bayesian by lifting.
import {
  BayesianLinear,
  bayesian,
  deterministic,
  type Empty,
  flatten,
  Key,
  type Layer,
  meanField,
  Normal,
  ShapeError,
  sequential,
  Tensor,
  Tree
} from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws } from "effect-bayes/testing"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { under } from "../property/under.ts"

const dtype = "float64"
const k = kernels(dtype)

interface Table {
  readonly table: Tensor.Tensor
}

/** The rows of a table [words, width] that x [B, L] names -> [B, L, width]. */
const embedding = (words: number, width: number): Layer<Table, Empty> => {
  const shapes = { table: { shape: [words, width], dtype } } as const
  const look = ({ table }: Table, x: Tensor.Tensor) =>
    Tensor.reshape(Tensor.takeRows(table, Tensor.toFloat64Array(x)), [...x.shape, width])
  return {
    ...deterministic,
    spec: { kind: "embedding", words, width },
    shapes,
    outShape: (inShape) => [...inShape, width],
    init: (key) => Tree.fromShapes<Table>(shapes, (spec) => Normal.standard(key, spec)),
    forward: (p, x) => look(p, x),
    vjp: (p, x) => ({
      y: look(p, x),
      pullback: (dy) => {
        const sums = new Float64Array(words * width)
        const indices = Tensor.toFloat64Array(x)
        for (const [i, d] of Tensor.toFloat64Array(dy).entries()) {
          sums[indices[Math.floor(i / width)]! * width + (i % width)]! += d
        }
        return { dParams: { table: Tensor.from(sums, { shape: [words, width] }) } }
      }
    })
  }
}

interface Elman {
  readonly input: Tensor.Tensor
  readonly hidden: Tensor.Tensor
  readonly bias: Tensor.Tensor
}

/** h_t = tanh(x_t W^T + h_(t-1) U^T + b) from h_0 = 0: x [B, T, in] -> h_T [B, out]. Elman 1990. */
const elman = (inputs: number, out: number): Layer<Elman, Empty> => {
  const leaf = (...shape: ReadonlyArray<number>) => ({ shape, dtype }) as const
  const shapes = { input: leaf(out, inputs), hidden: leaf(out, out), bias: leaf(out) }
  const at = (x: Tensor.Tensor, t: number) => Tensor.reshape(Tensor.slice(x, 1, t, t + 1), [x.shape[0]!, inputs])
  const states = (p: Elman, x: Tensor.Tensor) => {
    const hs = [Tensor.zeros(leaf(x.shape[0]!, out))]
    for (let t = 0; t < x.shape[1]!; t++) {
      const a = k.axpy(1, k.affine(at(x, t), p.input, p.bias), k.affine(hs[t]!, p.hidden, undefined))
      hs.push(k.elementwise({ kind: "tanh" }, a))
    }
    return hs
  }
  return {
    ...deterministic,
    spec: { kind: "elman", in: inputs, out },
    shapes,
    outShape: ([steps, width]) => {
      if (steps !== undefined && width === inputs) return [out]
      throw new ShapeError({ where: "elman, input", expected: `[steps, ${inputs}]`, actual: `[${steps}, ${width}]` })
    },
    init: (key) => Tree.fromShapes<Elman>(shapes, (spec, i) => Normal.standard(Key.fold(key, i), spec)),
    forward: (p, x) => states(p, x).at(-1)!,
    vjp: (p, x) => {
      const hs = states(p, x)
      return {
        y: hs.at(-1)!,
        pullback: (dy, want) => {
          let [dParams, dh] = [Tree.zerosLike(p), dy]
          const dxs: Array<Tensor.Tensor> = []
          for (let t = x.shape[1]! - 1; t >= 0; t--) {
            const da = k.elementwiseVjp({ kind: "tanh" }, hs[t + 1]!, hs[t + 1]!, dh) // 1 - y^2, of y alone
            const step = {
              input: k.affineWeightGrad(at(x, t), da),
              hidden: k.affineWeightGrad(hs[t]!, da),
              bias: k.affineBiasGrad(da)
            }
            dParams = Tree.zip(dParams, step, (sum, d) => k.axpy(1, d, sum))
            dxs.unshift(Tensor.reshape(k.affineInputGrad(da, p.input), [x.shape[0]!, 1, inputs]))
            dh = k.affineInputGrad(da, p.hidden)
          }
          return { dParams, ...(want?.dx === false ? {} : { dx: Tensor.concat(dxs as [Tensor.Tensor], 1) }) }
        }
      }
    }
  }
}

describe("an embedding", () => {
  const layer = embedding(5, 2)
  const index = fc.integer({ min: 0, max: 4 })
  const options = {
    inShape: [3],
    differentiableInput: false,
    registry: false as const,
    input: (batch: number) =>
      fc
        .array(index, { minLength: 3 * batch, maxLength: 3 * batch })
        .map((indices) => Tensor.from(indices, { dtype, shape: [batch, 3] }))
  }
  under("deterministic", laws.layer(layer, options))
  const posterior = meanField<Table>()
  const lifted = bayesian(layer, posterior)
  under("Bayesian", laws.layer(lifted, { ...options, lifted: { layer, posterior } }))
  under(
    "first in a network",
    laws.layer(sequential(lifted, flatten, BayesianLinear.make({ in: 6, out: 1, dtype })), options)
  )

  it("has no gradient by its input, and none is missed", () => {
    const network = sequential(lifted, flatten, BayesianLinear.make({ in: 6, out: 1, dtype }))
    const params = network.init(Key.make(0))
    const x = Tensor.from([[0, 3, 3]], { dtype })
    const { y, pullback } = network.vjp(params, x, network.noise(Key.make(1), 1))
    const { dParams, dx } = pullback(Tensor.full(y, 1))
    expect(dx).toBeUndefined()
    const rows = Tensor.toArray(dParams[0].table.mean) as ReadonlyArray<ReadonlyArray<number>>
    expect(rows.map((row) => row.some((d) => d !== 0))).toEqual([true, false, false, true, false])
  })
})

describe("a recurrent layer", () => {
  const layer = elman(2, 3)
  const posterior = meanField<Elman>()
  const lifted = bayesian(layer, posterior)
  for (const steps of [1, 4]) {
    under(`deterministic, ${steps} steps`, laws.layer(layer, { inShape: [steps, 2], registry: false }))
  }
  under("Bayesian", laws.layer(lifted, { inShape: [3, 2], registry: false, lifted: { layer, posterior } }))

  it("draws its weights once for a sequence, and counts their KL once, however long it is", () => {
    const params = lifted.init(Key.make(0))
    const noise = (steps: number) => lifted.noise(Key.make(1), 4, [steps, 2])
    expect(Tree.equals(noise(2), noise(50))).toBe(true)
    const [weights, x] = [
      posterior.sample(params, noise(50)),
      Normal.standard(Key.make(2), { shape: [4, 50, 2], dtype })
    ]
    expect(Tensor.equals(lifted.forward(params, x, noise(50)), layer.forward(weights, x, {}))).toBe(true)
    expect(lifted.kl(params, noise(50))).toBe(posterior.kl(params))
    expect(Tree.equals(lifted.klGrad(params, noise(50)), posterior.klGrad(params))).toBe(true)
  })
})
