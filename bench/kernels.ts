/**
 * Figures of single kernels on one thread: GFLOP/s of products, nanoseconds an element of everything else.
 */
import { filled, type Instruction, normalKl, products, program, type Sizes } from "./raw.ts"
import { rounded } from "./statistics.ts"
import { least } from "./timing.ts"

/** A line of `--json`. */
export interface KernelFigure {
  readonly kernel: string
  readonly value: number
  readonly unit: "GFLOP/s" | "ns"
}

/** Operations in so many milliseconds as GFLOP/s. */
export const gflops = ([rows, inputs, outputs]: Sizes, milliseconds: number): number =>
  (2 * rows * inputs * outputs) / milliseconds / 1e6

const SHAPES: ReadonlyArray<Sizes> = [
  [128, 1200, 1200],
  [1000, 1200, 1200],
  [128, 784, 400],
  [128, 400, 10],
  [32, 13, 50],
  [100, 16, 16]
]

/** Elements of what is no product: few enough to stay in a core's own cache. */
const ELEMENTS = 32_768

const productFigures = (): ReadonlyArray<KernelFigure> =>
  SHAPES.flatMap((sizes) =>
    Object.entries(products(sizes)).map(([name, run]): KernelFigure => {
      const [rows, inputs, outputs] = sizes
      const kernel = `${name}, ${rows} rows, ${inputs} to ${outputs}`
      return { kernel, value: rounded(gflops(sizes, least(run))), unit: "GFLOP/s" }
    })
  )

/** What is timed by the element, by its name. */
const elementwise = (): Readonly<Record<string, () => void>> => {
  const [out, a, b, c] = [filled(ELEMENTS), filled(ELEMENTS), filled(ELEMENTS), filled(ELEMENTS)]
  const positive = filled(ELEMENTS)
  const of = (...instructions: ReadonlyArray<Instruction>) => program(ELEMENTS, instructions)
  of({ name: "opExp", out: positive, a })()
  const one = (name: Instruction["name"], input = a) => of({ name, out, a: input })
  return {
    "a standard normal": one("opNormal"),
    "a weight sampled, its noise made": of({ name: "opNormal", out }, { name: "opNormalSample", out, a, b, c: out }),
    exp: one("opExp"),
    expm1: one("opExpm1"),
    log: one("opLog", positive),
    log1p: one("opLog1p", positive),
    tanh: one("opTanh"),
    sigmoid: one("opSigmoid"),
    softplus: one("opSoftplus"),
    gelu: one("opGelu"),
    "Adam, a weight": of(
      { name: "opFirstMoment", out: b, a: b, b: a, scalars: [0.9, 0.1] },
      { name: "opSecondMoment", out: positive, a: positive, b: a, scalars: [0.999, 0.001] },
      { name: "opMomentUpdate", out, a: b, b: positive, scalars: [1, 1e-8] },
      { name: "opAxpy", out: c, a: out, b: c, scalars: [-0.001] }
    ),
    "KL of a weight": normalKl(ELEMENTS, a, c)
  }
}

/** Every figure. */
export const kernelFigures = (): ReadonlyArray<KernelFigure> => [
  ...productFigures(),
  ...Object.entries(elementwise()).map(
    ([kernel, run]): KernelFigure => ({ kernel, value: rounded((1e6 * least(run)) / ELEMENTS), unit: "ns" })
  )
]
