/** A network in words, from the spec that a file has of it: its layers with their sizes, its priors and estimators. */
import type { Spec } from "../index.ts"

const isSpec = (u: unknown): u is Spec.Spec => typeof u === "object" && u !== null && "kind" in u

/** A kind with its numbers, such as "normal (std 1)". */
const withNumbers = ({ kind, ...fields }: Spec.Spec): string => {
  const numbers = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === "number" ? [`${name} ${value}`] : []
  )
  return numbers.length === 0 ? kind : `${kind} (${numbers.join(", ")})`
}

/** A layer by its kind, with the sizes that it leads from and to if it has them. */
const layerOf = (spec: Spec.Spec): string =>
  typeof spec.in === "number" && typeof spec.out === "number" ? `${spec.kind} ${spec.in} to ${spec.out}` : spec.kind

/** Every layer in the order of the network, those inside of others in their place. */
const flatten = (spec: Spec.Spec): ReadonlyArray<Spec.Spec> =>
  Array.isArray(spec.layers) ? spec.layers.filter(isSpec).flatMap(flatten) : [spec]

/** What a network is made of; priors and estimators each once. */
export const architecture = (network: Spec.Spec) => {
  const layers = flatten(network)
  const lifted = layers.filter(({ kind }) => kind === "bayesian")
  const priors = lifted.flatMap(({ posterior }) =>
    isSpec(posterior) && isSpec(posterior.prior) ? [posterior.prior] : []
  )
  const estimators = lifted.map(({ estimator }) => (typeof estimator === "string" ? estimator : "reparameterization"))
  return {
    layers: layers.map((layer) => layerOf(layer.kind === "bayesian" && isSpec(layer.layer) ? layer.layer : layer)),
    priors: [...new Set(priors.map(withNumbers))],
    estimators: [...new Set(estimators)]
  }
}
