// From a table to a model in a file, and from that to predictions, figures and what it is: all by values.

import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { Effect } from "effect"
import { Model, Prediction, Tensor } from "effect-bayes"
import { beforeAll, describe, expect, it } from "vitest"
import { cells, flowers, flowersCsv, library, quick, seeded, tools } from "./flowers.ts"
import { inside } from "./inside.ts"
import { folderOf, jsonLines, linearCsv } from "./run.ts"

const folder = folderOf({
  "train.csv.gz": gzipSync(linearCsv(120, 1)),
  "test.csv": linearCsv(40, 2),
  "both.csv": flowersCsv(["length", "colour", "weight", "height"]),
  "sizes.tsv": flowersCsv(["size", "length", "colour"], "\t"),
  "without.csv": flowersCsv(["colour", "length"]),
  "extra.csv": flowersCsv(["height", "weight", "length", "colour", "size"]),
  "gaps.csv": "length,colour\n,red\n3,blue\n4,\n5,red\n,\n"
})
const { ok, file } = tools(folder)

beforeAll(async () => {
  await ok([
    "train",
    "./train.csv.gz",
    "--target",
    "price",
    "--test",
    "./test.csv",
    "--out",
    "./price.safetensors",
    ...quick
  ])
  await ok(["train", "./both.csv", "--target", "weight,height", "--out", "./both.safetensors", ...quick])
  await ok(["train", "./sizes.tsv", "--target", "size", "--out", "./sizes.safetensors", ...quick])
})

describe("predict", () => {
  it("writes for numbers what the library predicts, bit for bit, a line for each row", async () => {
    const out = await ok(["predict", "./price.safetensors", "./test.csv", "--interval", "0.8", "--draws", "7"])
    const fitted = await library(folder, "price.safetensors", "test.csv")
    if (!Model.isRegression(fitted)) throw new Error("not a regression")
    const prediction = await Effect.runPromise(
      Prediction.predict(fitted, fitted.x, { draws: 7, quantiles: [(1 - 0.8) / 2, (1 + 0.8) / 2] }).pipe(seeded)
    )
    const { lower, upper } = Prediction.interval(prediction, 0.8)
    const columns = [prediction.mean, prediction.std, lower, upper].map((t) => Tensor.toFloat64Array(t))
    const [header, ...lines] = cells(out)
    expect(header).toEqual(["mean", "std", "lower", "upper"])
    expect(lines.length).toBe(40)
    expect(lines.map((line) => line.map(Number))).toEqual(lines.map((_, row) => columns.map((c) => c[row])))
  })

  it("writes for classes their names, probabilities and entropies", async () => {
    const out = await ok(["predict", "./sizes.safetensors", "./without.csv", "--draws", "7"])
    const fitted = await library(folder, "sizes.safetensors", "without.csv")
    if (!Model.isClassification(fitted)) throw new Error("not a classification")
    const said = await Effect.runPromise(Prediction.classify(fitted, fitted.x, { draws: 7 }).pipe(seeded))
    const [header, ...lines] = cells(out)
    expect(header).toEqual(["class", "p_large", "p_small", "total", "mutual_information"])
    const [p, label, total, epistemic] = [said.probabilities, said.label, said.total, said.epistemic].map((t) =>
      Tensor.toFloat64Array(t)
    )
    expect(lines).toEqual(
      flowers.map((_, row) => [
        label![row] === 0 ? "large" : "small",
        ...[p![2 * row]!, p![2 * row + 1]!, total![row]!, epistemic![row]!].map(String)
      ])
    )
    // 30 epochs are enough to tell most of them by their length.
    expect(lines.filter(([name], row) => name === flowers[row]!.size).length).toBeGreaterThan(50)
  })

  it("names each of several targets, and finds columns by name, among others and in any order", async () => {
    const [without, extra] = await Promise.all(
      ["./without.csv", "./extra.csv"].map((data) => ok(["predict", "./both.safetensors", data]))
    )
    const [header] = cells(without!)
    const each = (target: string) => ["mean", "std", "lower", "upper"].map((what) => `${target}_${what}`)
    expect(header).toEqual([...each("weight"), ...each("height")])
    expect(cells(without!).length).toBe(61)
    expect(extra).toBe(without)
  })

  it("reads standard input and writes files whole, with tabs or as JSON, the same as on standard output", async () => {
    const args = ["predict", "./both.safetensors"]
    const stdout = await ok([...args, "./without.csv"])
    expect(await ok([...args, "-"], gzipSync(file("without.csv")))).toBe(stdout)
    expect(await ok([...args, "./without.csv", "--out", "./p.csv"])).toBe("wrote p.csv: 60 rows\n")
    expect(file("p.csv")).toBe(stdout)
    await ok([...args, "./without.csv", "--out", "./p.tsv"])
    expect(cells(file("p.tsv"), "\t")).toEqual(cells(stdout))
    const json = await ok([...args, "./without.csv", "--out", "./p.json", "--json"])
    expect(jsonLines(json)).toMatchObject([{ event: "written", rows: 60, empty: 0 }])
    const [header, ...lines] = cells(stdout)
    const records = lines.map((line) => Object.fromEntries(line.map((cell, i) => [header![i]!, Number(cell)])))
    expect(jsonLines(file("p.json"))).toEqual(records)
    const refused = await inside(folder, [...args, "./extra.csv", "--out", "./p.csv"])
    expect(refused.stderr).toBe(
      "error: p.csv: there is such a file already. Overwrite it by --force, or give another name\n"
    )
    expect(file("p.csv")).toBe(stdout)
    await ok([...args, "./gaps.csv", "--drop-missing", "--out", "./p.csv", "--force"])
    expect(file("p.csv")).not.toBe(stdout)
  })

  it("has a line for every row: an empty one where a value is missing, if that is asked for", async () => {
    const args = ["predict", "./both.safetensors", "./gaps.csv"]
    const { code, stdout, stderr } = await inside(folder, args)
    expect([code, stdout]).toEqual([1, ""])
    const where = "line 2 (length), line 4 (colour), line 6 (length, colour)"
    expect(stderr).toBe(`error: gaps.csv: 3 of 5 rows lack values: ${where}. Leave such rows out by --drop-missing\n`)
    const [, ...lines] = cells(await ok([...args, "--drop-missing"]))
    expect(lines.map((line) => line.every((cell) => cell === ""))).toEqual([true, false, true, false, true])
    const whole = folderOf({ "whole.csv": "length,colour\n3,blue\n5,red\n" })
    const [, ...same] = cells(await ok(["predict", "./both.safetensors", join(whole, "whole.csv")]))
    expect([lines[1], lines[3]]).toEqual(same)
    const json = jsonLines(await ok([...args, "--drop-missing", "--json"]))
    expect(Object.values(json[0]!)).toEqual(new Array(8).fill(null))
  })

  it("says which category it does not know, and which column is not there", async () => {
    const bad = folderOf({ "unseen.csv": "length,colour\n1,red\n2,blu\n", "lacking.csv": "length,color\n1,red\n" })
    const message = async (name: string) => {
      const { code, stdout, stderr } = await inside(bad, ["predict", join(folder, "both.safetensors"), `./${name}`])
      expect([code, stdout]).toEqual([1, ""])
      return stderr
    }
    expect(await message("unseen.csv")).toBe(
      'error: unseen.csv, line 3, column "colour": "blu" is none of the categories known, which are blue, red, white. Did you mean "blue"?\n'
    )
    expect(await message("lacking.csv")).toBe(
      'error: lacking.csv: the column "colour" is not there. Did you mean "color"?\n'
    )
  })
})

