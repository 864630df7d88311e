/** Training that went where numbers end. @since 0.1.0 */
import * as Data from "effect/Data"
import type { State } from "./step.ts"

/**
 * A step made something NaN or infinite; `lastGood` is the state before that step.
 *
 * @category errors
 * @since 0.1.0
 */
export class DivergedError extends /*#__PURE__*/ Data.TaggedError("DivergedError")<{
  /** The step, counting from 0, that failed. */
  readonly step: number
  readonly what: string
  readonly lastGood: State<unknown, unknown, unknown>
}> {
  override get message(): string {
    return `training diverged at step ${this.step}: ${this.what} is not finite. Try a smaller learning rate`
  }
}
