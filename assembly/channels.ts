/** Each row's channels times numbers of their own, where a channel of a row has more elements than one. */
import { parallel } from "./jobs"

/** A unit is what one number scales, or a row of places that are scaled alike. */
@unmanaged
class Scaling {
  x: usize
  by: usize
  out: usize
  units: i32
  /** Elements of a line: of a channel, or the channels of a place. */
  length: i32
  /** Lines of a unit that are scaled by the same numbers. */
  lines: i32
  unitsInBlock: i32
}

const args = memory.data(64, 16)

/** Elements of a block: about 4 microseconds. */
const BLOCK: i32 = 16384
/** Nanoseconds for one. */
const COST: f64 = 0.25

/** The channels lie one behind the other: a unit is a channel of a row, whose elements one number scales. */
function firstBlock(at: usize, block: i32): void {
  const s = changetype<Scaling>(at)
  const bytes = <usize>s.length << 2
  const vectors = bytes & ~15
  const end = min(s.units, (block + 1) * s.unitsInBlock)
  for (let unit = block * s.unitsInBlock; unit < end; unit++) {
    const factor = load<f32>(s.by + (<usize>unit << 2))
    const factors = f32x4.splat(factor)
    const x = s.x + <usize>unit * bytes
    const out = s.out + <usize>unit * bytes
    for (let i: usize = 0; i < vectors; i += 16) v128.store(out + i, f32x4.mul(v128.load(x + i), factors))
    for (let i = vectors; i < bytes; i += 4) store<f32>(out + i, load<f32>(x + i) * factor)
  }
}

/** The channels lie side by side: a unit is a row, each of whose places is scaled by the same numbers. */
function lastBlock(at: usize, block: i32): void {
  const s = changetype<Scaling>(at)
  const bytes = <usize>s.length << 2
  const vectors = bytes & ~15
  const end = min(s.units, (block + 1) * s.unitsInBlock)
  for (let unit = block * s.unitsInBlock; unit < end; unit++) {
    const by = s.by + <usize>unit * bytes
    const from = <usize>unit * <usize>s.lines
    for (let line = from; line < from + <usize>s.lines; line++) {
      const x = s.x + line * bytes
      const out = s.out + line * bytes
      for (let i: usize = 0; i < vectors; i += 16) v128.store(out + i, f32x4.mul(v128.load(x + i), v128.load(by + i)))
      for (let i = vectors; i < bytes; i += 4) store<f32>(out + i, load<f32>(x + i) * load<f32>(by + i))
    }
  }
}

@inline
function run(f: i32, x: usize, by: usize, out: usize, units: i32, lines: i32, length: i32): void {
  const s = changetype<Scaling>(args)
  const elements = lines * length
  s.x = x
  s.by = by
  s.out = out
  s.units = units
  s.length = length
  s.lines = lines
  s.unitsInBlock = max(1, BLOCK / max(1, elements))
  const blocks = (units + s.unitsInBlock - 1) / s.unitsInBlock
  parallel(f, args, blocks, COST * <f64>units * <f64>elements)
}

/** out = x by, with x [units][length] and by [units]. */
export function scaleFirst(x: usize, by: usize, out: usize, units: i32, length: i32): void {
  run(firstBlock.index, x, by, out, units, 1, length)
}

/** out = x by, with x [rows][places][channels] and by [rows][channels]. */
export function scaleLast(x: usize, by: usize, out: usize, rows: i32, places: i32, channels: i32): void {
  run(lastBlock.index, x, by, out, rows, places, channels)
}
