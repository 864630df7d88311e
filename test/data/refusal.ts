// What a pure function throws, as text.
import { DataError } from "effect-bayes"

/** The message of the DataError that this throws. */
export const refusal = (f: () => unknown): string => {
  try {
    f()
  } catch (error) {
    if (error instanceof DataError) return error.message
    throw error
  }
  return "nothing was thrown"
}
