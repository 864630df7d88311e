// Why validation rows are scored under 16 draws of the weights, and the same ones each time: what is lost by fewer.
import { expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Dataset, Key, Model, Noise, predictive, Standardizer, Synthetic, Training } from "effect-bayes"

const DRAWS = 512
const GROUPS = 16
const mean = (values: ReadonlyArray<number>): number => values.reduce((sum, v) => sum + v / values.length, 0)
const least = (values: ReadonlyArray<number>): number => values.indexOf(Math.min(...values))

it.effect("16 common draws choose parameters that 512 find within 0.02 nats of the best; 4 may lose over 0.1", () =>
  Effect.gen(function* () {
    const { train, test } = Dataset.split(Synthetic.regressionCurve(Key.make(1), 200), {
      key: Key.make(0),
      testFraction: 0.2
    })
    const model = Model.regression(train)
    const events = yield* Training.events(model, train, { epochs: 300, validation: test }).pipe(
      Stream.runCollect,
      Effect.provide(Noise.layer(1))
    )
    const states = events.flatMap(({ validation, state }) => (validation === undefined ? [] : [state]))
    const [x, y] = [
      Standardizer.apply(model.inputs, test.x, model.dtype),
      Standardizer.apply(model.targets, test.y, model.dtype)
    ]
    const network = predictive(model.network)
    const scores = states.map(({ params }) =>
      Array.from({ length: DRAWS }, (_, s) => {
        const output = network.forward(params.network, x, network.noise(Key.fold(Key.make(99), s), 1, [1]))
        return model.likelihood.nll(params.likelihood, output, y) / x.shape[0]!
      })
    )
    const truth = scores.map(mean)
    /** What the choice under so many draws loses at worst, over 16 sets of draws. */
    const loses = (draws: number): number =>
      Math.max(
        ...Array.from({ length: GROUPS }, (_, group) => {
          const chosen = least(scores.map((all) => mean(all.slice(group * draws, (group + 1) * draws))))
          return truth[chosen]! - Math.min(...truth)
        })
      )
    const lost: ReadonlyArray<readonly [number, number]> = [1, 2, 4, 8, 16].map((draws) => [draws, loses(draws)])
    console.log(lost.map(([draws, nats]) => `${draws} draws lose at most ${nats.toFixed(3)} nats`).join("\n"))
    const of = new Map(lost)
    expect(of.get(4)).toBeGreaterThan(0.1)
    expect(of.get(16)).toBeLessThan(0.02)
  })
)
