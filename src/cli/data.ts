/** The flags of a file of data, and reading it as they say. */
import { Effect, FileSystem, Option, Stdio } from "effect"
import { Flag } from "effect/cli"
import { attempt, type Columns, ConfigError, DataError, Table } from "../index.ts"
import { given, names, pathFlag, toggle } from "./flags.ts"

export const flags = {
  delimiter: Flag.String("delimiter").pipe(
    Flag.withDescription(
      "between cells: one character, or comma, tab, semicolon, bar, or space for its runs (default: as it looks)"
    ),
    Flag.withMetavar("CHARACTER"),
    Flag.optional
  ),
  noHeader: toggle("no-header", "the first line is a row; the columns are called column1, column2, ..."),
  missing: Flag.String("missing").pipe(
    Flag.withDescription(
      "cells that are missing, besides empty ones (default NA,N/A,NaN,null; of a model, those it was trained with)"
    ),
    Flag.withMetavar("TEXTS"),
    Flag.optional
  )
}

export const targetFlags = {
  targetFile: pathFlag("target-file", "a file with the targets alone, row by row; one without names is called y").pipe(
    Flag.optional
  )
}

/** The values of the flags above. */
export interface DataFlags {
  readonly delimiter: Option.Option<string>
  readonly noHeader: boolean
  readonly missing: Option.Option<string>
}

/** What reading a table takes of the flags. */
const textOptions = ({ delimiter, noHeader, missing }: DataFlags): Table.ReadOptions => ({
  ...(noHeader ? { header: false } : {}),
  ...given(delimiter, (character) => ({ delimiter: character })),
  ...given(missing, (texts) => ({ missing: names(texts) }))
})

/** The same where tables are read for a model: as the one was that it was trained on, if the flags do not say otherwise. */
const optionsFor = (flags: DataFlags, columns: Columns.Columns | undefined): Table.ReadOptions => ({
  ...(columns?.missing === undefined ? {} : { missing: columns.missing }),
  ...textOptions(flags)
})

/** Who said nothing of missing cells is told where it comes from. */
const ofTheModel =
  ({ missing }: DataFlags) =>
  <E extends DataError | ConfigError>(error: E): E | ConfigError => {
    if (error._tag !== "ConfigError" || error.option !== "missing" || Option.isSome(missing)) return error
    const { option, expected, actual } = error
    return new ConfigError({ option, expected, actual, hint: "The model was trained on a table that was read with it" })
  }

/** A file, or standard input where it is called "-", with the targets of a file of their own beside it. */
export const read = Effect.fnUntraced(function* (
  files: { readonly data: string; readonly targets: Option.Option<string> },
  flags: DataFlags,
  columns?: Columns.Columns
) {
  const stdio = yield* Stdio.Stdio
  const source = (file: string) => (file === "-" ? { name: "standard input", bytes: stdio.stdin } : file)
  const options = optionsFor(flags, columns)
  const table = yield* Effect.mapError(Table.read(source(files.data), options), ofTheModel(flags))
  if (Option.isNone(files.targets)) return table
  const targets = yield* Table.read(source(files.targets.value), { ...options, prefix: "y" })
  return yield* attempt(() => Table.join(table, targets), DataError, ConfigError)
})

/** What is read is never written over, not even by force. */
export const assertOther = Effect.fnUntraced(function* (out: string, read: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const real = (path: string) => Effect.orElseSucceed(fs.realPath(path), () => path)
  const [written, ...others] = yield* Effect.forEach([out, ...read], real)
  const same = read[others.indexOf(written ?? out)]
  if (same === undefined || same === "-") return
  const actual = `${out}, which is read`
  return yield* new ConfigError({ option: "--out", expected: "another file than those that are read", actual })
})
