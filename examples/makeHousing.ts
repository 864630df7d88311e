// Writes housing.csv: 200 made-up houses, their prices by a formula with noise. The other examples read it.
import { writeFileSync } from "node:fs"
import { Key, Normal, Tensor } from "effect-bayes"

const rows = 200
const key = Key.make(2026)
const noise = Tensor.toFloat64Array(Normal.standard(Key.fold(key, 0), { shape: [rows], dtype: "float64" }))
const between = (column: number, i: number, low: number, high: number): number =>
  low + (high - low) * Key.uniformAt(Key.fold(key, column), i)

const lines = Array.from(noise, (e, i) => {
  const area = Math.round(between(1, i, 40, 240))
  const rooms = Math.max(1, Math.round(area / 28 + between(2, i, -1, 1)))
  const age = Math.round(between(3, i, 0, 90))
  const price = 30 + 1.9 * area + 6 * rooms - 0.8 * age + (age > 60 ? 0.9 * (age - 60) : 0) + 15 * e
  return [area, rooms, age, price.toFixed(1)].join(",")
})
writeFileSync(new URL("./housing.csv", import.meta.url), `${["area,rooms,age,price", ...lines].join("\n")}\n`)
