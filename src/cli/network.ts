/** The flags of the network, its prior and its likelihood, and the model that they ask for. */
import { Option } from "effect"
import { Flag } from "effect/cli"
import { type ActivationName, activations, ConfigError, type Model, Prior } from "../index.ts"
import { defaulted } from "./flags.ts"

const ACTIVATIONS = Object.keys(activations) as ReadonlyArray<ActivationName>
const PRIORS = ["normal", "laplace", "student-t", "scale-mixture"] as const
const ESTIMATORS = ["reparameterization", "local-reparameterization", "flipout"] as const
const LIKELIHOODS = ["gaussian", "heteroscedastic", "student-t", "categorical"] as const

export const flags = {
  hidden: defaulted(Flag.String("hidden"), 'units of each hidden layer, such as "50" or "50,50"', "50").pipe(
    Flag.withMetavar("UNITS")
  ),
  activation: defaulted(Flag.Literals("activation", ACTIVATIONS), "between the layers", "relu"),
  likelihood: Flag.Literals("likelihood", LIKELIHOODS).pipe(
    Flag.withDescription("of the targets (default gaussian for numbers, its std learned; categorical for classes)"),
    Flag.optional
  ),
  prior: defaulted(Flag.Literals("prior", PRIORS), "of every weight and bias", "normal"),
  priorStd: defaulted(
    Flag.Finite("prior-std"),
    "standard deviation of the prior; of its wide part for scale-mixture",
    1
  ),
  estimator: defaulted(Flag.Literals("estimator", ESTIMATORS), "how the gradient is estimated", "reparameterization")
}

/** The values of the flags above. */
export interface NetworkFlags {
  readonly hidden: string
  readonly activation: ActivationName
  readonly likelihood: Option.Option<(typeof LIKELIHOODS)[number]>
  readonly prior: (typeof PRIORS)[number]
  readonly priorStd: number
  readonly estimator: (typeof ESTIMATORS)[number]
}

const unitsOf = (text: string): ReadonlyArray<number> => {
  if (/^[1-9]\d*(,[1-9]\d*)*$/.test(text)) return text.split(",").map(Number)
  const expected = 'units of each layer, such as "50" or "50,50"'
  throw new ConfigError({ option: "--hidden", expected, actual: `"${text}"` })
}

/** Degrees of freedom of the Student-t prior: at 4 the std is the scale times the root of 2, like that of a Laplace. */
const TAILS = 4

/** The narrow part of a mixture, over the wide one: e^-6, one of those that Blundell et al. 2015 tried. */
const NARROW = 0.00248

/** Each prior has the standard deviation asked for, but for the mixture, whose wide part has it. */
const priorOf = (kind: NetworkFlags["prior"], std: number): Prior.Prior => {
  if (!(Number.isFinite(std) && std > 0)) {
    throw new ConfigError({ option: "--prior-std", expected: "a finite number above 0", actual: String(std) })
  }
  if (kind === "laplace") return Prior.laplace({ scale: std / Math.SQRT2 })
  if (kind === "student-t") return Prior.studentT({ df: TAILS, scale: std / Math.SQRT2 })
  if (kind === "scale-mixture") return Prior.scaleMixture({ std1: std, std2: NARROW * std })
  return Prior.normal({ std })
}

/** What recipes of models take. **Errors**: `ConfigError` (thrown). */
export const networkOptions = (flags: NetworkFlags): Model.NetworkOptions => ({
  hidden: unitsOf(flags.hidden),
  activation: flags.activation,
  prior: priorOf(flags.prior, flags.priorStd),
  estimator: flags.estimator === "local-reparameterization" ? "localReparameterization" : flags.estimator
})

/** The likelihood of a task: `undefined` for that of classes. **Errors**: `ConfigError` (thrown) for one of the other. */
export const likelihoodOf = (
  { likelihood }: NetworkFlags,
  task: "regression" | "classification"
): Model.RegressionLikelihood | undefined => {
  const chosen = Option.getOrElse(likelihood, () => (task === "regression" ? "gaussian" : "categorical"))
  if (task === "classification" && chosen === "categorical") return undefined
  if (task === "regression" && chosen !== "categorical") return chosen === "student-t" ? "studentT" : chosen
  const [expected, other] =
    task === "classification"
      ? ["categorical, as the target is a class", "regression"]
      : ["one of numbers", "classification"]
  throw new ConfigError({ option: "--likelihood", expected, actual: chosen, hint: `Or say --task ${other}` })
}
