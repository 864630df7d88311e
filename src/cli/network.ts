/** The flags of the network, its prior and its likelihood, and the model that they ask for. */
import { Option } from "effect"
import { Flag } from "effect/cli"
import { type ActivationName, activations, type Columns, ConfigError, type Dataset, Model, Prior } from "../index.ts"
import { defaulted } from "./flags.ts"

const ACTIVATIONS = Object.keys(activations) as ReadonlyArray<ActivationName>
const PRIORS = ["normal", "laplace", "student-t", "scale-mixture"] as const
const ESTIMATORS = ["reparameterization", "local-reparameterization", "flipout"] as const
const LIKELIHOODS = ["gaussian", "heteroscedastic", "student-t", "poisson", "categorical"] as const

export const flags = {
  hidden: defaulted(Flag.String("hidden"), 'units of each hidden layer, such as "50" or "50,50"', "50").pipe(
    Flag.withMetavar("UNITS")
  ),
  activation: defaulted(Flag.Literals("activation", ACTIVATIONS), "between the layers", "relu"),
  likelihood: Flag.Literals("likelihood", LIKELIHOODS).pipe(
    Flag.withDescription("of the targets (default gaussian, its std learned; categorical for classes)"),
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

/** The options that all recipes of models take. **Errors**: `ConfigError` (thrown). */
const networkOptions = (flags: NetworkFlags): Model.NetworkOptions => ({
  hidden: unitsOf(flags.hidden),
  activation: flags.activation,
  prior: priorOf(flags.prior, flags.priorStd),
  estimator: flags.estimator === "local-reparameterization" ? "localReparameterization" : flags.estimator
})

/** The model for a task, standardized on the rows to train on. **Errors**: thrown; `ConfigError` for another's likelihood. */
export const modelOf = (
  data: Dataset.Dataset,
  task: Columns.Task,
  flags: NetworkFlags
): Model.Model<unknown, unknown, unknown> => {
  const chosen = Option.getOrElse(flags.likelihood, () => (task === "regression" ? "gaussian" : "categorical"))
  if ((chosen === "categorical") !== (task === "classification")) {
    const numbers = LIKELIHOODS.filter((name) => name !== "categorical").join(", ")
    const [expected, other] =
      task === "classification"
        ? ["categorical, as the target is a class", "regression"]
        : [`one of ${numbers}, as the target is numbers`, "classification"]
    throw new ConfigError({ option: "--likelihood", expected, actual: chosen, hint: `Or say --task ${other}` })
  }
  const options = networkOptions(flags)
  if (chosen === "categorical") return Model.classification(data, options)
  if (chosen === "poisson") return Model.counts(data, options)
  return Model.regression(data, { ...options, likelihood: chosen === "student-t" ? "studentT" : chosen })
}
