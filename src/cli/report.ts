/** How good a model is on rows with known targets: asked of the library, and told in words or as JSON. */
import { Console } from "effect"
import { type Dataset, Prediction } from "../index.ts"
import { type Fitted, withTask } from "./fitted.ts"

type AnyModel = Fitted["model"]
type Evaluation = Prediction.Evaluation | Prediction.ClassEvaluation

/** Tests a model, whatever its task. */
export const evaluate = (fitted: Fitted, data: Dataset.Dataset, options: { readonly draws: number }) =>
  withTask(fitted, {
    numbers: (f) => Prediction.evaluate(f, data, options),
    classes: (f) => Prediction.evaluateClassifier(f, data, options)
  })

/** Likelihoods whose noise differs from row to row. */
const VARIED = ["heteroscedastic", "poisson"]

const figuresOf = (
  { likelihood }: AnyModel,
  result: Evaluation
): ReadonlyArray<readonly [what: string, figure: string]> =>
  "accuracy" in result
    ? [
        ["accuracy", `${(100 * result.accuracy).toFixed(1)}% of the classes`],
        ["mean log-likelihood", `${result.meanLogLikelihood.toFixed(4)} nats per row`]
      ]
    : [
        ["RMSE", `${result.rmse.map((v) => v.toPrecision(4)).join(", ")} (in the target's unit)`],
        ["mean log-likelihood", `${result.meanLogLikelihood.toFixed(4)} nats per row (in the target's unit)`],
        ["90% interval holds", `${(100 * result.coverage90).toFixed(1)}% of the targets`],
        [
          "noise, std",
          `${result.noiseStd.map((v) => v.toPrecision(4)).join(", ")}${VARIED.includes(likelihood.spec.kind) ? " (root mean square over the rows)" : ""}`
        ]
      ]

/** Prints an evaluation; `where` says of which rows. */
export const printEvaluation = (
  model: AnyModel,
  result: Evaluation,
  where: string,
  { json }: { readonly json: boolean }
) =>
  Console.log(
    json
      ? JSON.stringify({ event: "result", ...result })
      : [where, ...figuresOf(model, result).map(([what, figure]) => `  ${what.padEnd(19)}  ${figure}`)].join("\n")
  )
