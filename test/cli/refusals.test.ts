// Flags and targets that the command line refuses: exit code 1, a message that names the problem, and no file touched.
import { symlinkSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { inside } from "./inside.ts"
import { refusing } from "./refusing.ts"
import { folderOf, jsonLines, linearCsv } from "./run.ts"

const folder = folderOf({
  "good.csv": linearCsv(60, 1),
  "feature.csv": "a,price\n1,2\nx,3\n",
  "one.csv": "a,price\n1,2\n",
  "colours.csv": "a,colour\n1,red\n2,blue\n3,red\n4,blue\n",
  "other.csv": "a,c,seven,price\n1,2,7,3\n",
  "gaps.csv": "a,b,seven,price\n1,2,7,3\n1,,7,3\n",
  "no-target.csv": "a,b,seven\n1,2,7\n",
  "out/within": "a file in a folder"
})
symlinkSync("good.csv", join(folder, "link.csv"))
const expectRefused = refusing(folder)
const good = ["train", "./good.csv"]

describe("targets and test files that train refuses", () => {
  const columns: ReadonlyArray<readonly [string, string]> = [
    ["prise", 'good.csv: there is no column "prise". Did you mean "price"?'],
    ["cost", 'good.csv: there is no column "cost". The columns are a, b, seven, price'],
    ["price,price", 'good.csv, column "price": the target is named twice. Name it once']
  ]
  for (const [target, message] of columns) {
    it(`--target ${target}`, async () =>
      expectRefused(await inside(folder, [...good, "--target", target]), `error: ${message}`))
  }

  const tests: ReadonlyArray<readonly [string, string]> = [
    ["other.csv", 'other.csv: the column "b" is not there. The columns are a, c, seven, price'],
    ["no-target.csv", 'no-target.csv: the column "price" is not there. The columns are a, b, seven'],
    ["none.csv", "none.csv: there is no such file. Check the path"],
    ["gaps.csv", "gaps.csv: 1 of 2 rows lacks a value: line 3 (b). Leave such rows out by --drop-missing"]
  ]
  for (const [file, message] of tests) {
    it(`--test ${file}`, async () =>
      expectRefused(await inside(folder, [...good, "--target", "price", "--test", `./${file}`]), `error: ${message}`))
  }
})

describe("options that train refuses", () => {
  const whole = "expected a whole number above 0"
  const thereIsNoModel =
    "there is such a file already, and it is no model: those are safetensors files, and it does not begin as one. Give another name, or remove it first"
  const units = 'expected units of each layer, such as "50" or "50,50"'
  const options: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["--epochs", "0"], `--epochs: ${whole}, got 0`],
    [["--epochs", "2.5"], `--epochs: ${whole}, got 2.5`],
    [["--hidden", "0"], `--hidden: ${units}, got "0"`],
    [["--hidden", "a"], `--hidden: ${units}, got "a"`],
    [["--hidden", "50,"], `--hidden: ${units}, got "50,"`],
    [["--batch", "-3"], `--batch: ${whole}, got -3`],
    [["--test-fraction", "2"], "--test-fraction: expected a number between 0 and 1, got 2"],
    [["--prior-std", "0"], "--prior-std: expected a finite number above 0, got 0"],
    [["--validation", "2"], "--validation: expected a number between 0 and 1, got 2"],
    [["--patience", "2"], "--patience: expected --validation beside it, got none"],
    [["--validation", "0.2", "--patience", "0"], `--patience: ${whole}, got 0`],
    [["--threads", "0"], "--threads: expected a whole number from 1 to 256, got 0"],
    [["--temperature", "-1"], "--temperature: expected a finite number from 0, got -1"],
    [
      ["--delimiter", ";"],
      'good.csv: there is no column "price". The header is one column called "a,b,seven,price": another --delimiter is likely'
    ],
    [["--exclude", "sevn"], 'good.csv: there is no column "sevn". Did you mean "seven"?'],
    [
      ["--features", "a,price"],
      'good.csv, column "price": it is named as the target and as a feature. Name it in one role'
    ],
    [
      ["--likelihood", "categorical"],
      "--likelihood: expected one of gaussian, heteroscedastic, student-t, poisson, as the target is numbers, got categorical. Or say --task classification"
    ],
    [["--resume"], "--resume: expected --out beside it, the file that is meant, got none"],
    [["--force"], "--force: expected --out beside it, the file that is meant, got none"],
    [["--out", "./new", "--resume", "--force"], "--resume, --force: expected one of them, got both"],
    [["--out", "./new", "--checkpoint-every", "0"], `--checkpoint-every: ${whole}, got 0`],
    [["--out", "./new", "--checkpoint-every", "2.5"], `--checkpoint-every: ${whole}, got 2.5`],
    [["--draws", "0"], "--draws: expected a whole number from 1 to 1000000, got 0"],
    [["--draws", "1000001"], "--draws: expected a whole number from 1 to 1000000, got 1000001"],
    [["--out", "-"], "--out: expected a file to keep a model in, got -"],
    [["--out", "./out"], "out: it is a directory. Give the name of a file in it"],
    [["--out", "./none/new"], "none/new: there is no folder none. Make it first, or choose another"],
    [["--out", "./one.csv"], `one.csv: ${thereIsNoModel}`],
    [["--out", "./one.csv", "--force"], `one.csv: ${thereIsNoModel}`],
    [
      ["--out", "./link.csv", "--force"],
      "--out: expected another file than those that are read, got link.csv, which is read"
    ],
    [
      ["--out", "./one.csv", "--force", "--target-file", "./one.csv"],
      "--out: expected another file than those that are read, got one.csv, which is read"
    ],
    [
      ["--out", "./one.csv", "--force", "--test", "./one.csv"],
      "--out: expected another file than those that are read, got one.csv, which is read"
    ],
    [
      ["--out", "./one.csv", "--force", "--test", "./other.csv", "--test-target-file", "./one.csv"],
      "--out: expected another file than those that are read, got one.csv, which is read"
    ],
    [
      ["--out", "./out/../good.csv", "--force"],
      "--out: expected another file than those that are read, got out/../good.csv, which is read"
    ],
    [["--test-target-file", "./one.csv"], "--test-target-file: expected --test beside it, got none"],
    [["--test", "-", "--target-file", "-"], "-: expected one of the files at most to be standard input, got 2"],
    [["--learning-rate", "-1"], "--learning-rate: expected a finite number above 0, got -1"],
    [["--seed", "1.5"], "--seed: expected a safe integer (at most 2^53 - 1 in size), got 1.5"]
  ]
  for (const [flags, message] of options) {
    it(`${flags.join(" ")}`, async () =>
      expectRefused(await inside(folder, [...good, "--target", "price", ...flags]), `error: ${message}`))
  }

  it("--learning-rate 1e30, at which training diverges", async () => {
    const result = await inside(folder, [...good, "--target", "price", "--learning-rate", "1e30"])
    const [, step, what] = /^error: training diverged at step (\d+): (.+) is not finite\. /.exec(result.stderr) ?? []
    expect(Number(step)).toBeLessThan(10)
    expectRefused(
      result,
      `error: training diverged at step ${step}: ${what} is not finite. Try a smaller learning rate`
    )
  })

  const usage: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["--epochs", "abc"], 'Invalid value for flag --epochs: "abc". Expected a string representing a finite number'],
    [["--epochs", "1e999"], 'Invalid value for flag --epochs: "1e999". Expected a finite number'],
    [
      ["--prior", "cauchy"],
      'Invalid value for flag --prior: "cauchy". Expected: "normal" | "laplace" | "student-t" | "scale-mixture"'
    ],
    [["--nope", "1"], "Unrecognized flag: --nope in command effect-bayes train"],
    [["more.csv"], 'Unexpected positional argument: "more.csv"']
  ]
  const see = "See effect-bayes train --help"
  for (const [flags, message] of usage) {
    it(`${flags.join(" ")}`, async () =>
      expectRefused(await inside(folder, [...good, "--target", "price", ...flags]), `error: ${message}\n${see}`))
  }

  it("a likelihood of numbers for classes", async () => {
    const args = ["train", "./colours.csv", "--target", "colour", "--likelihood", "student-t"]
    const expected = "categorical, as the target is a class"
    expectRefused(
      await inside(folder, args),
      `error: --likelihood: expected ${expected}, got student-t. Or say --task regression`
    )
  })

  it("a likelihood of counts for what is none, by its line", async () => {
    const { code, stderr } = await inside(folder, [...good, "--target", "price", "--likelihood", "poisson"])
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^error: good\.csv, line \d+, column "price": -?\d+\.\d+ is no count\. Counts are whole numbers from 0\n$/
    )
  })

  it("as JSON, where JSON is asked for: one object, with the fields of the error", async () => {
    const error = async (...args: ReadonlyArray<string>) => {
      const { code, stdout, stderr } = await inside(folder, [...args, "--json"])
      expect(code).toBe(1)
      expect(stdout).not.toContain("error")
      return jsonLines(stderr)
    }
    expect(await error(...good, "--target", "price", "--out", "./none/new")).toEqual([
      {
        event: "error",
        tag: "DataError",
        message: "none/new: there is no folder none. Make it first, or choose another",
        source: "none/new",
        problem: "there is no folder none",
        hint: "Make it first, or choose another"
      }
    ])
    expect(await error("train", "./feature.csv", "--target", "price")).toMatchObject([{ line: 3, column: "a" }])
    expect(await error(...good, "--target", "price", "--batch", "0")).toMatchObject([
      { tag: "ConfigError", option: "--batch", expected: "a whole number above 0", actual: "0" }
    ])
    expect(await error(...good)).toEqual([
      { event: "error", tag: "MissingOption", message: "Missing required flag: --target", option: "--target" }
    ])
  })

  it("no target, no file, no such command", async () => {
    expectRefused(await inside(folder, [...good]), `error: Missing required flag: --target\n${see}`)
    expectRefused(
      await inside(folder, ["train", "--target", "price"]),
      `error: Missing required argument: data\n${see}`
    )
    expectRefused(
      await inside(folder, ["trian"]),
      'error: Unknown subcommand "trian" for "effect-bayes"\n\n  Did you mean this?\n    train\nSee effect-bayes --help'
    )
  })
})
