// Real data under the default settings: mcycle from its file, and two sets of the UCI benchmark on their own splits.
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { folderOf, jsonLines, run } from "./run.ts"

const data = join(process.cwd(), "../shared/data")
const absent = !existsSync(data)

const numbers = (line: string) => line.trim().split(/\s+/).map(Number)
const lines = (text: string) => text.trim().split("\n")

/** A set in the format of Hernandez-Lobato and Adams: one table, and the row numbers of each split. */
const readUci = (name: string) => {
  const text = (file: string) => {
    const bytes = readFileSync(join(data, "uci", name, file))
    return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")
  }
  const rows = lines(text("data.txt.gz")).map(numbers)
  const features = lines(text("index_features.txt")).map(Number)
  const [target] = lines(text("index_target.txt")).map(Number)
  const csv = (indices: ReadonlyArray<number>) => {
    const header = [...features.map((c) => `x${c}`), "y"].join()
    return [header, ...indices.map((i) => [...features.map((c) => rows[i]![c]!), rows[i]![target!]!].join())].join("\n")
  }
  const splits = (file: string) => lines(text(file)).map((line) => csv(numbers(line)))
  const tests = splits("index_test.txt.gz")
  return splits("index_train.txt.gz").map((train, i) => ({ train, test: tests[i]! }))
}

interface Evaluation {
  readonly rows: number
  readonly rmse: readonly [number]
  readonly meanLogLikelihood: number
}

const figures = (values: ReadonlyArray<number>) => {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1)
  return { mean, text: `${mean.toFixed(3)} +- ${Math.sqrt(variance / values.length).toFixed(3)}` }
}

describe.skipIf(absent)("real data, no flag but the columns (skipped where ../shared/data is absent)", () => {
  it("mcycle: learns the acceleration of a head in a crash", async () => {
    const file = join(data, "small/mcycle.csv")
    const { code, stdout, stderr } = await run(folderOf(), "train", file, "--target", "accel", "--json")
    expect([code, stderr]).toEqual([0, ""])
    const [first, ...rest] = jsonLines(stdout)
    expect(first).toMatchObject({ trainRows: 120, testRows: 13, features: ["times"], targets: ["accel"] })
    const result = rest.at(-1) as unknown as Evaluation
    console.log(`mcycle: ${JSON.stringify(result)}`)
    // The std of accel is 48; that of its noise, which differs along the way, is about 23.
    expect(result.rmse[0]).toBeLessThan(35)
  })

  const sets = [
    { name: "boston", trainRows: 455, testRows: 51, rmse: 3.5, logLikelihood: -2.75 },
    { name: "energy", trainRows: 691, testRows: 77, rmse: 1.8, logLikelihood: -2.1 }
  ]
  for (const { name, trainRows, testRows, rmse, logLikelihood } of sets) {
    it(`${name}: mean of five splits, RMSE at most ${rmse} and log-likelihood at least ${logLikelihood}`, async () => {
      const splits = readUci(name).slice(0, 5)
      expect(splits.length).toBe(5)
      const evaluate = async ({ train, test }: (typeof splits)[number]) => {
        const folder = folderOf()
        writeFileSync(join(folder, "train.csv"), train)
        writeFileSync(join(folder, "test.csv"), test)
        const args = ["train", "train.csv", "--target", "y", "--test", "test.csv", "--json"]
        const { code, stdout, stderr } = await run(folder, ...args)
        expect([code, stderr]).toEqual([0, ""])
        const all = jsonLines(stdout)
        expect(all[0]).toMatchObject({ trainRows, testRows })
        return all.at(-1) as unknown as Evaluation
      }
      const results: Array<Evaluation> = []
      for (const pair of [splits.slice(0, 2), splits.slice(2, 4), splits.slice(4)]) {
        results.push(...(await Promise.all(pair.map(evaluate))))
      }
      const errors = figures(results.map((result) => result.rmse[0]))
      const likelihoods = figures(results.map((result) => result.meanLogLikelihood))
      console.log(`${name}, 5 splits: RMSE ${errors.text}, mean log-likelihood ${likelihoods.text} nats`)
      expect(errors.mean).toBeLessThanOrEqual(rmse)
      expect(likelihoods.mean).toBeGreaterThanOrEqual(logLikelihood)
    })
  }
})
