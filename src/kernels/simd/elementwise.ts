/** Activations and their pullbacks, put off like all elementwise work: see `assembly/activations.ts`. */
import { assertSame } from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { Elementwise } from "../Kernels.ts"
import { run } from "./current.ts"
import type { OperationName } from "./OperationName.ts"

/** The operation of each activation, and that of its pullback. */
const OPERATIONS: Readonly<Record<Elementwise["kind"], readonly [value: OperationName, pullback: OperationName]>> = {
  relu: ["opRelu", "opReluVjp"],
  tanh: ["opTanh", "opTanhVjp"],
  gelu: ["opGelu", "opGeluVjp"],
  silu: ["opSilu", "opSiluVjp"],
  sigmoid: ["opSigmoid", "opSigmoidVjp"],
  softplus: ["opSoftplus", "opSoftplusVjp"],
  "leaky-relu": ["opLeakyRelu", "opLeakyReluVjp"],
  elu: ["opElu", "opEluVjp"]
}

/** The one number that some activations have. */
const parameterOf = (f: Elementwise): number => (f.kind === "leaky-relu" ? f.slope : f.kind === "elu" ? f.alpha : 0)

export const elementwise = (f: Elementwise, x: Tensor): Tensor =>
  run((engine) => {
    const { shape, size } = engine.bring(x)
    const [value] = OPERATIONS[f.kind]
    return engine.defer(engine.operations[value], shape, size, x, undefined, undefined, parameterOf(f))
  })

export const elementwiseVjp = (f: Elementwise, x: Tensor, y: Tensor, dy: Tensor): Tensor => {
  assertSame(`${f.kind}, y`, x, y)
  assertSame(`${f.kind}, dy`, x, dy)
  return run((engine) => {
    const { shape, size } = engine.bring(x)
    const [, pullback] = OPERATIONS[f.kind]
    return engine.defer(engine.operations[pullback], shape, size, x, y, dy, parameterOf(f))
  })
}
