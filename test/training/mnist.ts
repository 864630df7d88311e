// Handwritten digits from the IDX files beside the checkout, and the two networks that are compared on them.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
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
  Tensor,
  Training
} from "effect-bayes"

const folder = join(process.cwd(), "../shared/data/mnist")
export const absent = !existsSync(folder)

/** The first numbers of an IDX file of bytes: a magic number that ends in its count of axes, the axes, the bytes. */
const readIdx = (file: string, axes: number): { readonly shape: ReadonlyArray<number>; readonly bytes: Uint8Array } => {
  const all = gunzipSync(readFileSync(join(folder, file)))
  if (all.readUInt32BE(0) !== 0x0800 + axes) throw new Error(`${file} is no IDX file of bytes with ${axes} axes`)
  const shape = Array.from({ length: axes }, (_, i) => all.readUInt32BE(4 + 4 * i))
  return { shape, bytes: all.subarray(4 + 4 * axes) }
}

/** The first images of a set, [count, 784], with bytes for pixels. */
export const digits = (set: "train" | "t10k", count: number): Dataset.Dataset => {
  const images = readIdx(`${set}-images-idx3-ubyte.gz`, 3)
  const labels = readIdx(`${set}-labels-idx1-ubyte.gz`, 1)
  const size = images.shape[1]! * images.shape[2]!
  const pixels = Float64Array.from(images.bytes.subarray(0, count * size))
  return Dataset.make({
    x: Tensor.from(pixels, { shape: [count, size] }),
    y: Tensor.from(Float64Array.from(labels.bytes.subarray(0, count)), { shape: [count, 1] })
  })
}

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
    const [train, test] = [digits("train", images), digits("t10k", 1000)]
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