describe("evaluate", () => {
  it("gives the figures that train gave on the same rows, and those of the library", async () => {
    const args = ["train", "./train.csv.gz", "--target", "price", "--test", "./test.csv", "--json", ...quick]
    const trained = jsonLines(await ok(args)).at(-1)
    const evaluated = jsonLines(await ok(["evaluate", "./price.safetensors", "./test.csv", "--draws", "7", "--json"]))
    expect(evaluated).toEqual([trained])
    expect(evaluated[0]).toMatchObject({ event: "result", rows: 40 })
    const words = await ok(["evaluate", "./price.safetensors", "./test.csv", "--draws", "7"])
    const { rmse, meanLogLikelihood } = trained as unknown as { rmse: [number]; meanLogLikelihood: number }
    expect(words.split("\n").slice(0, 3)).toEqual([
      "on the 40 rows of test.csv",
      `  RMSE                 ${rmse[0].toPrecision(4)} (in the target's unit)`,
      `  mean log-likelihood  ${meanLogLikelihood.toFixed(4)} nats per row (in the target's unit)`
    ])
  })

  it("counts how many classes are right", async () => {
    const [, ...lines] = cells(await ok(["predict", "./sizes.safetensors", "./extra.csv", "--draws", "7"]))
    const right = lines.filter(([name], row) => name === flowers[row]!.size).length / 60
    const [result] = jsonLines(await ok(["evaluate", "./sizes.safetensors", "./extra.csv", "--draws", "7", "--json"]))
    expect(result).toMatchObject({ rows: 60, accuracy: right })
    const words = await ok(["evaluate", "./sizes.safetensors", "./extra.csv", "--draws", "7"])
    expect(words).toContain(`  accuracy             ${(100 * right).toFixed(1)}% of the classes\n`)
  })
})

describe("info", () => {
  it("tells in words what is in the file", async () => {
    const lines = (await ok(["info", "./sizes.safetensors"])).trimEnd().split("\n")
    expect(lines.slice(0, 11)).toEqual([
      "sizes.safetensors",
      "  task        classification",
      "  features    2: length, colour (3 categories)",
      "  targets     size, of 2 classes (large, small)",
      "  network     linear 4 to 6, relu, linear 6 to 2",
      "  prior       normal (mean 0, std 1)",
      "  estimator   reparameterization",
      "  likelihood  categorical",
      // Mean and std of 4 x 6 + 6 and 6 x 2 + 2 numbers.
      "  parameters  88",
      // 54 rows to train on are two batches.
      "  training    step 60 of 60, finished",
      "  seed        5"
    ])
    expect(lines[11]).toMatch(/^ {2}rows {8}54 to train on, SHA-256 [0-9a-f]{64}$/)
  })

  it("tells it as JSON too, with the spec and the tensors", async () => {
    const [info] = jsonLines(await ok(["info", "./price.safetensors", "--json"]))
    expect(info).toMatchObject({
      event: "info",
      task: "regression",
      parameters: 2 * (2 * 6 + 6 + 6 + 1) + 1,
      training: { step: 120, steps: 120, finished: true, ended: "epochs", run: { seed: 5, rows: 120, epochs: 30 } },
      layers: ["linear 2 to 6", "relu", "linear 6 to 1"]
    })
  })
})
