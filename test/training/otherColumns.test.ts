// A model that knows its columns meets data of others: the numbers fit, and would mean something else.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Columns, Dataset, Key, Model, Noise, Prediction, Training } from "effect-bayes"

const numeric = (name: string): Columns.Column => ({ kind: "numeric", name })
const pet = (...categories: ReadonlyArray<string>): Columns.Column => ({ kind: "categorical", name: "pet", categories })
const HINT = "Read the table by those columns (`Columns.encode`), or give them to `Dataset.make` as `columns`"
const words = (kind: string, found: string) =>
  `${kind} of some rows: expected those of it, in their order, got ${found}. ${HINT}`

describe("Columns.assertSame", () => {
  const expected: Columns.Columns = { features: [numeric("a"), pet("cat", "dog")], targets: [numeric("y")] }
  const { features, targets } = expected
  const cases: ReadonlyArray<readonly [Columns.Columns, string]> = [
    [{ features: features.toReversed(), targets }, words("features", '"pet" in place of "a"')],
    [
      { features: [numeric("a"), pet("dog", "cat")], targets },
      words("features", '"pet" with the category "dog" in place of "cat"')
    ],
    [
      { features: [numeric("a"), pet("cat")], targets },
      words("features", '"pet" with the category nothing in place of "dog"')
    ],
    [
      { features: [numeric("a"), pet("cat", "dog", "eel")], targets },
      words("features", '"pet" with the category "eel" in place of nothing')
    ],
    [{ features: [numeric("a"), numeric("pet")], targets }, words("features", '"pet" of numbers, not categories')],
    [
      { features: [{ ...pet("0"), name: "a" }, pet("cat", "dog")], targets },
      words("features", '"a" of categories, not numbers')
    ],
    [{ features: [numeric("a")], targets }, words("features", "1 of them, not 2")],
    [{ features, targets: [numeric("z")] }, words("targets", '"z" in place of "y"')],
    [{ features, targets: [numeric("y"), numeric("z")] }, words("targets", "2 of them, not 1")]
  ]
  it.each(cases)("names what first differs: %j", (actual, message) => {
    expect(() => Columns.assertSame("some rows", "those of it", expected, actual)).toThrow(message)
  })

  it("lets columns pass that are equal, whoever made them", () => {
    Columns.assertSame("some rows", "those of it", expected, structuredClone(expected))
  })
})

describe("a model that knows its columns", () => {
  const rows = (features: ReadonlyArray<string>) =>
    Dataset.make({
      x: [
        [1, 10],
        [2, 30],
        [3, 20],
        [4, 50]
      ],
      y: [[1], [2], [3], [5]],
      features
    })
  const pets = (...categories: ReadonlyArray<string>) =>
    Dataset.make({
      x: [[0], [1], [2]],
      y: [[0], [0], [1]],
      columns: { ...Columns.numeric(["x"], []), targets: [pet(...categories)] }
    })
  const message = <A, E extends Error>(effect: Effect.Effect<A, E, Noise.Noise>) =>
    Effect.map(Effect.flip(effect), (error) => error.message).pipe(Effect.provide(Noise.layer(1)))

  it.effect("is not trained on others, nor tested on them", () =>
    Effect.gen(function* () {
      const model = Model.regression(rows(["a", "b"]), { hidden: [2] })
      const fitted = { model, params: Model.init(model, Key.make(0)) }
      const other = rows(["b", "a"])
      const differs = (what: string) =>
        `features of ${what}: expected those of the model, in their order, got "b" in place of "a". ${HINT}`
      expect(yield* message(Training.fit(model, other, { epochs: 1 }))).toBe(differs("the training rows"))
      expect(yield* message(Prediction.evaluate(fitted, other))).toBe(differs("the rows to test on"))
      const { columns: _, ...unnamed } = model // one that does not know them takes what fits
      yield* Prediction.evaluate({ ...fitted, model: unnamed }, other, { draws: 1 }).pipe(
        Effect.provide(Noise.layer(1))
      )
    })
  )

  it.effect("is not tested on classes of other names", () =>
    Effect.gen(function* () {
      const model = Model.classification(pets("cat", "dog"), { hidden: [2] })
      const fitted = { model, params: Model.init(model, Key.make(0)) }
      expect(yield* message(Prediction.evaluateClassifier(fitted, pets("dog", "eel")))).toBe(
        `targets of the rows to test on: expected those of the model, in their order, got "pet" with the category "dog" in place of "cat". ${HINT}`
      )
    })
  )
})
