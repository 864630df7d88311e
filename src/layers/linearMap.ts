/**
 * What `Linear` and the convolutions share: a map that is linear in a weight [out, ...in] and in its input, plus a bias.
 *
 * Such a layer is given by four functions, its value and the three products of its gradient.
 *
 * @since 0.2.0
 */
import { assertConfig, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { type DType, equals, format, rest, type Shape, size } from "../core/Shape.ts"
import type { Spec } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { kernels } from "../kernels/index.ts"
import { type Channels, deterministic, type Empty, type Layer } from "./Layer.ts"

/** weight [out, ...in], bias [out]. @category models @since 0.1.0 */
export interface Params {
  readonly weight: Tensor
  readonly bias: Tensor
}

/** The parameters that the option `bias` leaves. @category models @since 0.1.0 */
export type ParamsFor<B extends boolean> = B extends true ? Params : Pick<Params, "weight">

/** The record's type follows from `bias`, which TypeScript cannot see inside: there it has an optional bias. */
type Weights = Pick<Params, "weight"> & Partial<Pick<Params, "bias">>

interface LinearMap {
  readonly name: string
  readonly spec: Spec
  readonly weight: Shape
  readonly bias: boolean
  readonly dtype: DType
  readonly channels: Channels
  outShape(where: string, inShape: Shape): Shape
  forward(x: Tensor, weight: Tensor, bias: Tensor | undefined): Tensor
  weightGrad(x: Tensor, dy: Tensor): Tensor
  biasGrad(dy: Tensor): Tensor
  inputGrad(x: Tensor, weight: Tensor, dy: Tensor): Tensor
}

/** Throws unless each option is a whole number from `least`. */
export const assertWhole = (layer: string, least: number, options: Readonly<Record<string, number>>): void => {
  const expected = least === 0 ? "a whole number from 0" : `a whole number above ${least - 1}`
  for (const [option, n] of Object.entries(options)) {
    assertConfig(Number.isSafeInteger(n) && n >= least, `${layer}, ${option}`, expected, n)
  }
}

/** The layer of a linear map; `init` draws from +-1 / sqrt(fan-in), PyTorch's default for weights and biases. */
export const linearMap = (map: LinearMap): Layer<Weights, Empty> => {
  const { name, dtype } = map
  // Frozen, so that tensors of these shapes share them.
  const weightShape = Object.freeze([...map.weight])
  const biasShape = Object.freeze([map.weight[0]!])
  const shapesIn = (precision: DType): Tree.Shapes<Weights> => {
    const weight = { shape: weightShape, dtype: precision }
    return map.bias ? { weight, bias: { shape: biasShape, dtype: precision } } : { weight }
  }
  const shapesOf = { float32: shapesIn("float32"), float64: shapesIn("float64") }
  const where = `${name}, input without its batch axis`
  const parameters = `${name}, parameters`
  let fitting: Shape | undefined // of the last input, which need not be looked at again
  const bound = 1 / Math.sqrt(size(map.weight.slice(1)))

  const forward = (params: Weights, x: Tensor): Tensor => {
    if (map.bias !== "bias" in params) {
      throw new ShapeError({
        where: `${parameters} at "bias"`,
        expected: map.bias ? `a tensor ${format([map.weight[0]!])}` : "none, as this layer was made without",
        actual: map.bias ? "none" : "one"
      })
    }
    if (fitting === undefined || !equals(fitting, x.shape)) map.outShape(where, rest(where, x.shape))
    fitting = x.shape
    // Parameters cast to another precision still fit, if the input is cast with them.
    Tree.assertShapes(parameters, shapesOf[x.dtype], params)
    return map.forward(x, params.weight, params.bias)
  }

  return {
    ...deterministic,
    spec: map.spec,
    shapes: shapesOf[dtype],
    outShape: (inShape) => map.outShape(where, inShape),
    init: (key) =>
      Tree.fromShapes<Weights>(shapesOf[dtype], (spec, index) =>
        kernels(dtype).uniform(Key.fold(key, index), spec, -bound, bound)
      ),
    channels: map.channels,
    linear: true,
    forward,
    vjp: (params, x) => ({
      y: forward(params, x),
      pullback: (dy, want) => {
        const weight = map.weightGrad(x, dy)
        return {
          dParams: map.bias ? { weight, bias: map.biasGrad(dy) } : { weight },
          ...(want?.dx === false ? {} : { dx: map.inputGrad(x, params.weight, dy) })
        }
      }
    })
  }
}
