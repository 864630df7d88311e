/** Sums of the columns of a matrix, each in float64 in the order of rows, rounded once. */
import { parallel } from "./jobs"

@unmanaged
class Columns {
  source: usize
  sums: usize
  rows: i32
  columns: i32
}

const args = memory.data(16, 16)

/** Columns in a block. */
const BLOCK: i32 = 64
/** Nanoseconds for one element. */
const COST: f64 = 0.15

/** The sums of 8 columns. */
@inline
function eight(source: usize, row: usize, rows: i32, to: usize): void {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
  for (let r = 0; r < rows; r++, source += row) {
    const low = v128.load(source)
    const high = v128.load(source, 16)
    s0 = f64x2.add(s0, f64x2.promote_low_f32x4(low))
    s1 = f64x2.add(s1, f64x2.promote_low_f32x4(v128.shuffle<f32>(low, low, 2, 3, 2, 3)))
    s2 = f64x2.add(s2, f64x2.promote_low_f32x4(high))
    s3 = f64x2.add(s3, f64x2.promote_low_f32x4(v128.shuffle<f32>(high, high, 2, 3, 2, 3)))
  }
  v128.store(to, v128.shuffle<f32>(f32x4.demote_f64x2_zero(s0), f32x4.demote_f64x2_zero(s1), 0, 1, 4, 5))
  v128.store(to, v128.shuffle<f32>(f32x4.demote_f64x2_zero(s2), f32x4.demote_f64x2_zero(s3), 0, 1, 4, 5), 16)
}

function columnsBlock(at: usize, block: i32): void {
  const p = changetype<Columns>(at)
  const row = <usize>p.columns << 2
  const first = block * BLOCK
  const end = min(first + BLOCK, p.columns)
  if (p.columns >= 8) {
    for (let j = first; j < end; j += 8) {
      const column = <usize>min(j, p.columns - 8) << 2
      eight(p.source + column, row, p.rows, p.sums + column)
    }
    return
  }
  for (let j = first; j < end; j++) {
    let from = p.source + (<usize>j << 2)
    let sum: f64 = 0
    for (let r = 0; r < p.rows; r++, from += row) sum += load<f32>(from)
    store<f32>(p.sums + (<usize>j << 2), <f32>sum)
  }
}

/** db, the sums of the columns of dy [rows][outputs]. */
export function affineBiasGrad(dy: usize, db: usize, rows: i32, outputs: i32): void {
  const p = changetype<Columns>(args)
  p.source = dy
  p.sums = db
  p.rows = rows
  p.columns = outputs
  parallel(columnsBlock.index, args, (outputs + BLOCK - 1) / BLOCK, COST * <f64>rows * <f64>outputs)
}
