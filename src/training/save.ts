/** Writing a model to a file. @since 0.3.0 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import { attempt } from "../core/attempt.ts"
import { CheckpointError } from "../core/errors.ts"
import { encode } from "../files/safetensors.ts"
import { writeWhole } from "../files/writeWhole.ts"
import { type Saved, toFile } from "./format.ts"

/**
 * Keeps a model, its parameters and, if given, the checkpoint of its training in one safetensors file; a fit can be
 * given as it is.
 *
 * The file appears whole or not at all. The same model gives the same bytes. Other programs find the tensors under names
 * such as `params.network.0.weight.mean`. **Errors**: `CheckpointError` for a file that cannot be written, for
 * parameters that are not finite or not the model's, and for an optimizer's state that is no plain data.
 *
 * @category files
 * @since 0.3.0
 */
export const save: <P, E, L>(
  path: string,
  saved: Saved<P, E, L>
) => Effect.Effect<void, CheckpointError, FileSystem.FileSystem | Path.Path> = Effect.fnUntraced(
  function* (source, saved) {
    const { metadata, tensors } = yield* attempt(() => toFile(source, saved), CheckpointError)
    yield* Effect.mapError(
      writeWhole(source, encode(metadata, tensors)),
      ({ problem, hint }) => new CheckpointError({ source, problem, ...(hint === undefined ? {} : { hint }) })
    )
  }
)
