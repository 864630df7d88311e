// The regression curve of Blundell et al. 2015, 5.2: its formula, and the distributions of x and of the noise.
import { Key, Normal, Synthetic, Tensor } from "effect-bayes"
import { describe, expect, it } from "vitest"

const ROWS = 100_000
const STD = 0.02
const key = Key.make(11)
const data = Synthetic.regressionCurve(key, ROWS)
const [x, y] = [Tensor.toFloat64Array(data.x), Tensor.toFloat64Array(data.y)]

const curve = (xi: number, e: number) =>
  xi + 0.3 * Math.sin(2 * Math.PI * (xi + e)) + 0.3 * Math.sin(4 * Math.PI * (xi + e)) + e

/** Mean and variance of y at x: Simpson's rule over the noise, from -8 to 8 standard deviations. */
const momentsAt = (xi: number) => {
  const N = 64
  let [mass, first, second] = [0, 0, 0]
  for (let i = 0; i <= N; i++) {
    const z = -8 + (16 * i) / N
    const weight = (i === 0 || i === N ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp(-0.5 * z * z)
    const value = curve(xi, STD * z)
    mass += weight
    first += weight * value
    second += weight * value * value
  }
  return { mean: first / mass, variance: second / mass - (first / mass) ** 2 }
}

/** How many standard errors the mean of a sample is away from 0. */
const errorsFromZero = (sample: Float64Array) => {
  const mean = sample.reduce((sum, v) => sum + v, 0) / sample.length
  const variance = sample.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (sample.length - 1)
  return Math.abs(mean) / Math.sqrt(variance / sample.length)
}

describe("the regression curve", () => {
  it("is x + 0.3 sin(2 pi (x + e)) + 0.3 sin(4 pi (x + e)) + e within 1e-15, e ~ N(0, 0.02^2) from its key", () => {
    const noise = Tensor.toFloat64Array(Normal.standard(Key.fold(key, 1), { shape: [ROWS], dtype: "float64" }))
    const worst = y.reduce((most, yi, i) => Math.max(most, Math.abs(yi - curve(x[i]!, STD * noise[i]!))), 0)
    expect(worst).toBeLessThan(1e-15)
  })

  it("has the formula's mean and variance given x, within 5 standard errors of 100,000 rows", () => {
    const at = Array.from(x, momentsAt)
    const residual = y.map((yi, i) => yi - at[i]!.mean)
    const excess = residual.map((r, i) => r * r - at[i]!.variance)
    const weights: ReadonlyArray<(xi: number) => number> = [
      () => 1,
      (xi) => xi - 0.25,
      (xi) => Math.sin(4 * Math.PI * xi),
      (xi) => Math.cos(4 * Math.PI * xi)
    ]
    for (const weight of weights) {
      expect(errorsFromZero(residual.map((r, i) => r * weight(x[i]!)))).toBeLessThan(5)
      expect(errorsFromZero(excess.map((r, i) => r * weight(x[i]!)))).toBeLessThan(5)
    }
  })

  it("would be told from noise outside the sines, and from half their height: more than 50 standard errors", () => {
    const outside = y.map((yi, i) => (yi - curve(x[i]!, 0)) ** 2 - STD ** 2)
    const lower = y.map((yi, i) => (yi - 0.5 * (curve(x[i]!, 0) - x[i]!) - x[i]!) * Math.sin(2 * Math.PI * x[i]!))
    expect(errorsFromZero(outside)).toBeGreaterThan(50)
    expect(errorsFromZero(lower)).toBeGreaterThan(50)
  })

  it("has x uniform on [0, 0.5]: Kolmogorov's distance below the bound of Dvoretzky, Kiefer and Wolfowitz at 1e-9", () => {
    const sorted = x.toSorted()
    expect([sorted[0]! >= 0, sorted.at(-1)! < 0.5]).toEqual([true, true])
    const distance = sorted.reduce(
      (most, xi, i) => Math.max(most, Math.abs(2 * xi - i / ROWS), Math.abs(2 * xi - (i + 1) / ROWS)),
      0
    )
    expect(distance).toBeLessThan(Math.sqrt(Math.log(2 / 1e-9) / (2 * ROWS)))
  })

  it("gives the same bytes for the same key, others for another, and 1,000 rows unless asked", () => {
    const bytes = (k: Key.Key) => Tensor.toBytes(Synthetic.regressionCurve(k, 10).y)
    expect(bytes(Key.make(1))).toEqual(bytes(Key.make(1)))
    expect(bytes(Key.make(1))).not.toEqual(bytes(Key.make(2)))
    const { x: xs, y: ys, features, targets } = Synthetic.regressionCurve(Key.make(1))
    expect([xs.shape, ys.shape, features, targets]).toEqual([[1000, 1], [1000, 1], ["x"], ["y"]])
  })
})
