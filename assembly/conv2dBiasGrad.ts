/** db of a convolution: for each output eight float64 sums, of every eighth place of all rows, added and rounded once. */
import { parallel } from "./jobs"

@unmanaged
class BiasGrad {
  dy: usize
  db: usize
  rows: i32
  outputs: i32
  places: i32
}

const args = memory.data(32, 16)

/** Nanoseconds for one element. */
const COST: f64 = 0.15

/** One output. */
function biasBlock(at: usize, block: i32): void {
  const p = changetype<BiasGrad>(at)
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0
  let rest: f64 = 0
  for (let row = 0; row < p.rows; row++) {
    let from = p.dy + (<usize>(row * p.outputs + block) * <usize>p.places << 2)
    let left = p.places
    for (; left >= 8; left -= 8, from += 32) {
      const low = v128.load(from)
      const high = v128.load(from, 16)
      s0 = f64x2.add(s0, f64x2.promote_low_f32x4(low))
      s1 = f64x2.add(s1, f64x2.promote_low_f32x4(v128.shuffle<f32>(low, low, 2, 3, 2, 3)))
      s2 = f64x2.add(s2, f64x2.promote_low_f32x4(high))
      s3 = f64x2.add(s3, f64x2.promote_low_f32x4(v128.shuffle<f32>(high, high, 2, 3, 2, 3)))
    }
    for (; left > 0; left--, from += 4) rest += load<f32>(from)
  }
  const sum = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3))
  store<f32>(p.db + (<usize>block << 2), <f32>(f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1) + rest))
}

/** db [outputs] of dy [rows][outputs][places]. */
export function conv2dBiasGrad(dy: usize, db: usize, rows: i32, outputs: i32, places: i32): void {
  const p = changetype<BiasGrad>(args)
  p.dy = dy
  p.db = db
  p.rows = rows
  p.outputs = outputs
  p.places = places
  parallel(biasBlock.index, args, outputs, COST * <f64>rows * <f64>outputs * <f64>places)
}
