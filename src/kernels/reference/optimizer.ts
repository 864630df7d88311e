/** Leaf updates of optimizers that keep moments of the gradient. */
import * as Shape from "../../core/Shape.ts"
import { allocate, storage } from "../../core/storage.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"
import type { AdamConstants, RmspropConstants } from "../Kernels.ts"

export const adam = (grad: Tensor, m: Tensor, v: Tensor, constants: AdamConstants) => {
  Shape.assertSame("adam, first moment", grad, m)
  Shape.assertSame("adam, second moment", grad, v)
  const { beta1, beta2, correction1, correction2, epsilon } = constants
  const gs = grad[storage]
  const oldM = m[storage]
  const oldV = v[storage]
  const ms = allocate(grad.dtype, gs.length)
  const vs = allocate(grad.dtype, gs.length)
  const us = allocate(grad.dtype, gs.length)
  for (let i = 0; i < gs.length; i++) {
    const g = gs[i]!
    const mi = beta1 * oldM[i]! + (1 - beta1) * g
    const vi = beta2 * oldV[i]! + (1 - beta2) * g * g
    ms[i] = mi
    vs[i] = vi
    us[i] = mi / correction1 / (Math.sqrt(vi / correction2) + epsilon)
  }
  return {
    update: fromStorage(grad.shape, us),
    m: fromStorage(grad.shape, ms),
    v: fromStorage(grad.shape, vs)
  }
}

export const rmsprop = (grad: Tensor, v: Tensor, { decay, epsilon }: RmspropConstants) => {
  Shape.assertSame("rmsprop, second moment", grad, v)
  const gs = grad[storage]
  const oldV = v[storage]
  const vs = allocate(grad.dtype, gs.length)
  const us = allocate(grad.dtype, gs.length)
  for (let i = 0; i < gs.length; i++) {
    const g = gs[i]!
    const vi = decay * oldV[i]! + (1 - decay) * g * g
    vs[i] = vi
    us[i] = g / (Math.sqrt(vi) + epsilon)
  }
  return { update: fromStorage(grad.shape, us), v: fromStorage(grad.shape, vs) }
}
