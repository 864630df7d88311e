// Files that are no models, or damaged: predict, evaluate, info and train --resume say what is wrong, and touch nothing.
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { inside } from "./inside.ts"
import { refusing } from "./refusing.ts"
import { folderOf, linearCsv, type Result } from "./run.ts"

const folder = folderOf({ "linear.csv": linearCsv(40, 1), "empty.safetensors": "", "folder/within": "" })
const training = ["train", "./linear.csv", "--target", "price", "--epochs", "2", "--draws", "2"]
let expectRefused: (result: Result, message: string) => void

beforeAll(async () => {
  expect(await inside(folder, [...training, "--out", "./model.safetensors"])).toMatchObject({ code: 0, stderr: "" })
  const model = readFileSync(join(folder, "model.safetensors"))
  const changed = (name: string, change: (bytes: Buffer) => Buffer) =>
    writeFileSync(join(folder, name), change(Buffer.from(model)))
  const replaced = (from: string, to: string) => (bytes: Buffer) =>
    Buffer.from(bytes.toString("latin1").replace(from, to), "latin1")
  changed("truncated.safetensors", (bytes) => bytes.subarray(0, -4))
  changed("cut.safetensors", (bytes) => bytes.subarray(0, 100))
  changed("corrupt.safetensors", (bytes) => bytes.fill(0, 20, 30))
  changed("oversized.safetensors", (bytes) => bytes.fill(255, 0, 5))
  changed("newer.safetensors", replaced('"format_version":"1"', '"format_version":"9"'))
  changed("foreign.safetensors", replaced('"format":"effect-bayes"', '"format":"pytorch-file"'))
  changed("notanumber.safetensors", (bytes) => bytes.fill(255, bytes.length - 4))
  expectRefused = refusing(folder)
})

const header = (name: string) => readFileSync(join(folder, name)).readUInt32LE(0)
const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string }
const writers = "Models are written by Model.save and `train`"
const notOne = `it is no model: those are safetensors files, and it does not begin as one. ${writers}`
const files: ReadonlyArray<readonly [string, (name: string) => string]> = [
  ["none.safetensors", () => "there is no such file. Check the path"],
  ["folder", () => "it is a directory. Give a file in it"],
  ["empty.safetensors", () => `it is no model: the file is empty. ${writers}`],
  ["linear.csv", () => notOne],
  [
    "cut.safetensors",
    (name) => `it says that its header has ${header(name)} bytes, but 92 follow. Is it cut off, or no model?`
  ],
  ["oversized.safetensors", () => notOne],
  ["corrupt.safetensors", () => "its header is no JSON. The file is damaged, or no safetensors file"],
  [
    "foreign.safetensors",
    () => "it is a safetensors file, but no model of effect-bayes. Models are written by Model.save and `train`"
  ],
  [
    "newer.safetensors",
    () =>
      `effect-bayes ${version} wrote it in format 9; this is ${version} and reads formats up to 1. Update effect-bayes to ${version} or later`
  ]
]

describe("files that are no model of this version", () => {
  for (const [name, problem] of files) {
    it(`${name}`, async () => {
      const message = `error: ${name}: ${problem(name)}`
      const isCalledModel = name.endsWith(".safetensors")
      const ordered = isCalledModel ? message : `${message}. The model comes first, then the data`
      expectRefused(await inside(folder, ["predict", `./${name}`, "./linear.csv"]), ordered)
      expectRefused(await inside(folder, ["evaluate", `./${name}`, "./linear.csv"]), ordered)
      expectRefused(await inside(folder, ["info", `./${name}`]), message)
    })
  }

  it("the data in place of the model, and the model in place of the data", async () => {
    const message = `error: linear.csv: ${notOne}. The model comes first, then the data`
    expectRefused(await inside(folder, ["predict", "./linear.csv", "./model.safetensors"]), message)
    expectRefused(await inside(folder, ["evaluate", "./linear.csv", "./model.safetensors"]), message)
    const twice = await inside(folder, ["evaluate", "./empty.safetensors", "./model.safetensors"])
    const empty = `it is no model: the file is empty. ${writers}`
    expectRefused(twice, `error: empty.safetensors: ${empty}. The model comes first, then the data`)
  })

  it("tensors that are cut short or no numbers", async () => {
    const predict = (name: string) => inside(folder, ["predict", `./${name}`, "./linear.csv"])
    const cut = await predict("truncated.safetensors")
    expectRefused(cut, cut.stderr.trim())
    expect(cut.stderr).toMatch(/^error: truncated\.safetensors: /)
    const nan = await predict("notanumber.safetensors")
    expectRefused(nan, nan.stderr.trim())
    expect(nan.stderr).toMatch(/^error: notanumber\.safetensors: .* not finite at /)
  })

  it("a model that is there already", async () => {
    const hint = "Go on from it by --resume, overwrite it by --force, or give another name"
    const message = `error: model.safetensors: there is such a file already. ${hint}`
    expectRefused(await inside(folder, [...training, "--out", "./model.safetensors"]), message)
  })

  it("nothing to go on from: the file stays as it is", async () => {
    const message = "error: corrupt.safetensors: its header is no JSON. The file is damaged, or no safetensors file"
    expectRefused(await inside(folder, [...training, "--out", "./corrupt.safetensors", "--resume"]), message)
  })
})

describe("predictions that cannot be written where they are to go", () => {
  const model = ["predict", "./model.safetensors", "./linear.csv"]
  const places: ReadonlyArray<readonly [string, string]> = [
    ["./folder", "folder: it is a directory. Give the name of a file in it"],
    ["./none/p.csv", "none/p.csv: there is no folder none. Make it first, or choose another"],
    [
      "./empty.safetensors",
      "empty.safetensors: there is such a file already. Overwrite it by --force, or give another name"
    ],
    ["./linear.csv", "--out: expected another file than those that are read, got linear.csv, which is read"],
    [
      "./model.safetensors",
      "--out: expected another file than those that are read, got model.safetensors, which is read"
    ]
  ]
  for (const [out, message] of places) {
    it(`--out ${out}`, async () => expectRefused(await inside(folder, [...model, "--out", out]), `error: ${message}`))
  }

  it("--interval 1", async () =>
    expectRefused(
      await inside(folder, [...model, "--interval", "1"]),
      "error: --interval: expected a number between 0 and 1, got 1"
    ))
})
