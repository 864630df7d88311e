// What the command line refuses: exit code 1, a message that names the problem, and no file touched.
import { describe, expect, it } from "vitest"
import { inside } from "./inside.ts"
import { folderOf, linearCsv, type Result, snapshot } from "./run.ts"

const folder = folderOf({
  "good.csv": linearCsv(60, 1),
  "empty.csv": "",
  "header.csv": "a,price\n",
  "ragged.csv": "a,price\n1,2\n3\n",
  "text.csv": "a,price\n1,2\nx,3\n",
  "nan.csv": "a,price\n1,2\n2,NaN\n",
  "constant.csv": "a,price\n1,2\n2,2\n4,2\n",
  "features.csv": "a,b,price\n1,2,2\n1,2,3\n1,2,5\n",
  "one.csv": "a,price\n1,2\n",
  "other.csv": "a,c,seven,price\n1,2,7,3\n",
  "order.csv": "b,a,seven,price\n1,2,7,3\n",
  "no-target.csv": "a,b,seven\n1,2,7\n",
  "a-file": "not a folder",
  "out/curve.svg": "<svg/>",
  "out/curve.json": "{}"
})
const before = snapshot(folder)
const good = ["train", "./good.csv"]

const expectRefused = ({ code, stdout, stderr }: Result, message: string) => {
  expect({ code, stderr: stderr.trim() }).toEqual({ code: 1, stderr: message })
  expect(stderr).not.toMatch(/\n\s+at /) // no stack trace
  expect(`${stdout}${stderr}`).not.toContain("\u001b")
  expect(stdout).not.toContain("USAGE") // nobody asked for help, and it would hide the message
  expect(stdout).not.toContain("RMSE")
  expect(snapshot(folder)).toEqual(before)
}

describe.concurrent("files that train refuses", () => {
  const number = "List texts that stand for missing values in `missing`, or name the column in `categorical`"
  const files: ReadonlyArray<readonly [string, string]> = [
    ["none.csv", "none.csv: there is no such file. Check the path"],
    ["out", "out: it is a directory. Give a file in it"],
    ["empty.csv", "empty.csv: the file is empty. It needs a line of names and rows below it"],
    [
      "header.csv",
      "header.csv: there are no rows below the header. Is its one line a header? If not, a file without a header needs header: false (--no-header)"
    ],
    [
      "ragged.csv",
      "ragged.csv, line 3: 1 cell, but the header has 2. Every row needs as many, split at commas; `delimiter` names another"
    ],
    ["text.csv", `text.csv, line 3, column "a": "x" is no number. ${number}`],
    [
      "nan.csv",
      "nan.csv: 1 of 2 rows lacks a value: line 3 (price). Leave such rows out by `dropMissing`, or columns by `exclude`"
    ],
    ["constant.csv", "the training rows: no column varies: price. A constant tells nothing and predicts nothing"],
    ["features.csv", "the training rows: no column varies: a, b. A constant tells nothing and predicts nothing"],
    ["one.csv", "one.csv: one row cannot be split into training and test"]
  ]
  for (const [file, message] of files) {
    it(`${file}`, async () =>
      expectRefused(await inside(folder, ["train", `./${file}`, "--target", "price"]), `error: ${message}`))
  }

  it("two targets of which one is constant", async () => {
    const result = await inside(folder, [...good, "--target", "price,seven"])
    const hint = "There is nothing to predict in it"
    expectRefused(result, `error: the training rows: the target is constant: seven. ${hint}`)
  })
})

describe.concurrent("targets and test files that train refuses", () => {
  const columns: ReadonlyArray<readonly [string, string]> = [
    ["prise", 'good.csv: there is no column "prise". Did you mean "price"?'],
    ["cost", 'good.csv: there is no column "cost". The columns are a, b, seven, price'],
    ["price,price", 'good.csv, column "price": the target is named twice. Name it once']
  ]
  for (const [target, message] of columns) {
    it(`--target ${target}`, async () =>
      expectRefused(await inside(folder, [...good, "--target", target]), `error: ${message}`))
  }

  const hint = "Both files need the same columns in the same order"
  const tests: ReadonlyArray<readonly [string, string]> = [
    ["other.csv", `other.csv: its features are a, c, seven; those trained on are a, b, seven. ${hint}`],
    ["order.csv", `order.csv: its features are b, a, seven; those trained on are a, b, seven. ${hint}`],
    ["no-target.csv", 'no-target.csv: there is no column "price". The columns are a, b, seven'],
    ["none.csv", "none.csv: there is no such file. Check the path"]
  ]
  for (const [file, message] of tests) {
    it(`--test ${file}`, async () =>
      expectRefused(await inside(folder, [...good, "--target", "price", "--test", `./${file}`]), `error: ${message}`))
  }
})

describe.concurrent("options that train refuses", () => {
  const whole = "expected a whole number above 0"
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
      ["--draws", "0"],
      'Invalid value for flag --draws: "0". Expected: Schema validation failed: Expected a value greater than 0'
    ],
    [["--nope", "1"], "Unrecognized flag: --nope in command effect-bayes train"],
    [["more.csv"], 'Unexpected positional argument: "more.csv"']
  ]
  const see = "See effect-bayes train --help"
  for (const [flags, message] of usage) {
    it(`${flags.join(" ")}`, async () =>
      expectRefused(await inside(folder, [...good, "--target", "price", ...flags]), `error: ${message}\n${see}`))
  }

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

describe.concurrent("what demo refuses, the files of an earlier run staying as they were", () => {
  const refused: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["--out", "./out", "--epochs", "0"], "--epochs: expected a whole number above 0, got 0"],
    [
      ["--out", "./out", "--seed", "1e17"],
      "--seed: expected a safe integer (at most 2^53 - 1 in size), got 100000000000000000"
    ],
    [["--out", "./out", "--temperature", "-1"], "--temperature: expected a finite number from 0, got -1"],
    [
      ["--out", "./a-file"],
      `a-file: it cannot be written (EEXIST: file already exists, mkdir 'a-file'). Choose another place`
    ]
  ]
  for (const [flags, message] of refused) {
    it(`${flags.join(" ")}`, async () => expectRefused(await inside(folder, ["demo", ...flags]), `error: ${message}`))
  }

  it("--draws 0", async () => {
    const message =
      'Invalid value for flag --draws: "0". Expected: Schema validation failed: Expected a value greater than 0'
    expectRefused(
      await inside(folder, ["demo", "--out", "./out", "--draws", "0"]),
      `error: ${message}\nSee effect-bayes demo --help`
    )
  })

  it("--temperature 1e300, at which training diverges", async () => {
    const result = await inside(folder, ["demo", "--out", "./out", "--temperature", "1e300"])
    const [, what] = /^error: training diverged at step 0: (.+) is not finite\. /.exec(result.stderr) ?? []
    expectRefused(result, `error: training diverged at step 0: ${what} is not finite. Try a smaller learning rate`)
  })

  it("a folder where curve.svg should go: it says so, and leaves nothing half written", async () => {
    const taken = folderOf({ "out/curve.svg/inside": "x", "out/curve.json": "{}" })
    const earlier = snapshot(taken)
    const { code, stderr } = await inside(taken, ["demo", "--epochs", "1", "--draws", "5", "--out", "./out"])
    const message = "out/curve.svg: it is a directory. Give the name of a file in it"
    expect({ code, stderr }).toEqual({ code: 1, stderr: `error: ${message}\n` })
    expect(snapshot(taken)).toEqual(earlier)
  })
})
