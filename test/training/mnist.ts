// Handwritten digits from the IDX files beside the checkout, and the two networks that are compared on them.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import {
  BayesianLinear,
  bayesian,
  Conv2d,
  Dataset,
  flatten,
  type Layer,
  Likelihood,
  Model,
  meanField,
  Noise,
  Prediction,
  Prior,
  Reshape,
  relu,
  Standardizer,
  sequential,
  Table,
  Tensor,
  Training
} from "effect-bayes"

const folder = join(process.cwd(), "../shared/data/mnist")
export const absent = !existsSync(folder)

/** The first rows of a table of numbers. */
const firstRows = ({ columns }: Table.Table, rows: number): Tensor.Tensor => {
  const width = columns.length
  const numbers = Float64Array.from({ length: rows * width }, (_, i) =>
    columns[i % width]!.number(Math.floor(i / width))
  )
  return Tensor.from(numbers, { shape: [rows, width] })
}

/** The first images of a set, [count, 784], with bytes for pixels. */
export const digits = (set: "train" | "t10k", count: number) =>
  Effect.gen(function* () {
    const images = yield* Table.read(join(folder, `${set}-images-idx3-ubyte.gz`))
    const labels = yield* Table.read(join(folder, `${set}-labels-idx1-ubyte.gz`))
    return Dataset.make({ x: firstRows(images, count), y: firstRows(labels, count) })
  }).pipe(Effect.provide(NodeServices.layer))

const prior = Prior.normal({ std: 0.3 })
const likelihood = Likelihood.categorical()
const linear = BayesianLinear.make({ in: 784, out: 10, prior })
const convolutional = sequential(
  Reshape.make({ shape: [1, 28, 28] }),
  bayesian(Conv2d.make({ in: 1, out: 8, kernel: 5, stride: 2, padding: 2 }), meanField({ prior })),
  relu,
  bayesian(Conv2d.make({ in: 8, out: 16, kernel: 3, stride: 2, padding: 1 }), meanField({ prior })),
  relu,
  flatten,
  BayesianLinear.make({ in: 16 * 7 * 7, out: 10, prior })
)

/** Trains both on the first training images and tests them on the first 1,000 test images. */
export const compare = (images: number, epochs: number) =>
  Effect.gen(function* () {
    const [train, test] = [yield* digits("train", images), yield* digits("t10k", 1000)]
    const [inputs, targets] = [Standardizer.fitShared(train.x), Standardizer.identity(1)]
    const run = Effect.fnUntraced(function* <P, E>(network: Layer<P, E>) {
      const model = Model.make({ network, likelihood, inputs, targets })
      const { params } = yield* Training.fit(model, train, { epochs })
      return yield* Prediction.evaluateClassifier({ model, params }, test, { draws: 10 })
    })
    const found = { linear: yield* run(linear), convolutional: yield* run(convolutional) }
    for (const [name, { accuracy, meanLogLikelihood }] of Object.entries(found)) {
      const figures = `accuracy ${(100 * accuracy).toFixed(1)}%, log-likelihood ${meanLogLikelihood.toFixed(3)} nats`
      console.log(`MNIST, ${images} images, ${epochs} epochs, ${name}: ${figures}`)
    }
    return found
  }).pipe(Effect.provide(Noise.layer(1)))
