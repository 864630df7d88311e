/** Which parts of two models differ, and by which flags: what their hashes do not tell. */
import { Model } from "../index.ts"

type Spec = ReturnType<typeof Model.spec>

/** What it is called, the flags that change it, and where it is in a spec. */
const PARTS: ReadonlyArray<readonly [name: string, flags: string, fields: ReadonlyArray<keyof Spec>]> = [
  ["network", "--hidden, --activation, --prior, --prior-std, --estimator", ["network"]],
  ["likelihood", "--likelihood", ["likelihood"]],
  ["choice of columns", "--features, --exclude, --categorical, --task, --missing", ["columns"]],
  ["scaling", "the data", ["inputs", "targets"]]
]

/** The same text for the same data, whatever the order of their keys. */
const textOf = (data: unknown): string =>
  JSON.stringify(data ?? null, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  )

/** The parts that differ, with their flags, such as "another network (--hidden)"; none of models that are the same. */
export const differences = (
  kept: Model.Model<unknown, unknown, unknown>,
  present: Model.Model<unknown, unknown, unknown>
): ReadonlyArray<string> => {
  const [there, here] = [Model.spec(kept), Model.spec(present)]
  return PARTS.flatMap(([name, flags, fields]) =>
    fields.some((field) => textOf(there[field]) !== textOf(here[field])) ? [`another ${name} (${flags})`] : []
  )
}
