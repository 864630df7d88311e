// Convolutions, deterministic and with sampled filters, and poolings.
import {
  type AnyLayer,
  AvgPool1d,
  AvgPool2d,
  bayesian,
  Conv1d,
  Conv2d,
  type Layer,
  MaxPool1d,
  MaxPool2d,
  meanField
} from "effect-bayes"
import { type Fields, near } from "./cases.ts"
import { type Check, type Checks, nearTree } from "./check.ts"

/** A field that holds a number, or a list of one or two. */
const sizes = (fields: Fields, name: string): number | readonly [number, number] => {
  const value = fields.get(name)
  if (typeof value === "number") return value
  const [first, second] = value as ReadonlyArray<number>
  return second === undefined ? first! : [first!, second]
}

const convolution = (fields: Fields, shape: ReadonlyArray<number>, bias: boolean): Layer<Conv2d.Params, object> => {
  const [out, within, ...kernel] = shape as [number, number, number, number?]
  const groups = fields.has("groups") ? fields.number("groups") : 1
  const options = { in: within * groups, out, groups, bias, dtype: fields.dtype }
  const [stride, padding, dilation] = ["stride", "padding", "dilation"].map((name) => sizes(fields, name))
  const layer =
    kernel.length === 1
      ? Conv1d.make({ ...options, kernel: kernel[0], ...({ stride, padding, dilation } as { stride: number }) })
      : Conv2d.make({ ...options, kernel: kernel as never, ...({ stride, padding, dilation } as { stride: number }) })
  return layer as Layer<Conv2d.Params, object>
}

const agrees = (fields: Fields, layer: AnyLayer, params: unknown, eps: unknown, bound: number) => {
  const x = fields.tensor("x")
  near("forward", fields.tensor("y"), layer.forward(params, x, eps), bound)
  const { y, pullback } = layer.vjp(params, x, eps)
  near("y", fields.tensor("y"), y, bound)
  return pullback(fields.tensor("dy"))
}

const sampled: Check = (fields, { value, filters }) => {
  const params = fields.record("params")
  const inner = convolution(fields, params.tensor("weightMean").shape, true)
  const layer = bayesian(inner, meanField<Conv2d.Params>())
  const { dParams, dx } = agrees(fields, layer, params.normals(), fields.record("eps").weights(), value)
  near("dx", fields.tensor("dx"), dx!, value)
  nearTree("dParams", fields.record("grads").normals(), dParams, filters)
}

const options: Check = (fields, { value, filters }) => {
  const weights = (from: Fields) => ({
    weight: from.tensor("weight"),
    ...(from.has("bias") ? { bias: from.tensor("bias") } : {})
  })
  const layer = convolution(fields, fields.tensor("weight").shape, fields.has("bias"))
  const { dParams, dx } = agrees(fields, layer, weights(fields), {}, value)
  near("dx", fields.record("grads").tensor("x"), dx!, value)
  nearTree("dParams", weights(fields.record("grads")), dParams, filters)
}

const pooling =
  (make: (options: never) => AnyLayer): Check =>
  (fields, { value }) => {
    const options = fields.has("kernel")
      ? Object.fromEntries(["kernel", "stride", "padding"].map((name) => [name, sizes(fields, name)]))
      : { kernel: 2 }
    near("dx", fields.tensor("dx"), agrees(fields, make(options as never), {}, {}, value).dx!, value)
  }

export const convolutionChecks: Checks = {
  "conv1d/vjp": sampled,
  "conv2d/vjp": sampled,
  "conv1d/options": options,
  "conv2d/options": options,
  "pool/max-pool2d-2": pooling(MaxPool2d.make),
  "pool/avg-pool2d-2": pooling(AvgPool2d.make),
  "pool/max-pool1d": pooling(MaxPool1d.make),
  "pool/max-pool2d": pooling(MaxPool2d.make),
  "pool/avg-pool1d": pooling(AvgPool1d.make),
  "pool/avg-pool2d": pooling(AvgPool2d.make)
}
