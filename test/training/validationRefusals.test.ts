// Validation that cannot be, each refused before the first step in its own words.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Columns, Dataset, Model, Noise, Training } from "effect-bayes"
import { line, network } from "./small.ts"

const seeded = Effect.provide(Noise.layer(3))
const data = line(1, 20)
const validation = line(2, 30, true)
const HINT = "Read the table by those columns (`Columns.encode`), or give them to `Dataset.make` as `columns`"

describe("validation that cannot be", () => {
  it.effect("is refused in words", () =>
    Effect.gen(function* () {
      const model = network("reparameterization")
      const refused = (more: object) =>
        Effect.map(
          Effect.flip(Training.fit(model, data, { epochs: 2, ...more }).pipe(seeded)),
          (error) => `${error._tag}: ${error.message}`
        )
      const named = (features: ReadonlyArray<string>) => Dataset.make({ x: data.x, y: data.y, features })
      const cases: ReadonlyArray<readonly [object, string]> = [
        [{ patience: 2 }, "patience: expected validation rows beside it, got none"],
        [{ validateEvery: 2 }, "validateEvery: expected validation rows beside it, got none"],
        [{ validation, patience: 0 }, "patience: expected a whole number above 0, got 0"],
        [{ validation, validateEvery: 1.5 }, "validateEvery: expected a whole number above 0, got 1.5"],
        [{ stepsPerEvent: 0 }, "stepsPerEvent: expected a whole number above 0, got 0"],
        [{ validation: Dataset.take(data, []) }, "the validation rows: expected at least one, got none"],
        [
          {
            validation: Dataset.make({
              x: [
                [1, 2],
                [1, 1e300]
              ],
              y: [[1], [2]]
            })
          },
          "validation rows, x: expected numbers that are finite, and stay so in float32 once standardized, " +
            "got 1e+300 in row 1, column 1 (from 0)"
        ],
        [
          { validation: named(["x1", "x0"]) },
          `features of the validation rows: expected those trained on, in their order, got "x1" in place of "x0". ${HINT}`
        ],
        [
          { validation: Dataset.make({ x: [[1]], y: [[1]] }) },
          `features of the validation rows: expected those trained on, in their order, got 1 of them, not 2. ${HINT}`
        ],
        [
          { validation: Dataset.make({ x: [[1, 2]], y: [[1]], targets: ["z"] }) },
          `targets of the validation rows: expected those trained on, in their order, got "z" in place of "y0". ${HINT}`
        ]
      ]
      for (const [more, message] of cases) expect(yield* refused(more)).toBe(`ConfigError: ${message}`)
      const none = yield* Effect.flip(Training.fit(model, Dataset.take(data, [])).pipe(seeded))
      expect(none.message).toBe("the training rows: expected at least one, got none")
    })
  )

  it.effect("tells classes apart that have the same number and other names", () =>
    Effect.gen(function* () {
      const pets = (categories: ReadonlyArray<string>) =>
        Dataset.make({
          x: [[0], [1]],
          y: [[0], [1]],
          columns: { ...Columns.numeric(["x"], []), targets: [{ kind: "categorical", name: "pet", categories }] }
        })
      const train = pets(["cat", "dog"])
      const error = yield* Effect.flip(
        Training.fit(Model.classification(train), train, { validation: pets(["cat", "eel"]) }).pipe(seeded)
      )
      expect(error.message).toBe(
        "targets of the validation rows: expected those trained on, in their order, " +
          `got "pet" with the category "eel" in place of "dog". ${HINT}`
      )
    })
  )

  it.effect("names the validation row of an impossible label", () =>
    Effect.gen(function* () {
      const classes = (labels: ReadonlyArray<number>) =>
        Dataset.make({ x: labels.map((_, i) => [i]), y: labels.map((label) => [label]) })
      const train = classes([0, 1, 0, 1])
      const error = yield* Effect.flip(
        Training.fit(Model.classification(train), train, { validation: classes([0, 1, 2]) }).pipe(seeded)
      )
      expect(error.message).toBe(
        "validation rows, label of row 2: expected an integer from 0 to 1, as there are 2 classes, got 2"
      )
    })
  )
})
