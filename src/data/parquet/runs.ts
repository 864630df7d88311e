/**
 * The two ways in which Parquet writes integers in few bits, walked through without keeping them: whether they hold as
 * many as they should, and no more.
 *
 * @since 0.3.0
 */
import type { Fail } from "./thrift.ts"

const varint = (bytes: Uint8Array, start: number, most: number, fail: Fail): readonly [value: number, end: number] => {
  let [value, unit] = [0, 1]
  for (let at = start; at < start + most; at++) {
    const byte = bytes[at]
    if (byte === undefined) break
    value += (byte & 127) * unit
    unit *= 128
    if (byte < 128) return [value, at + 1]
  }
  throw fail("a run of values in it is damaged")
}

/** Padding that writers may put behind the last packed value: whole groups of eight. */
const SLACK = 512

/**
 * Walks through runs of equal and of packed integers of some bits; how many of the first `count` are 1, if they are
 * of one bit.
 *
 * **Source**: Apache Parquet, Encodings, RLE / bit-packing hybrid.
 */
export const walkRuns = (
  bytes: Uint8Array,
  { bits, count }: { readonly bits: number; readonly count: number },
  fail: Fail
): number => {
  let [at, seen, ones] = [0, 0, 0]
  while (seen < count) {
    const [header, from] = varint(bytes, at, 5, fail)
    at = from
    if (header % 2 === 0) {
      const run = header / 2
      const end = at + Math.ceil(bits / 8)
      if (run > count - seen || end > bytes.length) throw fail("a run of values in it is longer than its page")
      if (bits === 1 && bytes[at] === 1) ones += run
      seen += run
      at = end
    } else {
      const packed = 8 * ((header - 1) / 2)
      const used = Math.min(packed, count - seen)
      if (packed > count - seen + SLACK || at + Math.ceil((used * bits) / 8) > bytes.length) {
        throw fail("a run of values in it is longer than its page")
      }
      if (bits === 1) for (let i = 0; i < used; i++) ones += (bytes[at + (i >> 3)]! >> (i & 7)) & 1
      seen += used
      at += (packed / 8) * bits
    }
  }
  return ones
}

/**
 * Walks through blocks of differences. **Source**: Apache Parquet, Encodings, delta encoding.
 */
export const walkDeltas = (bytes: Uint8Array, count: number, fail: Fail): void => {
  const [block, a] = varint(bytes, 0, 5, fail)
  const [miniblocks, b] = varint(bytes, a, 5, fail)
  const [total, c] = varint(bytes, b, 5, fail)
  const per = block / miniblocks
  if (!(Number.isInteger(per) && per % 8 === 0 && per > 0 && miniblocks <= bytes.length && total === count)) {
    throw fail("a block of differences in it is damaged")
  }
  let [, at] = varint(bytes, c, 10, fail)
  for (let seen = 1; seen < count; ) {
    at = varint(bytes, at, 10, fail)[1] + miniblocks
    const widths = at - miniblocks
    for (let i = 0; i < miniblocks && seen < count; i++) {
      const bits = bytes[widths + i] ?? 255
      if (bits > 64) throw fail("a block of differences in it is damaged")
      seen += per
      at += (per * bits) / 8
    }
    if (seen < count && at > bytes.length) throw fail("a block of differences in it is damaged")
  }
}
