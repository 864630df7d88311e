// What is made of an image does not depend on those beside it, where they are so many that they come in waves.
import { Key, Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import { expect, it } from "vitest"

const normal = (seed: number, ...shape: ReadonlyArray<number>) =>
  reference.standardNormal(Key.make(seed), { shape, dtype: "float32" })

const window = { kernel: [5, 5], stride: [1, 1], padding: [2, 2], dilation: [1, 1] } as const
const geometry = { ...window, groups: 1 }

/** A wave is 32 blocks of about 100 microseconds each: with 25 taps at 400 places, 29 images. */
const IMAGES = 2000
const PART = 200
const images = (seed: number) => normal(seed, IMAGES, 1, 20, 20)
const [x, dy, weight] = [images(1), images(2), normal(3, 1, 1, 5, 5)]

type Kernel = (x: Tensor.Tensor, dy: Tensor.Tensor) => Tensor.Tensor

const kernels: Readonly<Record<string, Kernel>> = {
  conv2d: (x) => simd.conv2d(x, weight, undefined, geometry),
  conv2dInputGrad: (x, dy) => simd.conv2dInputGrad(dy, weight, x.shape, geometry),
  maxPool: (x) => simd.pool2d("max", x, window),
  averagePool: (x) => simd.pool2d("average", x, window),
  maxPoolVjp: (x, dy) => simd.pool2dVjp("max", x, dy, window),
  averagePoolVjp: (x, dy) => simd.pool2dVjp("average", x, dy, window)
}

it.each(Object.entries(kernels))("%s", (_, kernel) => {
  const all = kernel(x, dy)
  for (let first = 0; first < IMAGES; first += PART) {
    const part = (t: Tensor.Tensor) => Tensor.rows(t, first, first + PART)
    expect(Tensor.equals(part(all), kernel(part(x), part(dy)))).toBe(true)
  }
})

it("a weight's gradient is the sum over all images", () => {
  const grad = (x: Tensor.Tensor, dy: Tensor.Tensor) => Tensor.toFloat64Array(simd.conv2dWeightGrad(x, dy, geometry))
  const sums = new Float64Array(25)
  for (let first = 0; first < IMAGES; first += PART) {
    const part = (t: Tensor.Tensor) => Tensor.rows(t, first, first + PART)
    for (const [i, d] of grad(part(x), part(dy)).entries()) sums[i]! += d
  }
  // 800,000 additions to a sum of up to 1000 err by up to 3e-5 each, as a random walk by 0.016.
  for (const [i, d] of grad(x, dy).entries()) expect(Math.abs(d - sums[i]!)).toBeLessThan(0.05)
})
