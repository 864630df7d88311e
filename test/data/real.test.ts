// Real tables, from the file to the dataset: what is known of them comes out.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Columns, Dataset, Model, Noise, Tensor } from "effect-bayes"

const folder = join(process.cwd(), "../shared/data")

const columnOf = (data: Dataset.Dataset, name: string): ReadonlyArray<number> => {
  const [rows, width] = [Dataset.size(data), data.features.length]
  const values = Tensor.toFloat64Array(data.x)
  return Array.from({ length: rows }, (_, r) => values[r * width + data.features.indexOf(name)]!)
}

describe.skipIf(!existsSync(folder))("real tables (skipped where ../shared/data is absent)", () => {
  layer(NodeServices.layer)((it) => {
    it.effect("mushroom: 22 attributes are 117 categories, '?' is one of them, and one attribute is constant", () =>
      Effect.gen(function* () {
        const path = join(folder, "mushroom/agaricus-lepiota.data.gz")
        const data = yield* Dataset.readCsv(path, { target: "column1", header: false })
        expect([data.x.shape, Columns.classes(data.columns)]).toEqual([
          [8124, 117],
          ["e", "p"]
        ])
        const poisonous = Tensor.toFloat64Array(data.y).reduce((sum, k) => sum + k, 0)
        const unknownStalk = columnOf(data, "column12=?").reduce((sum, v) => sum + v, 0)
        expect([poisonous, unknownStalk]).toEqual([3916, 2480])
        expect(Tensor.toFloat64Array(data.x).reduce((sum, v) => sum + v, 0)).toBe(22 * 8124)
        const model = Model.classification(data)
        expect(model.inputs.dropped).toEqual(["column17=p"])
        expect([new Set(model.inputs.mean), new Set(model.inputs.std)]).toEqual([new Set([0]), new Set([1])])

        const { train, test } = yield* Dataset.fromCsv(path, { target: "column1", header: false }).pipe(
          Effect.provide(Noise.layer(1))
        )
        const share = (part: Dataset.Dataset) => Tensor.toFloat64Array(part.y).reduce((sum, k) => sum + k, 0)
        // A tenth of 8124 rows is 812, of 3916 is 391.4: 391 of these by largest remainders.
        expect([Dataset.size(train), Dataset.size(test), share(test)]).toEqual([7312, 812, 391])
      })
    )

    it.effect("mushroom: where '?' is missing, 5644 rows are whole", () =>
      Effect.gen(function* () {
        const path = join(folder, "mushroom/agaricus-lepiota.data.gz")
        const options = { target: "column1", header: false, missing: ["?"] }
        const data = yield* Dataset.readCsv(path, { ...options, dropMissing: true })
        expect(Dataset.size(data)).toBe(8124 - 2480)
        expect((yield* Effect.flip(Dataset.readCsv(path, options))).message).toBe(
          `${path}: 2480 of 8124 rows lack values: line 3985 (column12), line 4024 (column12), line 4077 (column12), line 4101 ` +
            "(column12), line 4105 (column12) and 2475 more. Leave such rows out by `dropMissing`, or columns by `exclude`"
        )
      })
    )

    it.effect("mcycle: row names are left out, times and accelerations are as they stand", () =>
      Effect.gen(function* () {
        const path = join(folder, "small/mcycle.csv")
        const data = yield* Dataset.readCsv(path, { target: "accel" })
        expect([data.features, data.targets, data.x.shape]).toEqual([["times"], ["accel"], [133, 1]])
        expect([columnOf(data, "times")[0], columnOf(data, "times").at(-1)]).toEqual([2.4, 57.6])
        const named = yield* Dataset.readCsv(path, { target: "accel", features: ["rownames", "times"] })
        expect(columnOf(named, "rownames")).toEqual(Array.from({ length: 133 }, (_, i) => i + 1))
      })
    )

    it.effect("wine-red: white space between numbers, six different targets", () =>
      Effect.gen(function* () {
        const path = join(folder, "uci/wine-red/data.txt.gz")
        const options = { target: "column12", header: false, delimiter: "space" }
        const numbers = yield* Dataset.readCsv(path, options)
        expect([numbers.x.shape, numbers.columns.targets[0]?.kind]).toEqual([[1599, 11], "numeric"])
        const classes = yield* Dataset.readCsv(path, { ...options, task: "classification" })
        expect(Columns.classes(classes.columns)).toEqual(["3", "4", "5", "6", "7", "8"])
      })
    )
  })
})
