/**
 * A formula, written as text, as a function and its derivatives.
 *
 * mathjs parses it once and differentiates the syntax tree symbolically; both trees are then put together from closures
 * over the library's own elementary functions. No text is ever evaluated: a tree can hold nothing but what `build`
 * lists, and names are looked up in a list.
 *
 * **Numerics**: log(1 + x) and exp(x) - 1 are taken as log1p(x) and expm1(x), however they are written; abs(x) / x, in
 * derivatives, as the sign of x, which is 0 at 0. A power is by repeated multiplication where the exponent is whole,
 * else exp(y log x). sin and cos are within 1e-15 (1 + |x|) of theirs.
 */
import type { MathNode } from "mathjs/number"
import { lgamma } from "../core/gamma.ts"
import { cosPi, exp, expm1, log, log1p, sinPi, tanh } from "../core/math.ts"
import {
  assertNames,
  assertUsed,
  type FUNCTIONS,
  KNOWN,
  positions,
  refuse,
  type Source,
  scan
} from "./expressionTokens.ts"
import { load } from "./mathjs.generated.ts"

/** A function of the variables, in their order. */
export type Compiled = (at: Float64Array) => number

export interface Formula {
  readonly value: Compiled
  /** The derivative by one of the variables. */
  readonly derivative: (variable: string) => Compiled
}

/** What the bundle has of it: see scripts/build-parser.ts. */
type Mathjs = Pick<
  typeof import("mathjs/number"),
  "derivative" | "isConstantNode" | "isFunctionNode" | "isOperatorNode" | "isParenthesisNode" | "isSymbolNode" | "parse"
>

/** A pure value, made on first use: a program without formulas neither waits for it nor has it in memory. */
let made: Mathjs | undefined
const mathjs = (): Mathjs => {
  made ??= load() as Mathjs
  return made
}

/** x^n for a whole n, from the squares of x. */
const wholePower = (x: number, n: number): number => {
  let power = 1
  let square = x
  for (let k = Math.abs(n); k > 0; k = Math.floor(k / 2)) {
    if (k % 2 === 1) power *= square
    square *= square
  }
  return n < 0 ? 1 / power : power
}

const pow = (x: number, y: number): number => (Number.isInteger(y) ? wholePower(x, y) : exp(y * log(x)))

/** 1 / cosh x, which the derivative of tanh is made of. */
const sech = (x: number): number => {
  const e = exp(-Math.abs(x))
  return (2 * e) / (1 + e * e)
}

const UNARY: ReadonlyMap<string, (x: number) => number> = new Map<
  (typeof FUNCTIONS)[number] | "sech",
  (x: number) => number
>([
  ["abs", Math.abs],
  ["cos", (x) => cosPi(x / Math.PI)],
  ["exp", exp],
  ["expm1", expm1],
  ["lgamma", lgamma],
  ["log", log],
  ["log1p", log1p],
  ["sech", sech],
  ["sin", (x) => sinPi(x / Math.PI)],
  ["sqrt", Math.sqrt],
  ["tanh", tanh]
])

const BINARY: ReadonlyMap<string, (x: number, y: number) => number> = new Map([
  ["add", (x: number, y: number) => x + y],
  ["subtract", (x: number, y: number) => x - y],
  ["multiply", (x: number, y: number) => x * y],
  ["divide", (x: number, y: number) => x / y],
  ["pow", pow]
])

/** A number where no variable is involved: constants are folded as the tree is built. */
type Part = number | Compiled

const one = (f: (x: number) => number, a: Part): Part => (typeof a === "number" ? f(a) : (at) => f(a(at)))

const two = (f: (x: number, y: number) => number, a: Part, b: Part): Part => {
  if (typeof a === "number") return typeof b === "number" ? f(a, b) : (at) => f(a, b(at))
  return typeof b === "number" ? (at) => f(a(at), b) : (at) => f(a(at), b(at))
}

/** What stands inside parentheses. */
const bare = (node: MathNode): MathNode => (mathjs().isParenthesisNode(node) ? bare(node.content) : node)

const isOne = (node: MathNode): boolean => mathjs().isConstantNode(node) && node.value === 1

/** The argument of a call of `name`. */
const argument = (node: MathNode, name: string): MathNode | undefined =>
  mathjs().isFunctionNode(node) && mathjs().isSymbolNode(node.fn) && node.fn.name === name ? node.args[0] : undefined

/** The two sides of an operator. */
const sides = (node: MathNode, fn: string): readonly [MathNode, MathNode] | undefined =>
  mathjs().isOperatorNode(node) && node.fn === fn && node.args.length === 2 ? [node.args[0]!, node.args[1]!] : undefined

