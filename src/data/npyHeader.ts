/**
 * The header of an NPY file: a Python dictionary literal of three entries, read by a parser that knows no more than that.
 *
 * @since 0.3.0
 */
import { DataError } from "../core/errors.ts"
import type { Shape } from "../core/Shape.ts"

export interface NpyHeader {
  /** The dtype in NumPy's notation; undefined for a structured one. */
  readonly descr: string | undefined
  readonly fortranOrder: boolean
  readonly shape: Shape
}

const BLANK = /\s*/y
const NAME = /(?:'(\w*)'|"(\w*)")\s*:\s*/y
const TEXT = /'([^'\\]*)'|"([^"\\]*)"/y
const BOOLEAN = /(True|False)/y
const LENGTH = /\s*(\d{1,16})L?\s*/y // Python 2 wrote an L behind long integers
const hint = "Only what numpy.save writes is read"

/** Reads the header's text. **Errors**: `DataError` for anything but descr, fortran_order and shape, each of them once. */
export const parseHeader = (source: string, text: string): NpyHeader => {
  let place = 0
  const fail = (what: string): DataError =>
    new DataError({ source, problem: `the NPY header has no ${what} at its character ${place + 1}`, hint })
  /** What a pattern captures at this place, which moves behind it; undefined if it is not there. */
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = place
    const found = pattern.exec(text)
    if (found === null) return undefined
    place = pattern.lastIndex
    return found[1] ?? found[2] ?? ""
  }
  const mark = (character: string): boolean => {
    const there = text[place] === character
    if (there) place++
    return there
  }
  const takeShape = (): Shape => {
    if (!mark("(")) throw fail("tuple")
    const shape: Array<number> = []
    while (!mark(")")) {
      const length = Number(take(LENGTH) ?? Number.NaN)
      if (!Number.isSafeInteger(length)) throw fail("length of an axis")
      shape.push(length)
      const comma = mark(",")
      if (!comma && (text[place] !== ")" || shape.length === 1)) throw fail("comma") // (3,) is a tuple, (3) is none
    }
    return shape
  }

  if (!mark("{")) throw fail("dictionary")
  const found: { descr?: string | undefined; fortranOrder?: boolean; shape?: Shape } = {}
  take(BLANK)
  for (let more = true; more && text[place] !== "}"; ) {
    const name = take(NAME)
    if (name === "descr" && !("descr" in found)) {
      if (text[place] === "[") return { descr: undefined, fortranOrder: false, shape: [] } // no more of it is of use
      found.descr = take(TEXT)
      if (found.descr === undefined) throw fail("dtype")
    } else if (name === "fortran_order" && found.fortranOrder === undefined) {
      const value = take(BOOLEAN)
      if (value === undefined) throw fail("True or False")
      found.fortranOrder = value === "True"
    } else if (name === "shape" && found.shape === undefined) found.shape = takeShape()
    else throw fail("new entry descr, fortran_order or shape")
    take(BLANK)
    more = mark(",")
    take(BLANK)
  }
  if (!mark("}")) throw fail("closing brace")
  take(BLANK)
  if (place !== text.length) throw fail("end")
  const { descr, fortranOrder, shape } = found
  if (descr !== undefined && fortranOrder !== undefined && shape !== undefined) return { descr, fortranOrder, shape }
  throw new DataError({ source, problem: "the NPY header lacks descr, fortran_order or shape", hint })
}
