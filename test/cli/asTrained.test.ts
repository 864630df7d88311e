// Tables are read for a model as the one was that it was trained on: what is missing, and how many columns there are.
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { Columns, Model, Table } from "effect-bayes"
import { beforeAll, describe, expect, it } from "vitest"
import { quick, tools } from "./flowers.ts"
import { inside } from "./inside.ts"
import { folderOf } from "./run.ts"

const rows = Array.from({ length: 30 }, (_, i) => [i % 7 === 3 ? "?" : (i * 5) % 11, i % 2 ? "a" : "b", i])
const lines = (table: ReadonlyArray<ReadonlyArray<unknown>>) => table.map((row) => `${row.join()}\n`).join("")
const folder = folderOf({
  "named.csv": `size,kind,price\n${lines(rows)}`,
  "new.csv": "price,size,kind\n,3,a\n,?,b\n,5,?\n",
  "plain.csv": lines(rows),
  "array.idx": Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 8),
  "without.csv": lines(rows.map(([size, kind]) => [size, kind])),
  "empty.csv": lines(rows.map(([size, kind]) => [size, kind, ""])),
  "shifted.csv": lines(rows.map(([size, kind, price]) => [7, size, kind, price]))
})
const { ok } = tools(folder)
const training = [...quick, "--drop-missing", "--missing", "?"]

beforeAll(async () => {
  await ok(["train", "./named.csv", "--target", "price", "--out", "./named.safetensors", ...training])
  await ok(["train", "./plain.csv", "--no-header", "--target", "column3", "--out", "./plain.safetensors", ...training])
})

const predict = (model: string, data: string, ...flags: ReadonlyArray<string>) =>
  inside(folder, ["predict", `./${model}`, `./${data}`, ...flags])

describe("what is missing", () => {
  it("is what was missing where the model was trained, unless --missing says otherwise", async () => {
    const { code, stdout } = await predict("named.safetensors", "new.csv", "--drop-missing")
    const [, ...predictions] = stdout.trimEnd().split("\n")
    expect([code, predictions.map((line) => line === ",,,")]).toEqual([0, [false, true, true]])
    expect(await predict("named.safetensors", "new.csv", "--drop-missing", "--missing", "-")).toMatchObject({
      code: 1,
      stderr:
        'error: new.csv, line 3, column "size": "?" is no number. The column has to hold numbers, as it did where it was chosen\n'
    })
    expect(await ok(["evaluate", "./named.safetensors", "./named.csv", "--drop-missing"])).toContain(
      "on the 26 rows of"
    )
  })

  it("is asked of tables alone: in an array nothing can be missing", async () => {
    const expected = "error: --missing: expected a table of text or of Parquet, got a file in the format idx"
    const trained = "The model was trained on a table that was read with it"
    const refused = (hint: string) => ({ code: 1, stdout: "", stderr: `${expected}. ${hint}\n` })
    expect(await predict("named.safetensors", "array.idx")).toEqual(refused(trained))
    const said = await predict("named.safetensors", "array.idx", "--missing", "?")
    expect(said).toEqual(refused("Leave the option out"))
  })

  it("stays with the model from code too", async () => {
    const { rows: kept, missing } = await Effect.gen(function* () {
      const { model } = yield* Model.load(join(folder, "named.safetensors"))
      const table = yield* Table.read(join(folder, "new.csv"), { missing: model.columns?.missing })
      return { ...Columns.inputs(model.columns!, table, { dropMissing: true }), missing: model.columns!.missing }
    }).pipe(Effect.provide(NodeServices.layer), Effect.runPromise)
    expect([Array.from(kept), missing]).toEqual([[0], ["?"]])
  })
})

describe("columns without names", () => {
  const places =
    "Without a header, columns are found by their places: keep all, the target's too, whose cells may be empty to predict"
  const refusal = (file: string, count: number) =>
    `error: ${file}: it has ${count} columns, but the table trained on had 3. ${places}\n`

  it("need their places: as many columns as there were", async () => {
    const flags = ["--no-header", "--drop-missing"]
    for (const [file, count] of [
      ["without.csv", 2],
      ["shifted.csv", 4]
    ] as const) {
      const refused = { code: 1, stdout: "", stderr: refusal(file, count) }
      expect(await predict("plain.safetensors", file, ...flags)).toEqual(refused)
      expect(await inside(folder, ["evaluate", "./plain.safetensors", `./${file}`, ...flags])).toEqual(refused)
    }
    const whole = await predict("plain.safetensors", "plain.csv", ...flags)
    expect(whole).toMatchObject({ code: 0, stderr: "" })
    expect(await predict("plain.safetensors", "empty.csv", ...flags)).toEqual(whole)
  })
})
