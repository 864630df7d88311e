// Reads the files of known answers: what a case holds, as tensors and records of the dtype under test.
import { readFileSync } from "node:fs"
import { Shape, Tensor } from "effect-bayes"

interface Stored {
  readonly shape: Shape.Shape
  readonly data: ReadonlyArray<number>
}

const isStored = (u: unknown): u is Stored => typeof u === "object" && u !== null && "shape" in u && "data" in u

/** A case, or a record in one; every getter throws for a field that is missing or of another kind. */
export class Fields {
  private readonly values: Readonly<Record<string, unknown>>
  readonly dtype: Shape.DType
  constructor(values: Readonly<Record<string, unknown>>, dtype: Shape.DType) {
    this.values = values
    this.dtype = dtype
  }
  get(name: string): unknown {
    if (!(name in this.values)) throw new Error(`no field "${name}" among ${Object.keys(this.values).join(", ")}`)
    return this.values[name]
  }
  has(name: string): boolean {
    return name in this.values
  }
  number(name: string): number {
    const value = this.get(name)
    if (typeof value !== "number") throw new Error(`field "${name}" is no number`)
    return value
  }
  text(name: string): string {
    const value = this.get(name)
    if (typeof value !== "string") throw new Error(`field "${name}" is no text`)
    return value
  }
  numbers(name: string): ReadonlyArray<number> {
    return this.get(name) as ReadonlyArray<number>
  }
  tensor(name: string, shape?: Shape.Shape): Tensor.Tensor {
    const stored = this.get(name)
    if (!isStored(stored)) throw new Error(`field "${name}" is no tensor`)
    return Tensor.from(stored.data, { dtype: this.dtype, shape: shape ?? stored.shape })
  }
  record(name: string): Fields {
    return new Fields(this.get(name) as Readonly<Record<string, unknown>>, this.dtype)
  }
  /** The parameters, or gradients, of a Bayesian linear layer, under names that may have a prefix. */
  normals(prefix = "") {
    const normal = (name: string) => ({
      mean: this.tensor(`${prefix}${name}Mean`),
      logStd: this.tensor(`${prefix}${name}LogStd`)
    })
    return { weight: normal("weight"), bias: normal("bias") }
  }
  /** Its noise. */
  weights() {
    return { weight: this.tensor("weight"), bias: this.tensor("bias") }
  }
}

export interface Case {
  readonly name: string
  readonly [field: string]: unknown
}

const casesOf = (file: string | URL): ReadonlyArray<Case> =>
  (JSON.parse(readFileSync(file, "utf8")) as { readonly cases: ReadonlyArray<Case> }).cases

/** The cases of the two files beside this, or of those that GOLDEN_FILE and GOLDEN_MORE name in their place. */
export const cases: ReadonlyArray<Case> = [
  ...casesOf(process.env.GOLDEN_FILE ?? new URL("./pytorch.json", import.meta.url)),
  ...casesOf(process.env.GOLDEN_MORE ?? new URL("./more.json", import.meta.url))
]

/** |actual - expected| <= bound max(1, |expected|), for a number or for each element of a tensor. */
export const near = (what: string, expected: Tensor.Tensor | number, actual: Tensor.Tensor | number, bound: number) => {
  if (typeof expected === "number" || typeof actual === "number") {
    const [a, b] = [Number(actual), Number(expected)]
    // Written so that NaN does not pass.
    if (!(Math.abs(a - b) <= bound * Math.max(1, Math.abs(b)))) throw new Error(`${what}: ${a}, known ${b}`)
    return
  }
  Shape.assertShape(what, expected.shape, actual.shape)
  const known = Tensor.toFloat64Array(expected)
  for (const [i, a] of Tensor.toFloat64Array(actual).entries()) near(`${what}[${i}]`, known[i]!, a, bound)
}
