// A convolutional network of residual and parallel layers and a dropout, its mask given, flattened at the end.
import {
  Conv2d,
  Dropout,
  flatten,
  identity,
  Linear,
  type NoiseOf,
  type ParamsOf,
  parallel,
  residual,
  sequential,
  tanh
} from "effect-bayes"
import { near } from "./cases.ts"
import { type Check, type Checks, nearTree } from "./check.ts"

const network: Check = (fields, bounds) => {
  const { dtype } = fields
  // In float32 each of four layers on the way rounds sums of up to 63 products, and passes on the errors of those before.
  const value = dtype === "float32" ? 10 * bounds.value : bounds.value
  const layer = sequential(
    residual(sequential(Conv2d.make({ in: 2, out: 2, kernel: 3, padding: 1, dtype }), tanh)),
    parallel(
      Conv2d.make({ in: 2, out: 3, kernel: 3, padding: 1, dtype }),
      Conv2d.make({ in: 2, out: 2, kernel: [1, 3], padding: [0, 1], dtype }),
      identity
    ),
    Dropout.make({ rate: fields.number("rate"), dtype }),
    residual(
      Conv2d.make({ in: 7, out: 4, kernel: 3, stride: 2, padding: 1, dtype }),
      Conv2d.make({ in: 7, out: 4, kernel: 1, stride: 2, dtype })
    ),
    tanh,
    flatten,
    Linear.make({ in: 24, out: 3, dtype })
  )
  const placed = (name: string): ParamsOf<typeof layer> => {
    const of = (part: string) => fields.record(name).record(part).weights()
    return [[[of("first"), {}], {}], [of("wide"), of("flat"), {}], {}, [of("main"), of("past")], {}, {}, of("head")]
  }
  const eps: NoiseOf<typeof layer> = [[[{}, {}], {}], [{}, {}, {}], { eps: fields.tensor("eps") }, [{}, {}], {}, {}, {}]
  const { y, pullback } = layer.vjp(placed("params"), fields.tensor("x"), eps)
  const { dParams, dx } = pullback(fields.tensor("dy"))
  near("y", fields.tensor("y"), y, value)
  near("dx", fields.tensor("dx"), dx!, value)
  nearTree("dParams", placed("grads"), dParams, value)
}

export const compositeChecks: Checks = { "composite/network": network }
