// What the KL is for, on the demo's curve: the posterior stays where it is when training goes on four times as long,
// sure of the data and unsure far from them; without the KL its standard deviations shrink on and on.
import { mkdirSync, writeFileSync } from "node:fs"
import { expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { Model, Noise, Normal, Prediction, Synthetic, Tensor, Training, Tree } from "effect-bayes"
import { render } from "../../src/cli/svg.ts"

const smallestLogStd = (params: unknown): number =>
  Math.min(
    ...Tree.leavesWith(Normal.isNormal, params).flatMap(({ value }) => Array.from(Tensor.toFloat64Array(value.logStd)))
  )

/** Trains as the demo does; 800 epochs are its 8,000 steps. */
const train = (epochs: number, temperature: number) =>
  Effect.gen(function* () {
    const noise = yield* Noise.Noise
    const data = Synthetic.regressionCurve(noise.key("data"))
    const model = Model.regression(data)
    const options = { epochs, batchSize: 100, learningRate: 0.03, temperature, stepsPerEvent: 320 } // 100 in 32,000 steps
    const events = yield* Training.events(model, data, options).pipe(
      Stream.map(({ step, state }) => ({ step, logStd: smallestLogStd(state.params.network), params: state.params })),
      Stream.runCollect
    )
    const { params, logStd, step } = events.at(-1)!
    const x = Tensor.from([[0.25], [1]])
    const { epistemic } = yield* Prediction.predict({ model, params }, x, { draws: 200 })
    const [amid, far] = Array.from(Tensor.toFloat64Array(epistemic), Math.sqrt)
    return { path: events.map((event) => [event.step, event.logStd] as const), logStd, step, amid: amid!, far: far! }
  }).pipe(Effect.provide(Noise.layer(42)))

it.effect(
  "smallest logStd moves by less than 0.3 between 8,000 and 32,000 steps; without the KL it falls by over 1",
  () =>
    Effect.gen(function* () {
      const [short, long] = [yield* train(800, 1), yield* train(3200, 1)]
      const [shortWithout, longWithout] = [yield* train(800, 0), yield* train(3200, 0)]
      for (const [name, run] of Object.entries({ short, long, shortWithout, longWithout })) {
        console.log(
          `${name}: ${run.step} steps, smallest logStd ${run.logStd.toFixed(3)}, epistemic sd ${run.amid.toFixed(5)} at 0.25, ${run.far.toFixed(4)} at 1`
        )
      }
      draw(long.path, longWithout.path)
      expect([short.step, long.step]).toEqual([8000, 32000])
      expect(Math.abs(long.logStd - short.logStd)).toBeLessThan(0.3)
      expect(longWithout.logStd - shortWithout.logStd).toBeLessThan(-1)

      expect(short.far / short.amid).toBeGreaterThanOrEqual(10)
      expect(long.far / long.amid).toBeGreaterThanOrEqual(10)
      for (const [before, after] of [
        [short.far / short.amid, long.far / long.amid],
        [short.far, long.far],
        [short.amid, long.amid]
      ] as const) {
        expect(after / before).toBeGreaterThan(0.5)
        expect(after / before).toBeLessThan(2)
      }
    })
)

/** Writes results/boundedness.svg: the smallest logStd over the 32,000 steps, with the KL and without. */
const draw = (withKl: ReadonlyArray<readonly [number, number]>, without: typeof withKl): void => {
  const at = Array.from({ length: 100 }, (_, i) => Math.floor((i * (withKl.length - 1)) / 99))
  mkdirSync("results", { recursive: true })
  const picture = render({
    title: "The KL keeps the posterior wide",
    subtitle: "the smallest logStd of the demo's network, over 32,000 steps",
    xLabel: "step",
    yLabel: "logStd",
    x: at.map((i) => withKl[i]![0]),
    lines: [
      { label: "with the KL", y: at.map((i) => withKl[i]![1]) },
      { label: "without it", y: at.map((i) => without[i]![1]) }
    ],
    bands: [],
    points: []
  })
  writeFileSync("results/boundedness.svg", picture)
}
