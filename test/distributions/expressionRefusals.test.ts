// What a formula is refused for, and at which column; what mathjs knows beside it is out of reach.
import { ConfigError, Prior, Tensor } from "effect-bayes"
import * as mathjs from "mathjs"
import { describe, expect, it } from "vitest"
import { ATTACKS } from "./attacks.ts"
import { checkFormulas } from "./formulaFuzz.ts"

const doubles = (...values: ReadonlyArray<number>): Tensor.Tensor => Tensor.from(new Float64Array(values))
const list = (t: Tensor.Tensor) => [...Tensor.toFloat64Array(t)]
const TAKEN = [
  ..."abs cos exp expm1 lgamma log log1p sin sqrt tanh".split(" "),
  ..."w e pi mod to in and xor or not end true false null undefined NaN Infinity".split(" ")
]

describe("a formula that cannot be", () => {
  const refused = (formula: string, constants: Readonly<Record<string, number>> = { b: 0.5, nu: 3 }): string => {
    try {
      Prior.fromExpression(formula, constants)
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError)
      return (error as ConfigError).message
    }
    throw new Error(`not refused: ${formula}`)
  }

  it.each([
    ["", 1, "expected a formula, got none"],
    ["   ", 1, "expected a formula, got none"],
    ["-abs(w / b", 11, "expected a well-formed formula, got its end. Parenthesis ) expected"],
    ["w)", 2, 'got ")"'],
    ["w +* b", 4, 'got "* b". Value expected'],
    ["w ^", 4, "got its end"],
    ["2 3", 3, 'expected a well-formed formula, got "3". Unexpected part'],
    ["2.3.4 w", 1, 'expected a decimal number such as 0.5 or 1e-3, got "2.3.4"'],
    ["w + 0x10", 5, "expected a decimal number"],
    ["w + 1e+", 5, "expected a decimal number"],
    ["w - 1e999", 5, "expected a number below 1.8e308"],
    ["w + mu", 5, 'expected a name that there is, got "mu". Did you mean nu?'],
    ["w + lgomma(2)", 5, 'expected a function that there is, got "lgomma". Did you mean lgamma?'],
    ["exp + w", 1, "expected the argument of exp in parentheses, got exp alone"],
    ["w + b (w - 1)", 5, "expected a function before the parenthesis, got the name b. Write b * (...)"],
    ["w + exp( )", 10, "expected something between the parentheses, got nothing"],
    ["log(w, 2)", 6, 'got ","'],
    ["w + “w”", 5, "got the character U+201C"],
    ["w + ｗ", 5, "got the character U+FF57"],
    ["w\n+\r\n\tx", 7, 'prior "w +   x", column 7: expected a name that there is, got "x"'],
    ["w +\n* b", 5, 'got "* b". Value expected'],
    ["w\u2028+ b", 2, "got the character U+2028"],
    ["-w**2/2", 3, 'expected ^ for a power, got "**". A power is written ^, as in w^2'],
    ["w * * 2", 5, 'got "* 2". Value expected'],
    ["-ln(w)", 2, 'expected a function that there is, got "ln". Did you mean log?'],
    ["w; b", 2, 'got ";"'],
    ["lgamma(b) - lgamma(w) + nu", 13, "expected a derivative by w, got lgamma"],
    ["2lgamma(b) 1e1lgamma(w) nu", 15, "expected a derivative by w, got lgamma"],
    [`${"(".repeat(51)}w${")".repeat(51)}`, 51, "expected at most 50 parentheses inside each other"],
    ["w + ".repeat(200).concat("w"), 801, "expected at most 400 numbers, names and signs"],
    ["w".padEnd(1001), 1001, "expected at most 1000 characters, got 1001"]
  ] as const)("%.20j is refused at column %i", (formula, column, problem) => {
    const message = refused(formula)
    expect(message).toContain(`, column ${column}: `)
    expect(message).toContain(problem)
  })

  it("is told what is allowed", () => {
    expect(refused("w + x")).toBe(
      'prior "w + x", column 5: expected a name that there is, got "x". A formula is made of numbers, the names w, b, nu, pi, e, + - * / ^, parentheses, and abs, cos, exp, expm1, lgamma, log, log1p, sin, sqrt, tanh'
    )
  })

  it("has names that are not used", () => {
    const hint = "Another name may be misspelt. Declare no name that the formula does without"
    expect(refused("-log(b)", { b: 4 })).toBe(`prior "-log(b)": expected a use of w, got none. ${hint}`)
    expect(refused("-abs(w) / 2e0", { e0: 4 })).toBe(`prior "-abs(w) / 2e0": expected a use of e0, got none. ${hint}`)
    expect(refused("-abs(w)", { w2: 4 })).toContain("expected a use of w2")
  })

  it("has names that are taken, odd or not finite", () => {
    for (const name of ["w", "pi", "e", "log", "mod", "NaN"]) {
      expect(refused("w", { [name]: 1 })).toBe(
        `name "${name}" in prior: expected a name that is free, got one that is taken`
      )
    }
    for (const name of ["", "1a", "__proto__", "a b", "größe", "a".repeat(51)]) {
      expect(refused("w", Object.fromEntries([[name, 1]]))).toContain(
        "expected a letter, then at most 49 letters, digits or _"
      )
    }
    expect(refused("w", { b: Number.NaN })).toBe("b in prior: expected a finite number, got NaN")
    expect(refused("b w", { b: "process.exit()" as never })).toContain("b in prior: expected a finite number")
  })

  it.each(ATTACKS.map((attack) => ({ shown: JSON.stringify(attack.slice(0, 30)), attack })))("$shown", ({ attack }) => {
    expect(refused(attack)).toMatch(/, column \d+: expected /)
  })

  it("an object's own names are names like any other where they are declared", () => {
    expect(Prior.fromExpression("constructor w + toString", { constructor: 2, toString: 3 }).logProb(doubles(5))).toBe(
      13
    )
  })

  it("what means something to mathjs is a name like any other, or refused as one", () => {
    const names = [...Object.keys(mathjs), "cm", "i", "x", "of", "inch", "ans"]
    const make = (name: string) => Prior.fromExpression(`w ${name} + log1p(${name}) w`, { [name]: 3 })
    const free = names.filter((name) => /^[A-Za-z]\w*$/.test(name) && !TAKEN.includes(name))
    expect(free.length).toBeGreaterThan(0.9 * names.length)
    for (const name of free) {
      expect(make(name).logProb(doubles(2))).toBeCloseTo(6 + 2 * Math.log(4), 12)
      expect(list(make(name).logProbGrad(doubles(2)))[0]).toBeCloseTo(3 + Math.log(4), 12)
    }
    for (const name of names.filter((each) => !free.includes(each))) {
      expect(() => make(name)).toThrow(/^name ".*" in prior: expected /)
    }
  })

  it("2,000 random formulas: a typed error or numbers", () => checkFormulas(2000))
})
