// Deliberately broken likelihoods and optimizers, mistakes found in other libraries among them: each test names the laws that catch it.
import { Likelihood, type Optimizer, sgd, Tensor, Tree } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { storage } from "../../src/core/storage.ts"
import { brokenBy, GRADIENT, scaled } from "./brokenBy.ts"

describe("broken likelihoods", () => {
  const right = Likelihood.gaussian({ std: 1 })
  const caught = <L>(self: Likelihood.Likelihood<L>, outputs = 1) =>
    brokenBy(laws.likelihood(self, { outputs, registry: false }))
  const squares: Likelihood.Likelihood<Tree.Empty> = {
    spec: { kind: "mse" },
    shapes: {},
    init: () => ({}),
    nll: (_, output, target) => {
      const y = Tensor.toFloat64Array(target)
      return Tensor.toFloat64Array(output).reduce((sum, o, i) => sum + (o - y[i]!) ** 2, 0)
    },
    nllGrad: (_, output, target) => {
      const d = kernels(output.dtype).axpy(-1, target, output)
      return { dParams: {}, dOutput: kernels(output.dtype).scale(2, d) }
    }
  }

  it("a squared error passed off as a likelihood", () => {
    expect(caught(squares)).toEqual(["exp(-nll) integrates to 1 over the target"])
  })

  it("a mean over the rows", () => {
    const mean: typeof right = {
      ...right,
      nll: (p, output, target) => right.nll(p, output, target) / output.shape[0]!,
      nllGrad: (p, output, target) => scaled(right.nllGrad(p, output, target), 1 / output.shape[0]!)
    }
    expect(caught(mean)).toEqual(["nll is a sum over rows", "conditional logPdf is -nll"])
  })

  it("a gradient off by 1.01", () => {
    const steep = {
      ...right,
      nllGrad: (...args: Parameters<typeof right.nllGrad>) => scaled(right.nllGrad(...args), 1.01)
    }
    expect(caught(steep)).toEqual([GRADIENT])
  })

  it("a formula whose derivative has the wrong sign, or that leaves out its constant", () => {
    const formula = (logProb: string) => Likelihood.fromExpression({ logProb, target: "y", outputs: ["mu"] })
    const normal = formula("-(y - mu)^2 / 2 - log(2 pi) / 2")
    expect(caught(normal)).toEqual([])
    expect(caught({ ...normal, nllGrad: formula("(y - mu)^2 / 2").nllGrad })).toEqual([GRADIENT])
    expect(caught(formula("-(y - mu)^2 / 2"))).toEqual(["exp(-nll) integrates to 1 over the target"])
  })

  it("a standard deviation for the variance of what it predicts", () => {
    const std: Likelihood.Continuous<Tree.Empty> = {
      ...Likelihood.gaussian({ std: 0.5 }),
      conditional: (p, output) => {
        const found = Likelihood.gaussian({ std: 0.5 }).conditional(p, output)
        return { ...found, variance: found.variance.map(Math.sqrt) }
      }
    }
    expect(caught(std)).toEqual(["conditional mean, variance and cdf are those of its density"])
  })

  it("logits of which the largest is left out", () => {
    const categorical = Likelihood.categorical()
    const off = {
      ...categorical,
      nll: (...args: Parameters<typeof categorical.nll>) => categorical.nll(...args) + 0.1 * args[1].shape[0]!
    }
    expect(brokenBy(laws.likelihood(off, { outputs: 3, classes: 3, registry: false }))).toEqual([
      "exp(-nll) sums to 1 over the classes"
    ])
  })
})

describe("broken optimizers", () => {
  const right = sgd({ learningRate: 0.1, momentum: 0.5 })
  const caught = <S>(self: Optimizer.Optimizer<S>) => brokenBy(laws.optimizer(self))

  it("none: the right one breaks no law", () => {
    expect(caught(right)).toEqual([])
  })

  it("a step counter outside the state", () => {
    let step = 0
    const hidden: Optimizer.Optimizer<Record<never, never>> = {
      init: () => ({}),
      update: (grads, state) => {
        step += 1
        return [scaled(grads, -0.1 / step), state]
      }
    }
    expect(caught(hidden)).toContain("all it remembers is in its state")
  })

  it("moments that are written in place", () => {
    const inPlace: typeof right = {
      ...right,
      update: (grads, state, params) => {
        for (const { value } of Tree.leaves(state[0].velocity)) value[storage][0]! += 1
        return right.update(grads, state, params)
      }
    }
    expect(caught(inPlace)).toContain("inputs are not modified")
  })

  it("a norm over all leaves that was not declared", () => {
    const clipped: typeof right = {
      ...right,
      update: (grads, state, params) => {
        const norm = Math.sqrt(
          Tree.leaves(grads).reduce((s, g) => s + Tensor.toFloat64Array(g.value).reduce((a, v) => a + v * v, 0), 0)
        )
        return right.update(scaled(grads, 1 / Math.max(1, norm)), state, params)
      }
    }
    expect(caught(clipped)).toEqual(["a leaf's update does not depend on the others"])
    expect(brokenBy(laws.optimizer(clipped, { leafwise: false }))).toEqual([])
  })

  it("an ascent", () => {
    const ascent: typeof right = {
      ...right,
      update: (grads, state, params) => {
        const [updates, next] = right.update(grads, state, params)
        return [scaled(updates, -1), next]
      }
    }
    expect(caught(ascent)).toEqual(["500 steps halve a parabola at least"])
  })
})
