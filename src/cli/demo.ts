/** `effect-bayes demo`: the regression curve of Blundell et al. 2015, section 5.2, trained, pictured and written out. */
import { Console, Effect, FileSystem, Option, Path, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { Dataset, Files, Model, Noise, Normal, Prediction, Synthetic, Tensor, Training, Tree } from "../index.ts"
import * as flags from "./flags.ts"
import { lossUnit, show } from "./progress.ts"
import { render } from "./svg.ts"

const SETTINGS = { batchSize: 100, learningRate: 0.03 }
const GRID = Array.from({ length: 141 }, (_, i) => Number((-0.2 + i / 100).toFixed(2)))

const config = {
  out: flags
    .defaulted(Flag.String("out"), "the folder for curve.svg and curve.json", "effect-bayes-demo")
    .pipe(Flag.withMetavar("FOLDER")),
  epochs: flags.defaulted(Flag.Finite("epochs"), "passes over the 1,000 points", 800),
  temperature: flags.defaulted(Flag.Finite("temperature"), "weight of the KL: 1 is Bayes, 0 leaves it out", 1),
  draws: flags.draws,
  seed: flags.seed,
  json: flags.json
}

const column = (t: Tensor.Tensor): ReadonlyArray<number> => Array.from(Tensor.toFloat64Array(t))

/** What goes into curve.json: everything that the picture shows, and how sure the network is on and off the data. */
const figures = (prediction: Prediction.Prediction) => {
  const epistemicStd = column(prediction.epistemic).map(Math.sqrt)
  const at = (x: number) => ({ x, std: epistemicStd[GRID.indexOf(x)]! })
  const band = (mass: number) => {
    const { lower, upper } = Prediction.interval(prediction, mass)
    return { lower: column(lower), upper: column(upper) }
  }
  return {
    epistemicStdAt: { amidData: at(0.25), farFromData: at(1) },
    curve: {
      x: GRID,
      mean: column(prediction.mean),
      std: column(prediction.std),
      epistemicStd,
      interval50: band(0.5),
      interval90: band(0.9)
    }
  }
}

/** The logarithm of the smallest standard deviation in the network: it would fall for ever without the KL. */
const smallestLogStd = (network: unknown): number =>
  Tree.leavesWith(Normal.isNormal, network)
    .flatMap((leaf) => column(leaf.value.logStd))
    .reduce((a, b) => Math.min(a, b))

export const demo = Command.make("demo", config, (options) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const noise = yield* Noise.Noise
    yield* flags.assertDraws(options)
    yield* fs.makeDirectory(options.out, { recursive: true }).pipe(Effect.mapError(Files.cannotWrite(options.out)))
    const data = Synthetic.regressionCurve(noise.key("data"))
    const model = Model.regression(data)
    if (!options.json)
      yield* Console.log(`${Dataset.size(data)} points of the curve of Blundell et al. 2015, section 5.2`)
    const last = yield* Training.events(model, data, {
      ...SETTINGS,
      epochs: options.epochs,
      temperature: options.temperature
    }).pipe(show({ json: options.json, from: 0, unit: lossUnit(model) }), Stream.runLast)
    if (Option.isNone(last)) return
    const { state, loss } = last.value
    const fitted = { model, params: state.params }
    const x = Tensor.from(GRID.map((value) => [value]))
    const prediction = yield* Prediction.predict(fitted, x, { draws: options.draws })
    const onData = yield* Prediction.evaluate(fitted, data, { draws: options.draws })
    const { curve, epistemicStdAt } = figures(prediction)
    const settings = {
      seed: options.seed,
      epochs: options.epochs,
      temperature: options.temperature,
      draws: options.draws
    }
    const result = {
      ...settings,
      ...SETTINGS,
      step: state.step,
      loss,
      smallestLogStd: smallestLogStd(state.params.network),
      onData,
      epistemicStdAt
    }
    const picture = render({
      title: "A Bayesian network knows where it has seen data",
      subtitle: `Bayes by Backprop, 50 relu units, ${state.step} steps, seed ${options.seed}; intervals include the noise`,
      x: curve.x,
      xLabel: "x",
      yLabel: "y",
      lines: [{ label: "mean", y: curve.mean }],
      bands: [
        { label: "90% interval", ...curve.interval90 },
        { label: "50% interval", ...curve.interval50 }
      ],
      points: column(data.x).map((value, i) => [value, column(data.y)[i]!] as const)
    })
    yield* Files.writeWhole(path.join(options.out, "curve.svg"), picture)
    yield* Files.writeWhole(
      path.join(options.out, "curve.json"),
      `${JSON.stringify({ ...result, curve }, undefined, 1)}\n`
    )
    if (options.json) return yield* Console.log(JSON.stringify({ event: "result", ...result }))
    yield* Console.log(
      [
        `standard deviation of the predicted mean (epistemic)`,
        `  amid the data, x = 0.25  ${epistemicStdAt.amidData.std.toFixed(4)}`,
        `  far from it,   x = 1     ${epistemicStdAt.farFromData.std.toFixed(4)}`,
        `on the data, RMSE ${onData.rmse[0]!.toFixed(4)}; the 90% interval holds ${(100 * onData.coverage90).toFixed(1)}% of them`,
        `wrote ${path.join(options.out, "curve.svg")} and ${path.join(options.out, "curve.json")}`
      ].join("\n")
    )
  }).pipe(flags.provideNoise(options.seed))
).pipe(
  Command.withDescription("Train on a curve, and show where the network is sure and where it is not"),
  Command.withExamples([{ command: "effect-bayes demo --out curve" }])
)
