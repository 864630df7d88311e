// Damage done to valid CSV files, and what the reader has to make of them.
import { Cause, Effect, Exit } from "effect"
import { DataError, type Dataset, Tensor } from "effect-bayes"
import fc from "fast-check"
import { expect } from "vitest"
import { readContent } from "./memory.ts"

const VALID = [
  "a,b,y\n1,2,3\n4.5,-6e2,7\n\n8,9,10\n",
  '\uFEFF"a","b,c",y\r\n"1",2,3\r\n4,"5\n",6\r\n',
  "größe,y\n0.1,1e-3\n-2,+3\n"
].map((text) => new TextEncoder().encode(text))

/** Bytes that mean something to a CSV reader or to a number. */
const telling = fc.constantFrom(...new TextEncoder().encode('",\n\r +-.eEx0917yNI'))

type Damage = (bytes: ReadonlyArray<number>) => ReadonlyArray<number>

const at = (bytes: ReadonlyArray<number>, share: number) => Math.floor(share * (bytes.length + 1))
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(share, fc.integer({ min: 0, max: 7 })).map(
    ([place, bit]): Damage =>
      (bytes) =>
        bytes.map((byte, i) => (i === at(bytes, place) ? byte ^ (1 << bit) : byte))
  ),
  share.map(
    (place): Damage =>
      (bytes) =>
        bytes.slice(0, at(bytes, place))
  ),
  fc.tuple(share, fc.array(fc.oneof(telling, fc.integer({ min: 0, max: 255 })), { maxLength: 6 })).map(
    ([place, inserted]): Damage =>
      (bytes) =>
        bytes.toSpliced(at(bytes, place), 0, ...inserted)
  ),
  fc.tuple(share, telling).map(
    ([place, byte]): Damage =>
      (bytes) =>
        bytes.toSpliced(at(bytes, place), 1, byte)
  ),
  fc.tuple(share, share, share).map(
    ([from, to, place]): Damage =>
      (bytes) =>
        bytes.toSpliced(
          at(bytes, place),
          0,
          ...bytes.slice(at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to)))
        )
  )
)

const damaged = fc
  .tuple(fc.constantFrom(...VALID), fc.array(damage, { maxLength: 4 }))
  .map(([bytes, steps]) => Uint8Array.from(steps.reduce<ReadonlyArray<number>>((b, step) => step(b), [...bytes])))

const assertSound = ({ x, y, features, targets }: Dataset.Dataset) => {
  const values = [...Tensor.toFloat64Array(x), ...Tensor.toFloat64Array(y)]
  expect(values.filter((v) => !Number.isFinite(v))).toEqual([])
  const rows = x.shape[0]!
  expect(rows).toBeGreaterThan(0)
  expect([x.shape, y.shape]).toEqual([
    [rows, features.length],
    [rows, 1]
  ])
  expect(targets).toEqual(["y"])
  expect(features.some((name) => name === "y" || name.trim() === "")).toBe(false)
}

/** Reads every damaged file whole and in small chunks: both succeed, with the same numbers, or both fail. */
export const checkMutations = async (numRuns: number, seed?: number) => {
  const outcomes = { dataset: 0, error: 0 }
  await fc.assert(
    fc.asyncProperty(damaged, fc.integer({ min: 1, max: 9 }), async (bytes, chunkSize) => {
      const [whole, cut] = [
        await Effect.runPromiseExit(readContent(bytes, "y")),
        await Effect.runPromiseExit(readContent(bytes, "y", chunkSize))
      ]
      expect(Exit.isSuccess(cut)).toBe(Exit.isSuccess(whole))
      if (Exit.isSuccess(whole) && Exit.isSuccess(cut)) {
        outcomes.dataset++
        assertSound(whole.value)
        expect(cut.value.features).toEqual(whole.value.features)
        expect(Tensor.equals(cut.value.x, whole.value.x) && Tensor.equals(cut.value.y, whole.value.y)).toBe(true)
      }
      for (const exit of [whole, cut]) {
        if (Exit.isSuccess(exit)) continue
        outcomes.error++
        const [reason, ...others] = exit.cause.reasons
        expect(others).toEqual([])
        const error = reason !== undefined && Cause.isFailReason(reason) ? reason.error : Cause.squash(exit.cause)
        expect(error).toBeInstanceOf(DataError)
        expect((error as DataError).message).toMatch(/^t\.csv[,:] ./)
      }
    }),
    { numRuns, ...(seed === undefined ? {} : { seed }) }
  )
  expect(outcomes.dataset).toBeGreaterThan(numRuns / 10)
  expect(outcomes.error).toBeGreaterThan(numRuns / 10)
}