/** `f` of what is written as the longer form of a better function. */
const better = (node: MathNode): readonly [f: (x: number) => number, x: MathNode] | undefined => {
  const inLog = argument(node, "log")
  const sum = inLog === undefined ? undefined : sides(bare(inLog), "add")
  if (sum !== undefined && isOne(sum[0])) return [log1p, sum[1]]
  if (sum !== undefined && isOne(sum[1])) return [log1p, sum[0]]
  const [left, right] = sides(node, "subtract") ?? []
  const inExp = left === undefined ? undefined : argument(bare(left), "exp")
  if (inExp !== undefined && isOne(right!)) return [expm1, inExp]
  const [above, below] = sides(node, "divide") ?? []
  const inAbs = above === undefined ? undefined : argument(above, "abs")
  return inAbs?.equals(below!) === true ? [Math.sign, inAbs] : undefined
}

/** Closures for a syntax tree. Anything that is not listed here is refused. */
const build = (source: Source, node: MathNode): Part => {
  const of = (part: MathNode): Part => build(source, part)
  const special = better(node)
  if (special !== undefined) return one(special[0], of(special[1]))
  if (mathjs().isParenthesisNode(node)) return of(node.content)
  if (mathjs().isConstantNode(node) && typeof node.value === "number") return node.value
  if (mathjs().isSymbolNode(node)) {
    const slot = source.variables.indexOf(node.name)
    if (slot >= 0) return (at) => at[slot]!
    const constant = source.constants.get(node.name) ?? KNOWN.get(node.name)
    if (constant !== undefined) return constant
  }
  if (mathjs().isFunctionNode(node) && mathjs().isSymbolNode(node.fn) && node.args.length === 1) {
    const f = UNARY.get(node.fn.name)
    if (f !== undefined) return one(f, of(node.args[0]!))
  }
  if (mathjs().isOperatorNode(node)) {
    const [a, b] = node.args
    const f = BINARY.get(node.fn)
    if (f !== undefined && node.args.length === 2) return two(f, of(a!), of(b!))
    if (node.fn === "unaryMinus") return one((x) => -x, of(a!))
    if (node.fn === "unaryPlus") return of(a!)
  }
  throw refuse(source, 0, "what a formula may have", node.type)
}

/** log1p(x) and expm1(x) as mathjs can differentiate them; `build` takes them back. */
const longer = (node: MathNode): MathNode => {
  const into = (template: string, argument: MathNode): MathNode =>
    mathjs()
      .parse(template)
      .transform((n) => (mathjs().isSymbolNode(n) && n.name === "x" ? longer(argument) : n))
  return node.transform((n) => {
    const [inLog1p, inExpm1] = [argument(n, "log1p"), argument(n, "expm1")]
    if (inLog1p !== undefined) return into("log(1 + x)", inLog1p)
    return inExpm1 === undefined ? n : into("exp(x) - 1", inExpm1)
  })
}

const parse = (source: Source): MathNode => {
  try {
    return mathjs().parse(source.text)
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError && "char" in thrown && typeof thrown.char === "number")) throw thrown
    const index = thrown.char - 1
    const rest = source.text.slice(index, index + 10)
    const hint = thrown.message.replace(/ \(char \d+\)$/, "")
    throw refuse(source, index, "a well-formed formula", rest === "" ? "its end" : `"${rest}"`, hint)
  }
}

/** Throws where a variable is inside a function whose derivative is not to be had; trees keep the order of the text. */
const assertDifferentiable = (source: Source, tree: MathNode, variable: string): void => {
  const places = positions(source, "lgamma")
  let next = 0
  tree.traverse((node) => {
    const inside = argument(node, "lgamma")
    if (inside === undefined) return
    const index = places[next++]!
    if (inside.filter((n) => mathjs().isSymbolNode(n) && n.name === variable).length === 0) return
    throw refuse(source, index, `a derivative by ${variable}`, "lgamma, which has none here")
  })
}

const whole = (part: Part): Compiled => (typeof part === "number" ? () => part : part)

/**
 * Reads a formula; tabs and line breaks are spaces, and columns those of the whole text. **Errors**: `ConfigError` for
 * names that cannot be or are not used, and with its column for whatever a formula may not have or that does not parse.
 */
export const compile = (given: Source): Formula => {
  const source = { ...given, text: given.text.replaceAll(/[\t\r\n]/g, " ") }
  assertNames(source)
  scan(source)
  const tree = parse(source)
  const value = whole(build(source, tree))
  assertUsed(source)
  return {
    value,
    derivative: (variable) => {
      assertDifferentiable(source, tree, variable)
      return whole(build(source, mathjs().derivative(longer(tree), variable, { simplify: false })))
    }
  }
}
