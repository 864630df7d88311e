// `train`: what it learns, what it says, and that a seed fixes both.
import { describe, expect, it } from "vitest"
import { inside } from "./inside.ts"
import { folderOf, jsonLines, linearCsv, run } from "./run.ts"

const folder = folderOf({
  "linear.csv": linearCsv(400, 1),
  "more.csv": linearCsv(250, 2),
  "two.csv": linearCsv(60, 3)
})
const quick = ["--epochs", "300", "--hidden", "8"]
const fields = {
  data: [
    "categories",
    "dropped",
    "event",
    "features",
    "leftOut",
    "rowsDropped",
    "seed",
    "source",
    "splitAt",
    "targets",
    "task",
    "taskFrom",
    "testRows",
    "trainRows",
    "validationRows"
  ],
  start: ["event", "out", "step"],
  progress: ["epoch", "epochs", "event", "klNats", "klWeight", "negElboMean", "nllMean", "step", "steps"],
  trained: ["ended", "event", "out"],
  result: ["coverage90", "event", "meanLogLikelihood", "noiseStd", "rmse", "rows"]
} as const

interface Evaluation {
  readonly rows: number
  readonly rmse: ReadonlyArray<number>
  readonly meanLogLikelihood: number
  readonly coverage90: number
  readonly noiseStd: ReadonlyArray<number>
}

/** Noise of std 0.1 leaves an RMSE of 0.1, and log N(y; y, 0.1^2) of 0.884 nats on average, to those who know all. */
const expectLearned = ({ rmse, meanLogLikelihood, coverage90, noiseStd }: Evaluation) => {
  expect(rmse[0]).toBeGreaterThan(0.08)
  expect(rmse[0]).toBeLessThan(0.13)
  expect(meanLogLikelihood).toBeGreaterThan(0.65)
  expect(meanLogLikelihood).toBeLessThan(1.05)
  expect(coverage90).toBeGreaterThan(0.8)
  expect(noiseStd[0]).toBeGreaterThan(0.085)
  expect(noiseStd[0]).toBeLessThan(0.125)
}

describe("train", () => {
  it("recovers a linear relation to the noise in it, and prints JSON that parses, with these fields", async () => {
    const args = ["train", "./linear.csv", "--target", "price", "--test-fraction", "0.25", "--json", ...quick]
    const { code, stdout, stderr } = await inside(folder, args)
    expect([code, stderr]).toEqual([0, ""])
    const lines = jsonLines(stdout)
    const events = lines.map((line) => line.event as keyof typeof fields)
    expect(events.filter((event) => event !== "progress")).toEqual(["data", "start", "trained", "result"])
    expect([events[0], events.at(-1)]).toEqual(["data", "result"])
    for (const line of lines) {
      expect(Object.keys(line).toSorted()).toEqual(fields[line.event as keyof typeof fields])
    }
    expect(lines[0]).toEqual({
      event: "data",
      source: "linear.csv",
      splitAt: "commas",
      task: "regression",
      taskFrom: "the target is numbers",
      trainRows: 300,
      validationRows: 0,
      testRows: 100,
      features: ["a", "b", "seven"],
      targets: ["price"],
      categories: {},
      leftOut: [],
      rowsDropped: 0,
      dropped: ["seven"],
      seed: 42
    })
    const progress = lines.slice(2, -2) as unknown as ReadonlyArray<Record<"epoch" | "step" | "steps", number>>
    expect(progress.length).toBeLessThanOrEqual(10)
    expect(progress.map(({ step }) => step)).toEqual(progress.map(({ step }) => step).toSorted((a, b) => a - b))
    // Batches of 32 of 300 rows are ten an epoch.
    expect(progress.at(-1)).toMatchObject({ epoch: 300, epochs: 300, step: 3000, steps: 3000 })
    for (const { negElboMean, nllMean, klNats } of lines.slice(2, -2) as unknown as ReadonlyArray<
      Record<"negElboMean" | "nllMean" | "klNats", number>
    >) {
      expect(Math.abs(negElboMean - (nllMean + klNats / 300))).toBeLessThan(1e-9 * (1 + Math.abs(negElboMean)))
    }
    const result = lines.at(-1) as unknown as Evaluation
    expect(result.rows).toBe(100)
    expectLearned(result)
  })

  it("tests on another file, whose rows it does not train on", async () => {
    const args = ["train", "./linear.csv", "--target", "price", "--test", "./more.csv", "--json", ...quick]
    const { code, stdout, stderr } = await inside(folder, args)
    expect([code, stderr]).toEqual([0, ""])
    const lines = jsonLines(stdout)
    expect(lines[0]).toMatchObject({ trainRows: 400, testRows: 250 })
    const result = lines.at(-1) as unknown as Evaluation
    expect(result.rows).toBe(250)
    expectLearned(result)
  })

  it("says in words what it read, dropped and found, without colours where there is no terminal", async () => {
    const args = ["train", "two.csv", "--target", "price", "--epochs", "20"]
    const { code, stdout, stderr } = await run(folder, ...args)
    expect([code, stderr]).toEqual([0, ""])
    expect(stdout).not.toContain("\u001b")
    expect(stdout).not.toContain("\r")
    const [data, task, dropped, kept, ...rest] = stdout.trimEnd().split("\n")
    expect(data).toBe("two.csv: 54 rows to train on, 6 to test on; 3 features, target price")
    expect(task).toBe("task: regression, as the target is numbers")
    expect(dropped).toBe("dropped, because constant: seven")
    expect(kept).toBe("without --out, the model is not kept")
    const loss = String.raw`loss -?\d+\.\d{3} nats per standardized datum \(KL \d+\.\d nats\)`
    expect(rest.at(-6)).toMatch(new RegExp(`^epoch 20 of 20, step 40 of 40: ${loss}$`))
    expect(rest.slice(-5).map((line) => line.replaceAll(/-?\d+\.\d+/g, "N"))).toEqual([
      "on the 6 test rows",
      "  RMSE                 N (in the target's unit)",
      "  mean log-likelihood  N nats per row (in the target's unit)",
      "  90% interval holds   N% of the targets",
      "  noise, std           N"
    ])
  })

  it("learns several targets at once", async () => {
    const args = ["train", "./two.csv", "--target", "price, a", "--epochs", "5", "--json"]
    const { code, stdout, stderr } = await inside(folder, args)
    expect([code, stderr]).toEqual([0, ""])
    const lines = jsonLines(stdout)
    expect(lines[0]).toMatchObject({ features: ["b", "seven"], targets: ["price", "a"] })
    const { rmse, noiseStd } = lines.at(-1) as unknown as Evaluation
    expect([rmse.length, noiseStd.length]).toEqual([2, 2])
  })

  it("prints the same bytes for the same seed, and others for another", async () => {
    const args = ["train", "./two.csv", "--target", "price", "--epochs", "20", "--json", "--seed"]
    const [a, b, other] = await Promise.all(["7", "7", "8"].map((seed) => inside(folder, [...args, seed])))
    expect(a).toEqual(b)
    expect(a!.code).toBe(0)
    const result = ({ stdout }: { readonly stdout: string }) => jsonLines(stdout).at(-1)
    expect(result(a!)).not.toEqual(result(other!))
  })
})
