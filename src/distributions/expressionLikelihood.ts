/**
 * A likelihood from a formula: the log density of one target, as text.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ConfigError } from "../core/errors.ts"
import { rowWeights } from "../core/rowWeights.ts"
import * as Shape from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import * as Tensor from "../core/Tensor.ts"
import * as Tree from "../core/Tree.ts"
import { type Compiled, compile } from "./expression.ts"
import type { Likelihood, LikelihoodDefinition } from "./Likelihood.ts"

/** @category models @since 0.2.0 */
export interface ExpressionOptions<P extends string = never> {
  /** The log density in nats of one target, given the network's outputs for it. */
  readonly logProb: string
  /** What the formula calls the target. */
  readonly target: string
  /** What it calls the outputs. The network gives the first of them for every target, then the second, ... */
  readonly outputs: ReadonlyArray<string>
  readonly constants?: Readonly<Record<string, number>>
  /** Scalars that are learned with the network, by name, with the values they start at. */
  readonly parameters?: Readonly<Record<P, number>>
  /** Of the parameters, default float32. */
  readonly dtype?: Shape.DType
}

/** The learned scalars by name. @category models @since 0.2.0 */
export type ExpressionParameters<P extends string> = { readonly [K in P]: Tensor.Tensor }

/**
 * The likelihood whose log density of a target is a formula, in nats; its gradients are found symbolically.
 *
 * The formula may have what that of `Prior.fromExpression` may. **Shapes**: with K outputs, output [B, K T] and target
 * [B, T]: column k T + t is output k of target t. Each parameter is a scalar. **Errors**: `ConfigError` with the column
 * of whatever a formula may not have, for a declared name that it does not use, and for a row where the log density or a
 * derivative is not finite in the output's dtype; `ShapeError`.
 *
 * @example
 * ```ts
 * import { Likelihood, Tensor } from "effect-bayes"
 *
 * const likelihood = Likelihood.fromExpression({
 *   logProb: "-((y - mu) / exp(logStd))^2 / 2 - logStd - log(2 pi) / 2",
 *   target: "y",
 *   outputs: ["mu", "logStd"]
 * })
 * likelihood.nll({}, Tensor.from([[1, 0]]), Tensor.from([[1]])).toFixed(4) // => "0.9189"
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const fromExpression = <P extends string = never>(
  options: ExpressionOptions<P>
): Likelihood<ExpressionParameters<P>> => {
  type L = ExpressionParameters<P>
  const { logProb, target: y, dtype = "float32" } = options
  const outputs = [...options.outputs]
  const constants = { ...options.constants }
  const initial: Readonly<Record<string, number>> = { ...options.parameters }
  const names = Object.keys(initial)
  assertConfig(outputs.length > 0, "outputs of a likelihood", "at least one name", "none")
  for (const name of names)
    assertConfig(Number.isFinite(initial[name]), `${name} in likelihood`, "a finite number", initial[name])
  const variables = [y, ...outputs, ...names]
  const { value, derivative } = compile({
    what: "likelihood",
    text: logProb,
    variables,
    constants: new Map(Object.entries(constants))
  })
  const gradients = [...outputs, ...names].map(derivative)
  const K = outputs.length
  const spec = { shape: [], dtype }
  const shapes = Object.fromEntries(names.map((name) => [name, spec])) as unknown as Tree.Shapes<L>

  /** Calls `visit` with the variables of each target, its row's weight, and where its outputs stand. */
  const visitAll = (
    params: L,
    output: Tensor.Tensor,
    target: Tensor.Tensor,
    weights: Tensor.Tensor | undefined,
    visit: (f: (g: Compiled) => number, weight: number, columns: (k: number) => number) => void
  ): void => {
    Tree.assertShapes("likelihood, parameters", shapes, params)
    const [B, T] = [
      Shape.axis("likelihood, target", target.shape, 0),
      Shape.axis("likelihood, target", target.shape, 1)
    ]
    Shape.assertSame("likelihood, output", { shape: [B, K * T], dtype: output.dtype }, output)
    Shape.assertSame("likelihood, target", { shape: [B, T], dtype: output.dtype }, target)
    const weightOf = rowWeights(output, weights)
    const [outs, targets] = [Tensor.toFloat64Array(output), Tensor.toFloat64Array(target)]
    const at = new Float64Array(variables.length)
    for (const [j, name] of names.entries()) at[1 + K + j] = Tensor.item(params[name as P])
    for (let row = 0; row < B; row++) {
      const weight = weightOf(row)
      if (weight === 0) continue
      for (let t = 0; t < T; t++) {
        const column = (k: number): number => (row * K + k) * T + t
        at[0] = targets[row * T + t]!
        for (let k = 0; k < K; k++) at[1 + k] = outs[column(k)]!
        const finite = (f: Compiled): number => {
          const found = f(at)
          if (Number.isFinite(found)) return found
          throw new ConfigError({
            option: `likelihood "${logProb}"`,
            expected: "a finite log density with finite derivatives",
            actual: `${found} at ${variables.map((name, i) => `${name} = ${at[i]}`).join(", ")} (row ${row})`
          })
        }
        visit(finite, weight, column)
      }
    }
  }

  return {
    spec: { kind: "expression", logProb, target: y, outputs, constants, parameters: initial, dtype },
    shapes,
    init: () => Object.fromEntries(names.map((name) => [name, Tensor.scalar(initial[name]!, dtype)])) as L,
    nll: (params, output, target, weights) => {
      let sum = 0
      visitAll(params, output, target, weights, (f, weight) => {
        sum -= weight * f(value)
      })
      return sum
    },
    nllGrad: (params, output, target, weights) => {
      const dOutput = new Float64Array(Shape.size(output.shape))
      const dNames = new Float64Array(names.length)
      const rounded = gradients.map((g): Compiled => (output.dtype === "float32" ? (at) => Math.fround(g(at)) : g))
      visitAll(params, output, target, weights, (f, weight, column) => {
        for (const [k, gradient] of gradients.entries()) {
          if (k < K) dOutput[column(k)] = -weight * f(rounded[k]!)
          else dNames[k - K]! -= weight * f(gradient)
        }
      })
      return {
        dParams: Object.fromEntries(names.map((name, j) => [name, Tensor.scalar(dNames[j]!, dtype)])) as L,
        dOutput: Tensor.from(dOutput, { shape: output.shape, dtype: output.dtype })
      }
    }
  }
}

const Numbers = /*#__PURE__*/ Schema.Record(Schema.String, Schema.Finite)

/** @category registry @since 0.2.0 */
export const expressionDefinition: LikelihoodDefinition = /*#__PURE__*/ define(
  "expression",
  Schema.Struct({
    logProb: Schema.String,
    target: Schema.String,
    outputs: Schema.Array(Schema.String),
    constants: Numbers,
    parameters: Numbers,
    dtype: Schema.Literals(["float32", "float64"])
  }),
  (options) => fromExpression(options)
)
