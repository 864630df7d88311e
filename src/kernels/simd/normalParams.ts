/** Parameters of normals as kernels take them: a tensor of the variable's shape, or one number for all of it. */
import * as Shape from "../../core/Shape.ts"
import { storage } from "../../core/storage.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { NormalParams } from "../Kernels.ts"
import type { Engine } from "./Engine.ts"

/** Whether a parameter of p has an element for each of the variable's (1), or is one scalar for all (0). */
export const stepOf = (where: string, variable: Tensor, parameter: Tensor): 0 | 1 => {
  if (parameter.shape.length === 0 && parameter.dtype === variable.dtype) return 0
  Shape.assertSame(where, variable, parameter)
  return 1
}

/** A parameter of the variable's shape: itself, or its one number everywhere. */
export const spread = (engine: Engine, where: string, variable: Tensor, parameter: Tensor): Tensor => {
  if (stepOf(where, variable, parameter) === 1) return parameter
  const { shape, size } = engine.bring(variable)
  return engine.defer(engine.operations.opFill, shape, size, undefined, undefined, undefined, parameter[storage][0])
}

/** The largest exponent of e that float32 holds, with room for a factor. */
const LARGEST = 80

/** p's mean and logStd as numbers, where both are scalars that float32 arithmetic can be done with; else undefined. */
export const numbers = (variable: Tensor, p: NormalParams): readonly [mean: number, logStd: number] | undefined => {
  if (stepOf("normal, mean", variable, p.mean) === 1 || stepOf("normal, logStd", variable, p.logStd) === 1) return
  const [mean, logStd] = [p.mean[storage][0]!, p.logStd[storage][0]!]
  return Math.abs(2 * logStd) < LARGEST ? [mean, logStd] : undefined
}
