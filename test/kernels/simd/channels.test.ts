// Scaled channels have the reference engine's bits: a product of two float32 is rounded once either way.
import { Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"
import { withPool } from "./pools.ts"
import { normal, openOn } from "./workspaces.ts"

const SHAPES: ReadonlyArray<readonly [number, number, ...ReadonlyArray<number>]> = [
  [0, 3],
  [5, 0],
  [7, 13],
  [3, 4, 0],
  [3, 1, 5],
  [2, 5, 1],
  [4, 3, 17, 19],
  [2, 16, 4, 4],
  [3, 40, 33],
  [300, 2, 200],
  [1, 3, 20_000],
  [2, 20_000, 3]
]

const scaled = (k: typeof simd) =>
  SHAPES.flatMap((shape, i) => {
    const size = shape.reduce((product, length) => product * length)
    const x = Tensor.reshape(normal(i, size), shape)
    return (["first", "last"] as const).map((axis) => {
      const by = [shape[0], axis === "first" ? shape[1] : shape.at(-1)!]
      const factors = Tensor.reshape(normal(100 + i, by[0]! * by[1]!), by)
      const y = k.scaleChannels(x, factors, axis)
      return { shape: y.shape, bytes: Buffer.from(Tensor.toBytes(y)).toString("base64") }
    })
  })

describe("scaleChannels", () => {
  it("is the reference engine's, for channels first and last, on 1 to 3 threads", async () => {
    const expected = scaled(reference)
    expect(scaled(simd)).toEqual(expected)
    for (const threads of [1, 2, 3]) {
      await withPool({ threads }, (_, { instance }) => {
        const { memory } = openOn(instance)
        expect(memory.frame(() => scaled(simd))).toEqual(expected)
      })
    }
  })

  it("refuses factors of another shape", () => {
    const x = Tensor.reshape(normal(1, 24), [2, 3, 4])
    for (const axis of ["first", "last"] as const) {
      expect(() => simd.scaleChannels(x, Tensor.reshape(normal(2, 4), [2, 2]), axis)).toThrow(
        /scaled channels, factors/
      )
    }
  })
})
