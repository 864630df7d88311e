/** What likelihoods share whose targets are independent given the output, and that have no parameters of their own. */
import type { Tensor } from "../core/Tensor.ts"
import type { Empty } from "../core/Tree.ts"
import { kernels, type TargetDensity } from "../kernels/index.ts"
import { type Likelihood, onZeros } from "./Likelihood.ts"

export const withoutParameters = (density: TargetDensity): Omit<Likelihood<Empty>, "spec"> => {
  const nll = (output: Tensor, target: Tensor, weights?: Tensor): number =>
    kernels(output.dtype).targetNll(density, output, target, weights)
  return {
    shapes: {},
    init: () => ({}),
    nll: (_, output, target, weights) => nll(output, target, weights),
    nllGrad: (_, output, target, weights) => ({
      dParams: {},
      dOutput: kernels(output.dtype).targetNllGrad(density, output, target, weights).output
    }),
    assertTargets: onZeros(nll)
  }
}
