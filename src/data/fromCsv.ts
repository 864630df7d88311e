/**
 * From a file of text to a dataset in one step.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import { attempt } from "../core/attempt.ts"
import { ConfigError, DataError } from "../core/errors.ts"
import { Noise } from "../core/Noise.ts"
import type { Source } from "../files/Source.ts"
import type { Choice } from "./chooseColumns.ts"
import { readDelimited, type TextOptions } from "./csv.ts"
import type { Dataset } from "./Dataset.ts"
import { fromTable } from "./fromTable.ts"
import { type Split, split } from "./split.ts"

/** How a file of text is read, and which of its columns are taken for what. @category models @since 0.1.0 */
export interface CsvOptions extends Choice, TextOptions {}

/**
 * A whole CSV file, or one of its kin, as a dataset: `Table.read`, then `Dataset.fromTable`.
 *
 * **Errors**: `DataError` with line and column, and `ConfigError`: those of both.
 *
 * @category readers
 * @since 0.1.0
 */
export const readCsv: (
  source: Source,
  options: CsvOptions
) => Effect.Effect<Dataset, DataError | ConfigError, FileSystem.FileSystem> = Effect.fnUntraced(
  function* (source, options) {
    const table = yield* readDelimited(source, options)
    return yield* attempt(() => fromTable(table, options), DataError, ConfigError)
  }
)

/**
 * A CSV file, or one of its kin, split into training and test rows by the `Noise`'s seed; the share of test rows is a
 * tenth by default.
 *
 * **Errors**: those of `readCsv` and of `split`.
 *
 * @category readers
 * @since 0.1.0
 */
export const fromCsv: (
  source: Source,
  options: CsvOptions & { readonly testFraction?: number }
) => Effect.Effect<Split, DataError | ConfigError, FileSystem.FileSystem | Noise> = Effect.fnUntraced(
  function* (source, options) {
    const noise = yield* Noise
    const data = yield* readCsv(source, options)
    return yield* attempt(() => split(data, { key: noise.key("split"), ...options }), DataError, ConfigError)
  }
)
