/** The leaf updates of optimizers with moments of the gradient, put off like all elementwise work (`assembly/moments.ts`). */
import { assertSame } from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { AdamConstants, RmspropConstants } from "../Kernels.ts"
import { run } from "./current.ts"

export const adam = (grad: Tensor, m: Tensor, v: Tensor, constants: AdamConstants) => {
  assertSame("adam, first moment", grad, m)
  assertSame("adam, second moment", grad, v)
  const { beta1, beta2, epsilon, correction1, correction2 } = constants
  return run((engine) => {
    const { shape, size } = engine.bring(grad)
    const { opFirstMoment, opSecondMoment, opMomentUpdate } = engine.operations
    const first = engine.defer(opFirstMoment, shape, size, m, grad, undefined, beta1, 1 - beta1)
    const second = engine.defer(opSecondMoment, shape, size, v, grad, undefined, beta2, 1 - beta2)
    const factor = correction1 / Math.sqrt(correction2)
    const update = engine.defer(opMomentUpdate, shape, size, first, second, undefined, factor, correction1 * epsilon)
    return { update, m: first, v: second }
  })
}

export const rmsprop = (grad: Tensor, v: Tensor, { decay, epsilon }: RmspropConstants) => {
  assertSame("rmsprop, second moment", grad, v)
  return run((engine) => {
    const { shape, size } = engine.bring(grad)
    const { opSecondMoment, opMomentUpdate } = engine.operations
    const second = engine.defer(opSecondMoment, shape, size, v, grad, undefined, decay, 1 - decay)
    return { update: engine.defer(opMomentUpdate, shape, size, grad, second, undefined, 1, epsilon), v: second }
  })
}
