// A small table with numbers, texts, several targets and classes, and what tests do with models of it.

import { readFileSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { Columns, Model, Noise, Table } from "effect-bayes"
import { expect } from "vitest"
import { inside } from "./inside.ts"

/** Two targets that follow a number and a colour; the number tells the size too. */
export const flowers = Array.from({ length: 60 }, (_, i) => {
  const [length, colour] = [(i * 7) % 20, ["red", "blue", "white"][i % 3]!]
  return {
    length,
    colour,
    weight: 2 * length + 5 * (i % 3),
    height: 30 - length,
    size: length < 10 ? "small" : "large"
  }
})
export const flowersCsv = (columns: ReadonlyArray<keyof (typeof flowers)[number]>, separator = ",") =>
  [columns.join(separator), ...flowers.map((row) => columns.map((c) => row[c]).join(separator)), ""].join("\n")

/** Flags of a short run; the library gets the same from `seeded` and a call with 7 draws. */
export const quick = ["--epochs", "30", "--hidden", "6", "--draws", "7", "--seed", "5"]
export const seeded = Effect.provide(Noise.layer(5))

export const tools = (folder: string) => ({
  /** Runs a command that succeeds, and says nothing on standard error. */
  ok: async (args: ReadonlyArray<string>, stdin?: Uint8Array): Promise<string> => {
    const { code, stdout, stderr } = await inside(folder, args, stdin)
    expect([code, stderr]).toEqual([0, ""])
    return stdout
  },
  file: (name: string): string => readFileSync(join(folder, name), "utf8")
})

export const cells = (csv: string, separator = ","): ReadonlyArray<ReadonlyArray<string>> =>
  csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(separator))

/** A model as its file holds it, and the features of a table as it takes them. */
export const library = (folder: string, model: string, data: string) =>
  Effect.gen(function* () {
    const loaded = yield* Model.load(join(folder, model))
    const table = yield* Table.read(join(folder, data))
    return { ...loaded, ...Columns.inputs(loaded.model.columns!, table) }
  }).pipe(Effect.provide(NodeServices.layer), Effect.runPromise)
