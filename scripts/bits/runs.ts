/**
 * The training runs whose bits are compared, as plain data: what each is, by its name.
 */

const OPTIMIZERS = ["sgd", "adam", "adamw", "rmsprop"] as const
const ESTIMATORS = ["reparameterization", "localReparameterization", "flipout"] as const

/** Rows [rows, inputs], and how many steps of how many rows they are trained on for; the last batch of an epoch is smaller. */
export interface Task {
  readonly kind: "regression" | "classification" | "images"
  readonly inputs: number
  /** Units of the hidden layers, or channels of the convolutions. */
  readonly hidden: ReadonlyArray<number>
  readonly rows: number
  readonly batchSize: number
  readonly epochs: number
}

export interface Run {
  readonly name: string
  readonly task: Task
  readonly optimizer: (typeof OPTIMIZERS)[number]
  readonly estimator: (typeof ESTIMATORS)[number]
  readonly prior: "normal" | "scale-mixture"
  /** What is compared at its end; the loss is that of its last step. */
  readonly of: "parameters" | "loss" | "predictions"
}

const digits = { kind: "classification", inputs: 784, hidden: [400, 400], rows: 600, batchSize: 128 } as const

/** 50 steps of each. */
const tasks = {
  uci: { kind: "regression", inputs: 13, hidden: [50], rows: 310, batchSize: 32, epochs: 5 },
  mnist400: { ...digits, epochs: 10 },
  images: { ...digits, kind: "images", hidden: [8, 16], epochs: 10 }
} as const satisfies Readonly<Record<string, Task>>

/** 6 steps of each, which take a second in all; one has more weights than a block of a sum (4,096). */
const quickTasks = {
  regression: { kind: "regression", inputs: 5, hidden: [33, 20], rows: 50, batchSize: 20, epochs: 2 },
  classification: { kind: "classification", inputs: 121, hidden: [50], rows: 50, batchSize: 20, epochs: 2 },
  images: { kind: "images", inputs: 49, hidden: [3, 4], rows: 50, batchSize: 20, epochs: 2 }
} as const satisfies Readonly<Record<string, Task>>

const PLAIN = { optimizer: "adam", estimator: "reparameterization", prior: "normal", of: "parameters" } as const

/** A plain run but for what is said, which its name says too. */
const named = ([name, task]: readonly [string, Task], other: Partial<Omit<Run, "name" | "task">>): Run => {
  const run = { ...PLAIN, ...other }
  const parts = [name, run.optimizer, run.estimator]
  if (run.prior !== PLAIN.prior) parts.push(run.prior)
  if (run.of !== PLAIN.of) parts.push(run.of)
  return { name: parts.join(", "), task, ...run }
}

/** Every optimizer with every estimator, a prior whose divergence is sampled, and what is said of rows and of losses. */
const flat = (about: readonly [string, Task]): ReadonlyArray<Run> => [
  ...OPTIMIZERS.flatMap((optimizer) => ESTIMATORS.map((estimator) => named(about, { optimizer, estimator }))),
  named(about, { prior: "scale-mixture" }),
  named(about, { of: "loss" }),
  named(about, { of: "predictions" })
]

/** A convolutional network with every estimator. */
const convolutional = (about: readonly [string, Task]): ReadonlyArray<Run> =>
  ESTIMATORS.map((estimator) => named(about, { estimator }))

/** The runs of `npm run bits`. */
export const runs: ReadonlyArray<Run> = [
  ...flat(["uci", tasks.uci]),
  ...flat(["mnist400", tasks.mnist400]),
  ...convolutional(["convolutions", tasks.images])
]

/** The runs of `npm test`. */
export const quickRuns: ReadonlyArray<Run> = [
  ...flat(["small regression", quickTasks.regression]),
  ...flat(["small classification", quickTasks.classification]),
  ...convolutional(["small convolutions", quickTasks.images])
]

/** The steps of a run. */
export const stepsOf = ({ task: { rows, batchSize, epochs } }: Run): number => epochs * Math.ceil(rows / batchSize)
