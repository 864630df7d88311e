/** Training that went where numbers end. @since 0.1.0 */
import * as Data from "effect/Data"
import type { Checkpoint } from "./Checkpoint.ts"

/**
 * A step made something NaN or infinite; `lastGood` is the checkpoint before that step. Whoever goes on from it under the
 * same settings meets the same step again.
 *
 * @category errors
 * @since 0.1.0
 */
export class DivergedError extends /*#__PURE__*/ Data.TaggedError("DivergedError")<{
  /** The step, counting from 0, that failed. */
  readonly step: number
  readonly what: string
  readonly lastGood: Checkpoint<unknown, unknown>
}> {
  override get message(): string {
    return `training diverged at step ${this.step}: ${this.what} is not finite. Try a smaller learning rate`
  }
}
