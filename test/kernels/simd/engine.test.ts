// Operations that are put off and fused give the bits of the operations one by one, whatever else happens in a step.

import { createHash } from "node:crypto"
import { Key, Tensor } from "effect-bayes"
import { simd } from "effect-bayes/kernels"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Engine } from "../../../src/kernels/simd/Engine.ts"
import { type Instance, instantiate } from "../../../src/kernels/simd/instance.ts"
import * as SimdWorkspace from "../../../src/kernels/simd/workspace.ts"
import { bytesOf, graphs, leavesOf, rootsOf, SIZES, tensorsOfGraph } from "./graphs.ts"
import { withPool } from "./pools.ts"

const onEngine = (instance: Instance) => SimdWorkspace.make(new Engine(instance, true), 1)

/** Standard normals, others under each number. */
const normal = (number: number, size: number) =>
  Tensor.from(Tensor.toFloat64Array(simd.standardNormal(Key.make(number), { shape: [size], dtype: "float32" })), {
    dtype: "float32"
  })

/** Every graph, kept in a workspace's step, is what it is when each operation runs alone, its steps going on from each other. */
const assertFused = (instance: Instance, numRuns: number): void => {
  const memory = onEngine(instance)
  fc.assert(
    fc.property(graphs, (graph) => {
      const leaves = leavesOf(graph)
      const expected = bytesOf(rootsOf(graph, tensorsOfGraph(graph, leaves)))
      const step = (from: ReadonlyArray<Tensor.Tensor>) => {
        const made = () => {
          const all = tensorsOfGraph(graph, from)
          return { leaves: from, roots: rootsOf(graph, all) }
        }
        return memory.step(made, (result) => [...result.leaves, ...result.roots]).result
      }
      let state = step(leaves)
      for (let again = 0; again < 3; again++) {
        expect(bytesOf(state.roots)).toEqual(expected)
        state = step(state.leaves)
      }
    }),
    { numRuns }
  )
}

describe("deferred operations", () => {
  it("are the operations one by one, in memory that is shared or not", () => {
    assertFused(instantiate(false), 150)
    assertFused(instantiate(true), 50)
  })

  it("are so on 2, 3 and 4 threads", async () => {
    for (const threads of [2, 3, 4]) await withPool({ threads }, (_, { instance }) => assertFused(instance, 60))
  })

  it("may need more buffers than a thread has, in chains and in trees", () => {
    const memory = onEngine(instantiate(false))
    for (const size of SIZES) {
      const [x, y] = [normal(1, size), normal(2, size)]
      // 60 results that all live to the end, then 59 sums
      const wide = (): Tensor.Tensor => {
        const parts = Array.from({ length: 60 }, (_, i) => simd.axpy(i / 8, x, y))
        return parts.reduce((sum, part) => simd.axpy(1, sum, simd.multiply(part, y)))
      }
      const expected = Tensor.toBytes(wide())
      expect(memory.frame(() => Tensor.toBytes(wide()))).toEqual(expected)
    }
  })

  it("may be a chain of any length, and shared by any number of others", () => {
    const memory = onEngine(instantiate(false))
    const [x, y] = [normal(3, 700), normal(4, 700)]
    const long = (): Tensor.Tensor => {
      let t = x
      for (let i = 0; i < 1000; i++) t = simd.axpy(0.5, t, y)
      return t
    }
    const doubled = (): Tensor.Tensor => {
      let t = x
      for (let i = 0; i < 60; i++) t = simd.axpy(-0.5, t, t) // as a tree, 2^60 operations
      return t
    }
    for (const f of [long, doubled]) {
      const expected = Tensor.toBytes(f())
      expect(memory.frame(() => Tensor.toBytes(f()))).toEqual(expected)
    }
  })

  it("may be more than one run has room for, in instructions and in groups", async () => {
    const sizes = Array.from({ length: 700 }, (_, i) => i % 40)
    const leaves = sizes.map((size, i) => normal(i, size))
    const roots = () =>
      leaves.map((x) => {
        let t = x
        for (let i = 0; i < 30; i++) t = simd.axpy(0.25, t, x)
        return t
      })
    const expected = bytesOf(roots()) // 700 groups, 21,000 instructions
    for (const threads of [1, 3]) {
      await withPool({ threads }, (_, { instance }) => {
        const { result, finite } = onEngine(instance).step(roots, (all) => all)
        expect(finite).toBe(true)
        expect(bytesOf(result)).toEqual(expected)
      })
    }
  })

  it("wait for what another group of the same run makes", async () => {
    const size = 30_000
    const [x, y] = [normal(5, size), normal(6, size)]
    // The first root is an operand of all others, each of which another one needs: eight runs in one call.
    const roots = () => {
      const all = [simd.axpy(2, x, y)]
      for (let i = 0; i < 8; i++) all.push(simd.multiply(simd.axpy(i, all[0]!, y), all[i]!))
      return all.reverse()
    }
    const forwards = () => roots().reverse()
    const digest = (tensors: ReadonlyArray<Tensor.Tensor>) =>
      bytesOf(tensors).map((b) => createHash("sha256").update(b).digest("hex"))
    const expected = digest(roots())
    for (const threads of [1, 2, 4]) {
      await withPool({ threads }, (_, { instance }) => {
        const memory = onEngine(instance)
        for (let repetition = 0; repetition < 20; repetition++) {
          const { result, finite } = memory.step(repetition % 2 === 0 ? roots : forwards, (all) => all)
          expect(finite).toBe(true)
          expect(digest(repetition % 2 === 0 ? result : result.toReversed())).toEqual(expected)
        }
      })
    }
  })

  it("wait for what a group has made before it waited itself", async () => {
    const [x, y] = [normal(7, 512), normal(8, 512)]
    // The second group makes `slow`, then waits for the first; the third needs `slow`, and must wait for the second.
    const roots = () => {
      const first = simd.scale(2, x)
      let slow = y
      for (let i = 0; i < 190; i++) slow = simd.elementwise({ kind: "tanh" }, slow) // long enough for another thread to wake
      return [first, simd.multiply(slow, first), simd.scale(3, slow), slow]
    }
    const expected = bytesOf(roots())
    await withPool({ threads: 4 }, (_, { instance }) => {
      const memory = onEngine(instance)
      for (let repetition = 0; repetition < 100; repetition++) {
        const { result, finite } = memory.step(roots, (all) => all)
        expect(finite).toBe(true)
        expect(bytesOf(result)).toEqual(expected)
      }
    })
  })
})
