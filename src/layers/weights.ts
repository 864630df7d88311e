/** Weights inside a spec, for layers that are made around given ones: pairs of a path and a tensor. */
import * as Schema from "effect/Schema"
import { ShapeError } from "../core/errors.ts"
import { formatSpec } from "../core/Shape.ts"
import { TensorSchema } from "../core/Spec.ts"
import * as Tree from "../core/Tree.ts"

export const WeightsSchema = /*#__PURE__*/ Schema.Array(Schema.Tuple([Schema.String, TensorSchema]))

type Listed = typeof WeightsSchema.Type

export const toList = (weights: unknown): Listed => Tree.leaves(weights).map(({ path, value }) => [path, value])

/** The record of these shapes with the listed tensors at its leaves. **Errors**: `ShapeError` where one is missing. */
export const fromList = <W>(where: string, shapes: Tree.Shapes<W>, listed: Listed): W => {
  const byPath = new Map(listed)
  return Tree.mapWith(
    Tree.isSpec,
    (spec, _, path) => {
      const tensor = byPath.get(path)
      if (tensor !== undefined) return tensor
      throw new ShapeError({ where: `${where} at "${path}"`, expected: formatSpec(spec), actual: "none" })
    },
    shapes
  ) as W
}
