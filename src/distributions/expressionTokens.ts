/**
 * What a formula may be written with, token by token: the wall before the parser.
 *
 * Whatever is not a decimal number, a declared name, a listed function with its parenthesis or one of + - * / ^ ( )
 * is refused here, at its column, so the parser never sees strings, assignments, properties, units or other alphabets.
 */
import { cut } from "../core/cut.ts"
import { ConfigError } from "../core/errors.ts"
import { nearest } from "../core/nearest.ts"

/** A formula, what it is called in messages, and the names that it may use. */
export interface Source {
  readonly what: string
  readonly text: string
  readonly variables: ReadonlyArray<string>
  readonly constants: ReadonlyMap<string, number>
}

/** Constants that every formula knows. */
export const KNOWN: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E]
])

/** Functions of one argument that a formula may call. */
export const FUNCTIONS = ["abs", "cos", "exp", "expm1", "lgamma", "log", "log1p", "sin", "sqrt", "tanh"] as const

const isFunction = (name: string): boolean => (FUNCTIONS as ReadonlyArray<string>).includes(name)

/** Words that the parser reads as operators or values. */
const WORDS = "mod to in and xor or not end true false null undefined NaN Infinity".split(" ")

const MAX_LENGTH = 1000
const MAX_TOKENS = 400
const MAX_PARENTHESES = 50
const SHOWN = 30
const SHORTER = "Give what does not change as a constant"

/** Spaces, a number, a name or a sign. */
const TOKEN = / +|((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|[-+*/^()]/y

/** Where a name stands in a formula that has been scanned. */
export const positions = ({ text }: Source, name: string): ReadonlyArray<number> =>
  [...text.matchAll(new RegExp(TOKEN, "g"))].filter((match) => match[2] === name).map((match) => match.index)

/** A character as it is and, unless it is plain ASCII, by its code. */
const character = (c: string): string =>
  /^[!-~]$/.test(c) ? `"${c}"` : `the character U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`

const allowed = ({ variables, constants }: Source): string => {
  const names = [...variables, ...constants.keys(), ...KNOWN.keys()].join(", ")
  return `A formula is made of numbers, the names ${names}, + - * / ^, parentheses, and ${FUNCTIONS.join(", ")}`
}

/** The error of a formula that goes wrong at `index` (from 0; the message counts columns from 1). */
export const refuse = (
  source: Source,
  index: number,
  expected: string,
  actual: string,
  hint = allowed(source)
): ConfigError =>
  new ConfigError({
    option: `${source.what} "${cut(source.text, SHOWN)}", column ${index + 1}`,
    expected,
    actual,
    hint
  })

/** Throws for a name that is declared and not used in a formula that has been scanned: another is misspelt, or missing. */
export const assertUsed = (source: Source): void => {
  const { what, text, variables, constants } = source
  const hint = "Another name may be misspelt. Declare no name that the formula does without"
  for (const name of [...variables, ...constants.keys()]) {
    if (positions(source, name).length > 0) continue
    throw new ConfigError({
      option: `${what} "${cut(text, SHOWN)}"`,
      expected: `a use of ${name}`,
      actual: "none",
      hint
    })
  }
}

/** Throws unless the names are plain, distinct and free, and the constants finite. */
export const assertNames = ({ what, variables, constants }: Source): void => {
  const seen = new Set<string>(KNOWN.keys())
  for (const name of [...variables, ...constants.keys()]) {
    const option = `name "${cut(name, SHOWN)}" in ${what}`
    if (!/^[A-Za-z]\w{0,49}$/.test(name)) {
      const expected = "a letter, then at most 49 letters, digits or _"
      throw new ConfigError({ option, expected, actual: `${name.length} characters that are not` })
    }
    if (seen.has(name) || isFunction(name) || WORDS.includes(name)) {
      throw new ConfigError({ option, expected: "a name that is free", actual: "one that is taken" })
    }
    seen.add(name)
  }
  for (const [name, value] of constants) {
    if (typeof value === "number" && Number.isFinite(value)) continue
    throw new ConfigError({ option: `${name} in ${what}`, expected: "a finite number", actual: String(value) })
  }
}

const checkName = (source: Source, name: string, index: number, called: boolean): void => {
  const names = [...source.variables, ...source.constants.keys(), ...KNOWN.keys()]
  if (names.includes(name)) {
    if (!called) return
    throw refuse(source, index, "a function before the parenthesis", `the name ${name}`, `Write ${name} * (...)`)
  }
  if (isFunction(name)) {
    if (called) return
    throw refuse(source, index, `the argument of ${name} in parentheses`, `${name} alone`)
  }
  const near = name === "ln" ? "log" : nearest(name, [...names, ...FUNCTIONS])
  const hint = `${near === undefined ? "" : `Did you mean ${near}? `}${allowed(source)}`
  throw refuse(
    source,
    index,
    called ? "a function that there is" : "a name that there is",
    `"${cut(name, SHOWN)}"`,
    hint
  )
}

const checkNumber = (source: Source, number: string, index: number, rest: string): void => {
  if (!Number.isFinite(Number(number))) throw refuse(source, index, "a number below 1.8e308", cut(number, SHOWN))
  // 1.2.3, 1e+ and 0x10: the parser would read on
  if (/^(\.|[eE][+-])/.test(rest) || (number === "0" && /^[xXoObB]/.test(rest))) {
    throw refuse(source, index, "a decimal number such as 0.5 or 1e-3", `"${cut(number + rest.slice(0, 2), SHOWN)}"`)
  }
}

/** Throws a `ConfigError` at the first token that a formula may not have. */
export const scan = (source: Source): void => {
  const { text } = source
  if (text.length > MAX_LENGTH) {
    throw refuse(source, MAX_LENGTH, `at most ${MAX_LENGTH} characters`, `${text.length}`, SHORTER)
  }
  let [tokens, depth, before] = [0, 0, ""]
  for (let index = 0; index < text.length; index = TOKEN.lastIndex) {
    TOKEN.lastIndex = index
    const [token, number, name] = TOKEN.exec(text) ?? []
    if (token === undefined) {
      const [next = ""] = text.slice(index)
      throw refuse(source, index, "something that a formula may have", character(next))
    }
    if (token.startsWith(" ")) continue
    const rest = text.slice(TOKEN.lastIndex)
    if (token === "*" && rest.startsWith("*")) {
      throw refuse(source, index, "^ for a power", '"**"', "A power is written ^, as in w^2")
    }
    if (++tokens > MAX_TOKENS) {
      throw refuse(source, index, `at most ${MAX_TOKENS} numbers, names and signs`, "one more", SHORTER)
    }
    if (number !== undefined) checkNumber(source, number, index, rest)
    if (name !== undefined) checkName(source, name, index, /^ *\(/.test(rest))
    if (token === "(" && ++depth > MAX_PARENTHESES) {
      throw refuse(source, index, `at most ${MAX_PARENTHESES} parentheses inside each other`, "one more", SHORTER)
    }
    if (token === ")") depth--
    if (token === ")" && before === "(") throw refuse(source, index, "something between the parentheses", "nothing")
    before = token
  }
  if (before === "") throw refuse(source, 0, "a formula", "none")
}
