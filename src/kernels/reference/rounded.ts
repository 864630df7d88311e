/** The way from sums in float64 to a tensor: each element is rounded once. */
import type { DType, Shape } from "../../core/Shape.ts"
import { fromStorage, type Tensor } from "../../core/Tensor.ts"

/** Takes over `sums`, which nobody else may write to. */
export const rounded = (shape: Shape, dtype: DType, sums: Float64Array): Tensor =>
  fromStorage(shape, dtype === "float64" ? sums : Float32Array.from(sums))
