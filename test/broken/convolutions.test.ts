// Deliberately broken convolutions, poolings and dropouts: each test names the laws that catch it.
import { Conv2d, Dropout, type Empty, type Layer, MaxPool2d, Tensor } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { laws, type Moments } from "effect-bayes/testing"
import { describe, expect, it } from "vitest"
import { brokenBy, GRADIENT } from "./brokenBy.ts"

const MOMENTS = "moments over the noise are exact ones within 5 standard errors"
const MEAN = "zero noise gives the layer at its mean"

/** Height and width exchanged. */
const transposed = (t: Tensor.Tensor): Tensor.Tensor => {
  const [rows, channels, height, width] = t.shape as [number, number, number, number]
  const values = Tensor.toFloat64Array(t)
  const out = values.map((_, i) => {
    const [image, y, x] = [Math.floor(i / (height * width)), Math.floor(i / height) % width, i % height]
    return values[(image * height + x) * width + y]!
  })
  return Tensor.from(out, { dtype: t.dtype, shape: [rows, channels, width, height] })
}

describe("broken convolutions", () => {
  const options = { in: 2, out: 1, kernel: [3, 2], stride: [1, 2], dtype: "float64" } as const
  const right = Conv2d.make(options)
  const geometry = { kernel: [3, 2], stride: [1, 2], padding: [0, 0], dilation: [1, 1], groups: 1 } as const
  const k = kernels("float64")
  const caught = (layer: typeof right, inShape = [2, 4, 5]) => brokenBy(laws.layer(layer, { inShape, registry: false }))

  it("none: the right one breaks no law", () => {
    expect(caught(right)).toEqual([])
  })

  // bayesian-torch#20; on square kernels, strides and images it would pass for a convolution.
  it("a kernel that is transposed before it is used", () => {
    const [other, inShape] = [Conv2d.make({ ...options, kernel: [2, 3] }), [2, 4, 5]]
    const turned = (p: Conv2d.Params): Conv2d.Params => ({ ...p, weight: transposed(p.weight) })
    const layer: typeof right = {
      ...right,
      forward: (p, x, eps) => other.forward(turned(p), x, eps),
      vjp: (p, x, eps) => {
        const { y, pullback } = other.vjp(turned(p), x, eps)
        return {
          y,
          pullback: (dy, want) => {
            const { dParams, ...rest } = pullback(dy, want)
            return { dParams: turned(dParams), ...rest }
          }
        }
      }
    }
    expect(other.outShape(inShape)).not.toEqual(right.outShape(inShape))
    expect(caught(layer, inShape)).toContain("shapes and dtypes are as declared")
  })

  const withPullback = (change: (p: Conv2d.Params, x: Tensor.Tensor, dy: Tensor.Tensor) => object): typeof right => ({
    ...right,
    vjp: (p, x, eps) => {
      const { y, pullback } = right.vjp(p, x, eps)
      return { y, pullback: (dy, want) => ({ ...pullback(dy, want), ...(want?.dx === false ? {} : change(p, x, dy)) }) }
    }
  })

  it("a gradient by the input through the flipped kernel", () => {
    const flip = (t: Tensor.Tensor) => Tensor.from(Tensor.toFloat64Array(t).reverse(), t)
    const layer = withPullback((p, x, dy) => ({ dx: k.conv2dInputGrad(dy, flip(p.weight), x.shape, geometry) }))
    expect(caught(layer)).toEqual([GRADIENT])
  })

  it("a gradient by the input of its first row in every row: batches alone show it", () => {
    const layer = withPullback((p, x, dy) => {
      const dx = k.conv2dInputGrad(dy, p.weight, x.shape, geometry)
      return {
        dx: Tensor.takeRows(
          dx,
          Array.from({ length: x.shape[0]! }, () => 0)
        )
      }
    })
    expect(caught(layer)).toEqual([GRADIENT])
  })

  it("an output that takes its neighbour's row for padding", () => {
    const layer: typeof right = {
      ...right,
      forward: (p, x, eps) => {
        const shifted = Tensor.from(Tensor.toFloat64Array(x).copyWithin(0, 1), x)
        return right.forward(p, shifted, eps)
      }
    }
    expect(caught(layer, [2, 4, 4])).toContain("a batch is its rows, stacked")
  })
})

describe("a broken pooling", () => {
  it("with the gradient at the first element, not the largest", () => {
    const right = MaxPool2d.make({ kernel: 2 })
    const layer: typeof right = {
      ...right,
      vjp: (p, x, eps) => ({
        y: right.forward(p, x, eps),
        pullback: (dy, want) => right.vjp(p, Tensor.zeros(x), eps).pullback(dy, want)
      })
    }
    expect(brokenBy(laws.layer(layer, { inShape: [1, 4, 4], registry: false }))).toEqual([GRADIENT])
  })
})

describe("broken dropouts", () => {
  const right = Dropout.make({ rate: 0.25, dtype: "float64" })
  const k = kernels("float64")
  const moments = (_: Empty, x: Tensor.Tensor): Moments => {
    const mean = Tensor.toFloat64Array(x)
    return { mean, variance: mean.map((v) => (v * v) / 3) }
  }
  /** A dropout that changes its noise before it uses it. */
  const caught = (change: (eps: Tensor.Tensor) => Tensor.Tensor) => {
    const changed = ({ eps }: Dropout.Noise) => ({ eps: change(eps) })
    const layer: Layer<Empty, Dropout.Noise> = {
      ...right,
      forward: (p, x, eps) => right.forward(p, x, changed(eps)),
      vjp: (p, x, eps) => right.vjp(p, x, changed(eps))
    }
    return brokenBy(laws.layer(layer, { inShape: [12], registry: false, moments }))
  }

  it("none: the right one breaks no law", () => {
    expect(caught((eps) => eps)).toEqual([])
  })

  it("one that does not make up for what it drops", () => {
    expect(
      caught((eps) =>
        Tensor.from(
          Tensor.toFloat64Array(eps).map((e) => Math.min(e, 0)),
          eps
        )
      )
    ).toEqual([MOMENTS])
  })

  it("one whose noise is not centred: without any, nothing is left", () => {
    expect(caught((eps) => k.axpy(-1, Tensor.full(eps, 1), eps))).toEqual([MOMENTS, MEAN])
  })

  it("one that drops three times as often", () => {
    expect(caught((eps) => k.scale(3, eps))).toEqual([MOMENTS])
  })
})
