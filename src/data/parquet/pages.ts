/**
 * The pages of a column in a Parquet file, checked before hyparquet decodes them: it takes every count and size in them
 * at its word, so that a damaged one could take all memory or never end.
 *
 * @since 0.3.0
 */
import { walkDeltas, walkRuns } from "./runs.ts"
import { countIn, type Fail, readStruct, type Struct, structIn } from "./thrift.ts"

/** What is known of a column's values in a group of rows before its pages are read. */
export interface Chunk {
  readonly bytes: Uint8Array
  readonly rows: number
  readonly optional: boolean
  readonly compressed: boolean
  /** Parquet's physical type, and the bytes of one value where that type leaves it open. */
  readonly type: string
  readonly typeLength: number
}

/** Bytes that pages may still unpack to. */
export interface Budget {
  left: number
}

/** Reads what a page of values or of a dictionary holds once it is unpacked. */
type Check = (page: Uint8Array) => void

const PLAIN = 0
const [PLAIN_DICTIONARY, RLE_DICTIONARY] = [2, 8]
const [RLE, DELTA, DELTA_LENGTH, PREFIXES, BYTE_STREAM_SPLIT] = [3, 5, 6, 7, 9]

const [DATA, DICTIONARY, DATA_V2] = [0, 2, 3]

/** The least bytes that so many values take where nothing is encoded. */
const plainBytes = ({ type, typeLength }: Chunk, count: number): number => {
  if (type === "BOOLEAN") return Math.ceil(count / 8)
  if (type === "FIXED_LEN_BYTE_ARRAY") return count * typeLength
  return count * (type === "DOUBLE" || type === "INT64" ? 8 : type === "INT96" ? 12 : 4)
}

const checkValues = (
  chunk: Chunk,
  { bytes, encoding, count, dictionary }: { bytes: Uint8Array; encoding: number; count: number; dictionary: number },
  fail: Fail
): void => {
  if (count === 0) return
  if (encoding === PLAIN || encoding === BYTE_STREAM_SPLIT) {
    if (plainBytes(chunk, count) > bytes.length) throw fail("a page in it has fewer values than it says")
  } else if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) {
    const bits = bytes[0] ?? 255
    if (bits > 32 || dictionary === 0) throw fail("a page in it points into no dictionary")
    if (bits > 0) walkRuns(bytes.subarray(1), { bits, count }, fail)
  } else if (encoding === RLE && chunk.type === "BOOLEAN") walkRuns(bytes.subarray(4), { bits: 1, count }, fail)
  else if (encoding === DELTA || encoding === DELTA_LENGTH) walkDeltas(bytes, count, fail)
  else throw fail(`its encoding ${encoding === PREFIXES ? "DELTA_BYTE_ARRAY" : encoding} is not read`)
}

const checkDictionary =
  (chunk: Chunk, count: number, fail: Fail): Check =>
  (bytes) =>
    checkValues(chunk, { bytes, encoding: PLAIN, count, dictionary: count }, fail)

/** A page of the first version: its levels, which say which values are missing, are packed with its values. */
const checkData = (chunk: Chunk, header: Struct, dictionary: number, fail: Fail): Check => {
  const count = countIn(header, 1) ?? 0
  const encoding = countIn(header, 2) ?? -1
  return (page) => {
    if (!chunk.optional) return checkValues(chunk, { bytes: page, encoding, count, dictionary }, fail)
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
    const length = page.length < 4 ? Number.POSITIVE_INFINITY : view.getUint32(0, true)
    if (length > page.length - 4) throw fail("the levels of a page in it go beyond it")
    const present = walkRuns(page.subarray(4, 4 + length), { bits: 1, count }, fail)
    checkValues(chunk, { bytes: page.subarray(4 + length), encoding, count: present, dictionary }, fail)
  }
}

/** A page of the second version: its levels stand before the packed values. */
const checkDataV2 = (chunk: Chunk, header: Struct, levels: Uint8Array, dictionary: number, fail: Fail): Check => {
  const [count, nulls, rows] = [countIn(header, 1) ?? 0, countIn(header, 2) ?? 0, countIn(header, 3)]
  const present = chunk.optional ? walkRuns(levels, { bits: 1, count }, fail) : count
  if (rows !== count || present !== count - nulls) throw fail("the levels of a page in it miscount its values")
  const encoding = countIn(header, 4) ?? -1
  return (page) => {
    // hyparquet reads runs of no bits only in pages of the first version without looking at them
    if ((encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) && page[0] === 0) {
      walkRuns(page.subarray(1), { bits: 0, count: present }, fail)
    }
    checkValues(chunk, { bytes: page, encoding, count: present, dictionary }, fail)
  }
}

/**
 * Walks through the pages of a chunk. What is not compressed is checked; for what is, the checks are handed out by the
 * byte of the chunk where the compressed values begin, to be made when they have been unpacked. `length` is that of the
 * pages together.
 *
 * **Errors**: those of `fail`, for pages that go beyond the chunk, have other numbers of rows than the group, or would
 * unpack to more than the budget.
 */
export const walkPages = (
  chunk: Chunk,
  budget: Budget,
  fail: Fail
): { readonly checks: ReadonlyMap<number, Check>; readonly length: number } => {
  const checks = new Map<number, Check>()
  let [at, rows, dictionary] = [0, 0, 0]
  while (rows < chunk.rows) {
    const { struct, end } = readStruct(chunk.bytes, at, fail)
    const [unpacked, packed] = [countIn(struct, 2), countIn(struct, 3)]
    if (unpacked === undefined || packed === undefined || packed > chunk.bytes.length - end) {
      throw fail("a page in it goes beyond its column")
    }
    budget.left -= unpacked
    if (budget.left < 0) throw fail("its pages would unpack to far more than the file")
    const type = countIn(struct, 1)
    const header = structIn(struct, type === DATA ? 5 : type === DATA_V2 ? 8 : 7)
    if ((type !== DATA && type !== DATA_V2 && type !== DICTIONARY) || header === undefined) {
      throw fail("a page in it is of no known kind")
    }
    const count = countIn(header, 1) ?? Number.POSITIVE_INFINITY
    if (type !== DICTIONARY && count > chunk.rows - rows) throw fail("a page in it has more values than there are rows")
    const page = chunk.bytes.subarray(end, end + packed)
    const [levels, unzipped] = type === DATA_V2 ? [countIn(header, 5) ?? 0, header.get(7) === false] : [0, false]
    if (type === DATA_V2 && (levels > Math.min(packed, unpacked) || countIn(header, 6) !== 0)) {
      throw fail("the levels of a page in it go beyond it")
    }
    if (type === DICTIONARY) dictionary = count
    else rows += count
    const check =
      type === DICTIONARY
        ? checkDictionary(chunk, count, fail)
        : type === DATA
          ? checkData(chunk, header, dictionary, fail)
          : checkDataV2(chunk, header, page.subarray(0, levels), dictionary, fail)
    if (chunk.compressed && !unzipped) checks.set(end + levels, check)
    else check(page.subarray(levels))
    at = end + packed
  }
  return { checks, length: at }
}
