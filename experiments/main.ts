// Runs an experiment by its name: npm run experiment -- NAME [--data DIR] [--seed N]
import { mkdirSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { gradientVariance, methods, ordered, type Point, type Setup, type Variance } from "./gradientVariance.ts"
import { readDigits } from "./mnist.ts"

interface Options {
  readonly data: string
  readonly seed: number
}

interface Outcome {
  /** What results/NAME.json will hold. */
  readonly result: unknown
  /** What was to be shown, and whether it was. */
  readonly claim: string
  readonly holds: boolean
}

const names: Readonly<Record<(typeof methods)[number], string>> = {
  local: "local reparameterization",
  separate: "separate weight samples",
  single: "single weight sample",
  flipout: "flipout",
  none: "no noise (minibatch only)"
}

const cell = ({ variance, error }: Variance): string => `${variance.toExponential(2)} ± ${error.toExponential(0)}`

const table = ({ epoch, nllMean, top, bottom, milliseconds }: Point): string => {
  const row = (name: string, ...cells: readonly [string, string, string]): string =>
    `${name.padEnd(43)}${cells[0].padEnd(17)}${cells[1].padEnd(17)}${cells[2].padStart(6)}`
  const head = row(`after epoch ${epoch} (training NLL ${nllMean.toFixed(3)} nats)`, "top layer", "bottom layer", "ms")
  const rows = methods.map((method) => {
    const time = milliseconds[method]
    return row(`  ${names[method]}`, cell(top[method]), cell(bottom[method]), time.toFixed(time < 10 ? 1 : 0))
  })
  return `${[head, ...rows].join("\n")}\n`
}

const experiments: Readonly<Record<string, (options: Options) => Outcome>> = {
  "gradient-variance": ({ data, seed }) => {
    const digits = readDigits(data, { rows: 2000, pool: 2 })
    const setup: Setup = { hidden: 100, batch: 100, alpha: 1, learningRate: 0.003, epochs: [5, 50], draws: 60, seed }
    const [rows, inputs] = digits.images.shape as [number, number]
    console.log(
      `variance of the gradient by a weight, over ${setup.draws} draws of batch and noise, averaged over a layer;\n` +
        "milliseconds a gradient took here\n" +
        `${rows} digits, ${inputs} -> ${setup.hidden} -> ${setup.hidden} -> 10, batch ${setup.batch}, ` +
        `Gaussian dropout noise of variance ${setup.alpha}, seed ${seed}\n`
    )
    const points = gradientVariance(digits, setup, (point) => console.log(table(point)))
    return {
      result: { setup: { ...setup, rows, inputs }, points },
      claim:
        "local reparameterization < separate weight samples < single weight sample, in both layers, at both points",
      holds: ordered(points)
    }
  }
}

const run = (): void => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { data: { type: "string", default: "../shared/data" }, seed: { type: "string", default: "42" } }
  })
  const [name = "", ...more] = positionals
  const experiment = Object.hasOwn(experiments, name) ? experiments[name] : undefined
  if (experiment === undefined || more.length > 0) {
    throw new Error(
      `no experiment "${positionals.join(" ")}"; there is: ${Object.keys(experiments).join(", ")}\n` +
        "npm run experiment -- NAME [--data DIR] [--seed N]"
    )
  }
  const { result, claim, holds } = experiment({ data: values.data, seed: Number(values.seed) })
  mkdirSync("results", { recursive: true })
  writeFileSync(`results/${name}.json`, `${JSON.stringify(result, null, 2)}\n`)
  console.log(`${holds ? "holds" : "DOES NOT HOLD"}: ${claim}\nwritten: results/${name}.json`)
  if (!holds) process.exitCode = 1
}

try {
  run()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
