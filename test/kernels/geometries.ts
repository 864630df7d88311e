// Geometries of convolutions for property tests: small, of every kind, and each image at least as large as its kernel.
import type { Convolution } from "effect-bayes/kernels"
import fc from "fast-check"

/** One axis: its image is as long as its kernel covers, less the padding, and longer. */
export const axis = fc
  .record({
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    padding: fc.integer({ min: 0, max: 4 }),
    dilation: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 0, max: 5 })
  })
  .map((given) => ({
    ...given,
    size: Math.max(1, given.dilation * (given.kernel - 1) + 1 - 2 * given.padding) + given.more
  }))

export type Axis = typeof axis extends fc.Arbitrary<infer A> ? A : never

export const geometryOf = ({ y, x, groups }: { y: Axis; x: Axis; groups: number }): Convolution => ({
  kernel: [y.kernel, x.kernel],
  stride: [y.stride, x.stride],
  padding: [y.padding, x.padding],
  dilation: [y.dilation, x.dilation],
  groups
})
