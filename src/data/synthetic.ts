/**
 * Data made to a formula, for examples and experiments.
 *
 * @since 0.1.0
 */
import * as Key from "../core/Key.ts"
import { sinPi } from "../core/math.ts"
import * as Tensor from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import { type Dataset, make } from "./Dataset.ts"

/**
 * The regression curve of Blundell et al. 2015, section 5.2: x uniform on [0, 0.5], e ~ N(0, 0.02^2),
 * y = x + 0.3 sin(2 pi (x + e)) + 0.3 sin(4 pi (x + e)) + e.
 *
 * @category datasets
 * @since 0.1.0
 */
export const regressionCurve = (key: Key.Key, rows = 1000): Dataset => {
  const spec = { shape: [rows], dtype: "float64" } as const
  const x = Tensor.toFloat64Array(kernels("float64").uniform(Key.fold(key, 0), spec, 0, 0.5))
  const noise = Tensor.toFloat64Array(kernels("float64").standardNormal(Key.fold(key, 1), spec))
  const y = x.map((xi, i) => {
    const e = 0.02 * noise[i]!
    return xi + 0.3 * sinPi(2 * (xi + e)) + 0.3 * sinPi(4 * (xi + e)) + e
  })
  const column = (values: Float64Array): Tensor.Tensor => Tensor.from(values, { shape: [rows, 1] })
  return make({ x: column(x), y: column(y), features: ["x"], targets: ["y"] })
}
