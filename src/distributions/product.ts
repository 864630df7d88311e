/**
 * A product of likelihoods: targets of several kinds, each from its own columns of one output.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ConfigError, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { format } from "../core/Shape.ts"
import { define, rebuild, SpecSchema } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import type { Conditional, Continuous, Likelihood, LikelihoodDefinition } from "./Likelihood.ts"

/** A likelihood, and how many columns of the output and of the target are its own. @category models @since 0.2.0 */
export interface Part {
  readonly likelihood: Likelihood<unknown>
  readonly outputs: number
  readonly targets: number
}

/** The parameters of each part, as a tuple. */
type ParamsOf<Ps extends ReadonlyArray<Part>> = {
  readonly [K in keyof Ps]: ReturnType<Ps[K]["likelihood"]["init"]>
}

/** Continuous where every part is. @category type-level @since 0.2.0 */
export type Product<Ps extends ReadonlyArray<Part>> =
  Ps[number]["likelihood"] extends Continuous<unknown> ? Continuous<ParamsOf<Ps>> : Likelihood<ParamsOf<Ps>>

type Tuple = ReadonlyArray<unknown>

/** The columns of each part, from the first on. */
const cut = (what: string, t: Tensor.Tensor, widths: ReadonlyArray<number>): ReadonlyArray<Tensor.Tensor> => {
  const total = widths.reduce((sum, width) => sum + width, 0)
  if (t.shape.length !== 2 || t.shape[1] !== total) {
    const expected = `[B, ${total}], as its parts have ${widths.join(" + ")} columns`
    throw new ShapeError({ where: `product likelihood, ${what}`, expected, actual: format(t.shape) })
  }
  let end = 0
  return widths.map((width) => {
    end += width
    return Tensor.slice(t, 1, end - width, end)
  })
}

/** Says of a target or parameter that a part refuses which part it is. */
const inPart = <A>(i: number, f: () => A): A => {
  try {
    return f()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const { expected, actual, hint } = error
    const option = `part ${i} of a product, ${error.option}`
    throw new ConfigError({ option, expected, actual, ...(hint === undefined ? {} : { hint }) })
  }
}

/** The conditionals of the parts as one, over all columns of the target. */
const joint = (parts: ReadonlyArray<Conditional>, widths: ReadonlyArray<number>): Conditional => {
  const columns = widths.flatMap((width, part) => Array.from({ length: width }, (_, t) => ({ part, width, t })))
  const at = <A>(i: number, f: (conditional: Conditional, i: number) => A): A => {
    const { part, width, t } = columns[i % columns.length]!
    return f(parts[part]!, Math.floor(i / columns.length) * width + t)
  }
  const all = { length: parts.reduce((sum, { mean }) => sum + mean.length, 0) }
  return {
    mean: Float64Array.from(all, (_, i) => at(i, ({ mean }, k) => mean[k]!)),
    variance: Float64Array.from(all, (_, i) => at(i, ({ variance }, k) => variance[k]!)),
    logPdf: (i, y) => at(i, (conditional, k) => conditional.logPdf(k, y)),
    cdf: (i, y) => at(i, (conditional, k) => conditional.cdf(k, y))
  }
}

/**
 * Likelihoods side by side: the first takes the first columns of output and target, and so on; given the output, what
 * they are of is independent.
 *
 * The parameters are a tuple with an entry for each part. **Shapes**: output [B, sum of outputs], target [B, sum of
 * targets]. **Errors**: `ConfigError` for no parts and column numbers that are no whole numbers above 0; `ShapeError`
 * for another number of columns; an error of a part says which.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const likelihood = Likelihood.product([
 *   { likelihood: Likelihood.gaussian({ std: 1 }), outputs: 1, targets: 1 }, // a size
 *   { likelihood: Likelihood.categorical(), outputs: 3, targets: 1 } // and a kind
 * ])
 * const nll = likelihood.nll([{}, {}], Tensor.from([[0, 1, 1, 1]]), Tensor.from([[0, 2]]))
 * nll.toFixed(4) // => (0.5 * Math.log(2 * Math.PI) + Math.log(3)).toFixed(4)
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const product = <const Ps extends readonly [Part, ...ReadonlyArray<Part>]>(parts: Ps): Product<Ps> => {
  assertConfig(parts.length > 0, "product", "at least one likelihood", "none")
  for (const [i, part] of parts.entries()) {
    for (const what of ["outputs", "targets"] as const) {
      const fits = Number.isSafeInteger(part[what]) && part[what] > 0
      assertConfig(fits, `${what} of part ${i} of a product`, "a whole number above 0", part[what])
    }
  }
  const outputs = parts.map((part) => part.outputs)
  const targets = parts.map((part) => part.targets)
  const likelihoods: ReadonlyArray<Likelihood<unknown>> = parts.map((part) => part.likelihood)
  const tuple: Likelihood<Tuple> = {
    spec: { kind: "product", parts: parts.map((part) => ({ ...part, likelihood: part.likelihood.spec })) },
    shapes: likelihoods.map((part) => part.shapes) as never,
    init: (key) => likelihoods.map((part, i) => part.init(Key.fold(key, i))),
    assertTargets: (_, target, weights) => {
      const ys = cut("target", target, targets)
      for (const [i, part] of likelihoods.entries()) {
        inPart(i, () => part.assertTargets?.([outputs[i]!], ys[i]!, weights))
      }
    },
    nll: (params, output, target, weights) => {
      const os = cut("output", output, outputs)
      const ys = cut("target", target, targets)
      return likelihoods.reduce(
        (sum, part, i) => sum + inPart(i, () => part.nll(params[i], os[i]!, ys[i]!, weights)),
        0
      )
    },
    nllGrad: (params, output, target, weights) => {
      const os = cut("output", output, outputs)
      const ys = cut("target", target, targets)
      const grads = likelihoods.map((part, i) => inPart(i, () => part.nllGrad(params[i], os[i]!, ys[i]!, weights)))
      const [first, ...rest] = grads.map((grad) => grad.dOutput)
      return { dParams: grads.map((grad) => grad.dParams), dOutput: Tensor.concat([first!, ...rest], 1) }
    }
  }
  if (!likelihoods.every((part): part is Continuous<unknown> => "conditional" in part)) return tuple as never
  const continuous: Continuous<Tuple> = {
    ...tuple,
    conditional: (params, output) => {
      const os = cut("output", output, outputs)
      return joint(
        likelihoods.map((part, i) => part.conditional(params[i], os[i]!)),
        targets
      )
    }
  }
  return continuous as never
}

/** @category registry @since 0.2.0 */
export const productDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "product",
  Schema.Struct({
    parts: Schema.NonEmptyArray(Schema.Struct({ likelihood: SpecSchema, outputs: Schema.Int, targets: Schema.Int }))
  }),
  ({ parts: [first, ...rest] }, registry: ReadonlyArray<LikelihoodDefinition>) => {
    const part = (spec: typeof first): Part => ({
      ...spec,
      likelihood: rebuild("likelihood", registry, spec.likelihood, registry)
    })
    return product([part(first), ...rest.map(part)])
  }
)
