/**
 * What is timed: networks, batches and estimators as plain data, which both sides build theirs from.
 */

/** A Bayesian layer; a relu stands between any two. */
export type LayerOptions =
  | { readonly kind: "linear"; readonly in: number; readonly out: number }
  | {
      readonly kind: "convolution"
      readonly in: number
      readonly out: number
      readonly kernel: number
      readonly stride: number
    }

export interface Configuration {
  readonly name: string
  /** The shape of one row. */
  readonly shape: ReadonlyArray<number>
  readonly layers: ReadonlyArray<LayerOptions>
  /** Rows of a training step. */
  readonly batch: number
  readonly task: "regression" | "classification"
  readonly estimator: "reparameterization" | "localReparameterization" | "flipout"
  readonly prior: "normal" | "scale-mixture"
}

/** Rows of the training set that a batch is thought to be of. */
export const TRAINING_ROWS = 60_000

/** Rows of a prediction. */
export const PREDICTED_ROWS = 1000

export const LEARNING_RATE = 1e-3

/** Fully connected layers between widths. */
export const fullyConnected = (...widths: ReadonlyArray<number>): ReadonlyArray<LayerOptions> =>
  widths.slice(1).map((out, i) => ({ kind: "linear", in: widths[i]!, out }))

const plain = { estimator: "reparameterization", prior: "normal" } as const

const digits = {
  ...plain,
  shape: [784],
  layers: fullyConnected(784, 400, 400, 10),
  batch: 128,
  task: "classification"
} as const

export const configurations: ReadonlyArray<Configuration> = [
  { ...plain, name: "toy", shape: [1], layers: fullyConnected(1, 16, 16, 1), batch: 100, task: "regression" },
  { ...plain, name: "uci", shape: [13], layers: fullyConnected(13, 50, 1), batch: 32, task: "regression" },
  { ...digits, name: "mnist400" },
  { ...digits, name: "mnist1200", layers: fullyConnected(784, 1200, 1200, 10) },
  { ...digits, name: "local", estimator: "localReparameterization" },
  { ...digits, name: "flipout", estimator: "flipout" },
  { ...digits, name: "mixture", prior: "scale-mixture" },
  {
    ...digits,
    name: "convolution",
    shape: [1, 28, 28],
    layers: [
      { kind: "convolution", in: 1, out: 8, kernel: 5, stride: 2 },
      { kind: "convolution", in: 8, out: 16, kernel: 3, stride: 2 },
      { kind: "linear", in: 400, out: 10 }
    ]
  }
]

/** What a configuration is, in words. */
export const about = ({ shape, layers, batch, estimator, prior }: Configuration): string => {
  const layer = (options: LayerOptions): string =>
    options.kind === "linear"
      ? String(options.out)
      : `${options.out} ${options.kernel}x${options.kernel}/${options.stride}`
  const parts = [[shape.join("x"), ...layers.map(layer)].join(" - "), `batch ${batch}`]
  if (estimator !== "reparameterization") {
    parts.push(estimator === "flipout" ? "Flipout" : "local reparameterization")
  }
  if (prior === "scale-mixture") parts.push("scale mixture prior, sampled KL")
  return parts.join(", ")
}
