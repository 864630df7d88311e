// What a function refuses, in its own words.
import { CheckpointError } from "../../src/core/errors.ts"

export const messageOf = (f: () => unknown): string => {
  try {
    f()
  } catch (error) {
    if (error instanceof CheckpointError) return error.message
    throw error
  }
  return "nothing"
}
