// Random formulas, well-formed and not: each is a working prior or a ConfigError with a column.
import { ConfigError, Prior, Tensor } from "effect-bayes"
import fc from "fast-check"
import { expect } from "vitest"
import { ATTACKS } from "./attacks.ts"

const FUNCTIONS = ["abs", "cos", "exp", "expm1", "log", "log1p", "sin", "sqrt", "tanh"]

const { part } = fc.letrec<{ part: string }>((tie) => ({
  part: fc.oneof(
    { maxDepth: 5, depthSize: "small", withCrossShrink: true },
    fc.constantFrom("w", "b", "2", "0.5", "1e-3", "pi", "e"),
    fc.tuple(tie("part"), fc.constantFrom(" + ", "-", " * ", "/", "^", " "), tie("part")).map((t) => t.join("")),
    fc.tuple(fc.constantFrom(...FUNCTIONS), tie("part")).map(([f, x]) => `${f}(${x})`),
    tie("part").map((x) => `(${x})`),
    tie("part").map((x) => `-${x}`)
  )
}))

/** Every name that is declared is used. */
const formula = part.map((text) => `${text} + 0 w b`)

const telling = fc.constantFrom(
  ...Array.from("w b2.e0x()+-*/^,;:=!?[]{}\"'%#\n\t$&|<>~@\\_é𝑤"),
  "lgamma(",
  "exp(",
  "constructor",
  ...ATTACKS.slice(0, 20)
)

const damaged = fc.tuple(formula, fc.nat(), fc.nat(4), telling).map(([text, place, drop, inserted]) => {
  const at = place % (text.length + 1)
  return text.slice(0, at) + inserted + text.slice(at + drop)
})

const anything = fc.oneof(
  { weight: 4, arbitrary: formula },
  { weight: 3, arbitrary: damaged },
  { weight: 1, arbitrary: fc.array(telling, { maxLength: 20 }).map((t) => t.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) }
)

const w = Tensor.from(new Float64Array([0.75, -1.5]))

/** The result, or the error if it is one that says where. */
const outcome = (f: () => ReadonlyArray<number>, place: RegExp): "numbers" | "error" => {
  try {
    expect(f().every(Number.isFinite)).toBe(true)
    return "numbers"
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.message).toMatch(place)
    return "error"
  }
}

export const checkFormulas = (numRuns: number): void => {
  const seen = { refused: 0, numbers: 0, error: 0 }
  fc.assert(
    fc.property(anything, (text) => {
      let prior: Prior.Prior | undefined
      const read = outcome(() => {
        prior = Prior.fromExpression(text, { b: 0.5 })
        return []
      }, /^prior ".*"(, column \d+: expected |: expected a use of [wb], got none)/s)
      if (read === "error" || prior === undefined) {
        seen.refused++
        return
      }
      const { logProb, logProbGrad } = prior
      seen[outcome(() => [logProb(w)], / at weight (0\.75|-1\.5) /)]++
      seen[outcome(() => [...Tensor.toFloat64Array(logProbGrad(w))], / at weight (0\.75|-1\.5) /)]++
    }),
    { numRuns }
  )
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(numRuns / 40)
}
