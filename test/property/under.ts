// Puts an implementation under its laws: one test for each.
import type { Law } from "effect-bayes/testing"
import { describe, it } from "vitest"

export const under = (name: string, laws: ReadonlyArray<Law>) =>
  describe(`${name}`, () => {
    for (const law of laws) it(`${law.name}`, () => law.check())
  })
