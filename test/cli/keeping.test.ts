// `train --out`: what it keeps, goes on from, and says of columns and rows.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import { Columns, Dataset, Model, Noise, Prediction, Table, Training } from "effect-bayes"
import { describe, expect, it } from "vitest"
import { flowersCsv, library, quick, seeded, tools } from "./flowers.ts"
import { inside } from "./inside.ts"
import { folderOf, jsonLines, linearCsv, snapshot } from "./run.ts"

const folder = folderOf({
  "train.csv.gz": gzipSync(linearCsv(120, 1)),
  "test.csv": linearCsv(40, 2),
  "both.csv": flowersCsv(["length", "colour", "weight", "height"]),
  "names.csv": 'length,"a, b"\n1,2\n2,3\n3,5\n4,8\n5,1\n6,2\n7,7\n8,4\n9,5\n10,0\n'
})
const { ok } = tools(folder)

describe("train --out", () => {
  it("keeps what the library's own run of the same settings ends with", async () => {
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
    const { state } = await library(folder, "price.safetensors", "test.csv")
    const fit = await Effect.gen(function* () {
      const table = yield* Table.read(join(folder, "train.csv.gz"))
      const data = Columns.encode(Columns.fit(table, { target: "price" }).columns, table)
      const model = Model.regression(data, { hidden: [6] })
      return yield* Training.fit(model, data, { epochs: 30 })
    }).pipe(seeded, Effect.provide(NodeServices.layer), Effect.runPromise)
    expect(state!.run).toEqual(fit.state.run)
    expect(JSON.stringify(state!.params)).toBe(JSON.stringify(fit.state.params))
  })

  it("with --resume, goes no further than the end, touches nothing, and tests again", async () => {
    const args = ["train", "./both.csv", "--target", "weight,height", "--out", "./both.safetensors", ...quick]
    await ok(args)
    const before = snapshot(folder)
    const words = await ok([...args, "--resume"])
    expect(words).toContain(
      "going on from both.safetensors, step 60\nit is trained to its end already\non the 6 test rows\n"
    )
    expect(snapshot(folder)).toEqual(before)
    const other = await inside(folder, [...args, "--resume", "--batch", "7", "--temperature", "0.5"])
    expect({ code: other.code, stderr: other.stderr }).toEqual({
      code: 1,
      stderr:
        "error: both.safetensors: another batch size: 32 there, 7 here; another temperature: 1 there, 0.5 here. Give the data and the flags that it was made with, or begin anew by --force\n"
    })
    expect(snapshot(folder)).toEqual(before)
  })

  it("with --resume, says which part of the run or of the model is another", async () => {
    const start = ["train", "./both.csv", "--target", "weight,height", "--out", "./both.safetensors"]
    const settings = ["--epochs", "30", "--draws", "7"]
    const message = async (...flags: ReadonlyArray<string>) => {
      const { code, stderr } = await inside(folder, [...start, "--resume", ...settings, ...flags])
      expect(code).toBe(1)
      const [, problem] =
        /^error: both\.safetensors: (.*)\. Give the data and the flags that it was made with, or begin anew by --force\n$/.exec(
          stderr
        ) ?? []
      return problem?.replaceAll(/[0-9a-f]{12}\.\.\./g, "#")
    }
    const same = ["--hidden", "6", "--seed", "5"]
    const rows = "another number of training rows: 54 there"
    expect(await message("--hidden", "6", "--seed", "4")).toBe("another seed: 5 there, 4 here")
    expect(await message("--hidden", "7", "--seed", "4")).toBe("another seed: 5 there, 4 here")
    expect(await message(...same, "--test-fraction", "0.2")).toBe(`${rows}, 48 here`)
    expect(await message(...same, "--validation", "0.2", "--patience", "3")).toBe(
      `${rows}, 43 here; another set of validation rows (SHA-256): none there, # here; another patience: none there, 3 here`
    )
    const network = "another network (--hidden, --activation, --prior, --prior-std, --estimator)"
    expect(await message("--seed", "5", "--hidden", "7")).toBe(network)
    expect(await message(...same, "--prior-std", "2")).toBe(network)
    expect(await message(...same, "--likelihood", "student-t")).toBe("another --likelihood")
    expect(await message(...same, "--likelihood", "heteroscedastic")).toBe(`${network}; another --likelihood`)
    expect(await message(...same, "--missing", "?")).toBe(
      "another choice of columns (--features, --exclude, --categorical, --task, --missing)"
    )
  })

  it("with --resume where there is no file, starts; with --force, starts anew", async () => {
    const args = [
      "train",
      "./both.csv",
      "--target",
      "weight",
      "--epochs",
      "2",
      "--draws",
      "2",
      "--out",
      "./new.safetensors"
    ]
    expect(await ok([...args, "--resume"])).toContain("new.safetensors is not there yet: training starts anew\n")
    const first = readFileSync(join(folder, "new.safetensors"))
    expect(await ok([...args, "--force"])).toContain("kept in new.safetensors\n")
    expect(readFileSync(join(folder, "new.safetensors")).equals(first)).toBe(true)
    await ok([...args, "--force", "--seed", "9"])
    expect(readFileSync(join(folder, "new.safetensors")).equals(first)).toBe(false)
  })

  it("takes the parameters that did best on validation rows, and stops when patience runs out", async () => {
    const args = ["train", "./train.csv.gz", "--target", "price", "--validation", "0.2", "--patience", "40"]
    const out = await ok([...args, "--epochs", "4000", "--draws", "2", "--out", "./best.safetensors", "--json"])
    const lines = jsonLines(out)
    expect(lines[0]).toMatchObject({ trainRows: 86, validationRows: 22, testRows: 12 })
    const trained = lines.find(({ event }) => event === "trained")
    expect(trained).toMatchObject({ ended: "patience" })
    const { state, params } = await library(folder, "best.safetensors", "test.csv")
    expect(state!.best!.step).toBe(trained!.bestStep)
    expect(state!.best!.nllMean).toBe(trained!.bestNllMean)
    expect(JSON.stringify(params)).toBe(JSON.stringify(state!.best!.params))
    expect(state!.step).toBeGreaterThan(state!.best!.step)
    // The rows are those that two splits by keys of their own leave.
    const run = await Effect.gen(function* () {
      const table = yield* Table.read(join(folder, "train.csv.gz"))
      const { key } = yield* Noise.Noise
      const all = Columns.encode(Columns.fit(table, { target: "price" }).columns, table)
      const { train: rest, test } = Dataset.split(all, { key: key("split", 0), testFraction: 0.1 })
      const { train, test: validation } = Dataset.split(rest, { key: key("split", 1), testFraction: 0.2 })
      const saved = yield* Model.load(join(folder, "best.safetensors"))
      if (!Model.isRegression(saved)) throw new Error("it is a regression")
      const figures = yield* Prediction.evaluate(saved, test, { draws: 2 })
      expect(lines.at(-1)).toEqual({ event: "result", ...figures })
      return (yield* Training.fit(Model.regression(train), train, { epochs: 1, validation })).state.run
    }).pipe(Effect.provide(Layer.mergeAll(Noise.layer(42), NodeServices.layer)), Effect.runPromise)
    expect([state!.run.data, state!.run.validation]).toEqual([run.data, run.validation])
  })

  it("takes names with commas in quotes, and all rows with --test-fraction 0", async () => {
    const args = ["train", "./names.csv", "--target", '"a, b"', "--test-fraction", "0", "--epochs", "1"]
    expect(await ok(args)).toContain("10 rows to train on, none to test on; 1 feature, target a, b\n")
  })

  it("says which columns are categories, what it left out, and how many rows it dropped", async () => {
    const messy = folderOf({
      "messy.csv": `id;kind;a;when\n${Array.from({ length: 30 }, (_, i) => `${i + 1};${i % 2 ? "x" : "y"};${i === 7 ? "" : i};${i}`).join("\n")}\n`
    })
    const args = ["train", "./messy.csv", "--target", "a", "--drop-missing", "--categorical", "when", "--epochs", "1"]
    const { code, stdout } = await inside(messy, args)
    expect(code).toBe(0)
    expect(stdout.split("\n").slice(0, 6)).toEqual([
      "messy.csv: 26 rows to train on, 3 to test on; 2 features, target a",
      "cells split at semicolons",
      "task: regression, as the target is numbers",
      "columns of categories, with how many: kind 2, when 29",
      "left out: id (it only numbers the rows)",
      "dropped, because a value is missing: 1 row"
    ])
  })

  it("reads a byte-order mark, line breaks of Windows, and 10,000 columns", async () => {
    const names = Array.from({ length: 10_000 }, (_, c) => `c${c}`)
    const wide = [0, 1, 2, 3].map((row) => names.map((_, c) => (c * row + row) % 13).join())
    const odd = folderOf({
      "windows.csv": `\ufeffa,price\r\n${Array.from({ length: 20 }, (_, i) => `${i},${i * 2}\r\n`).join("")}`,
      "wide.csv": [names.join(), ...wide].join("\n")
    })
    const train = (file: string, target: string) =>
      inside(odd, ["train", file, "--target", target, "--epochs", "1", "--draws", "1", "--hidden", "1"])
    const windows = await train("./windows.csv", "price")
    expect(windows).toMatchObject({ code: 0, stderr: "" })
    expect(windows.stdout).toContain("windows.csv: 18 rows to train on, 2 to test on; 1 feature, target price\n")
    const many = await train("./wide.csv", "c1")
    expect(many).toMatchObject({ code: 0, stderr: "" })
    expect(many.stdout).toContain("wide.csv: 3 rows to train on, 1 to test on; 9999 features, target c1\n")
  })

  it("notes beside predictions that the training of a model is not over", async () => {
    const { state, model, params } = await library(folder, "price.safetensors", "test.csv")
    const half = { ...state!, step: 60 }
    await Model.save(join(folder, "half.safetensors"), { model, params, state: half }).pipe(
      Effect.provide(NodeServices.layer),
      Effect.runPromise
    )
    const { code, stdout, stderr } = await inside(folder, ["predict", "./half.safetensors", "./test.csv"])
    expect([code, stderr]).toEqual([0, "note: half.safetensors: its training is not over (step 60 of 120)\n"])
    expect(stdout).toBe(await ok(["predict", "./price.safetensors", "./test.csv"]))
    expect(await ok(["info", "./half.safetensors"])).toContain(
      "  training    step 60 of 120, not finished: go on by train --resume\n"
    )
  })
})
