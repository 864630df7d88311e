/**
 * Products that are too small or too thin for tiles: an outer product, products with a few vectors, and the plain loop.
 * Every element is the same sequential float32 sum as in a tile.
 */
import { parallel } from "./jobs"

/** c[r][j] = the sum over k of a[r aRow + k aK] b[j bColumn + k bK], from 0 or from bias[j]. */
export function plain(a: usize, aRow: usize, aK: usize, b: usize, bColumn: usize, bK: usize, m: i32, n: i32, k: i32, c: usize, cRow: usize, bias: usize): void {
  for (let r = 0; r < m; r++, a += aRow, c += cRow) {
    for (let j = 0; j < n; j++) {
      const column = b + <usize>j * bColumn
      let sum: f32 = bias ? load<f32>(bias + (<usize>j << 2)) : 0
      for (let i = 0; i < k; i++) sum += load<f32>(a + <usize>i * aK) * load<f32>(column + <usize>i * bK)
      store<f32>(c + (<usize>j << 2), sum)
    }
  }
}

@unmanaged
class Outer {
  a: usize
  b: usize
  bias: usize
  c: usize
  m: i32
  n: i32
  rowsInBlock: i32
}

const outerArgs = memory.data(64, 16)

/** Multiplications in a block: about 50 microseconds. */
const OUTER_BLOCK: i32 = 400000
const OUTER_COST: f64 = 0.12

function outerBlock(at: usize, block: i32): void {
  const p = changetype<Outer>(at)
  const first = block * p.rowsInBlock
  const rows = min(p.rowsInBlock, p.m - first)
  const n = p.n
  const row = <usize>n << 2
  const zero = f32x4.splat(0)
  const a = p.a + (<usize>first << 2)
  let j = 0
  for (; j + 16 <= n; j += 16) {
    const at = <usize>j << 2
    const b = p.b + at
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48)
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero
    if (p.bias) {
      const bias = p.bias + at
      s0 = v128.load(bias)
      s1 = v128.load(bias, 16)
      s2 = v128.load(bias, 32)
      s3 = v128.load(bias, 48)
    }
    let c = p.c + <usize>first * row + at
    for (let r = 0; r < rows; r++, c += row) {
      const s = v128.load32_splat(a + (<usize>r << 2))
      v128.store(c, f32x4.add(s0, f32x4.mul(s, b0)))
      v128.store(c, f32x4.add(s1, f32x4.mul(s, b1)), 16)
      v128.store(c, f32x4.add(s2, f32x4.mul(s, b2)), 32)
      v128.store(c, f32x4.add(s3, f32x4.mul(s, b3)), 48)
    }
  }
  for (; j < n; j += 4) {
    const at = <usize>min(j, n - 4) << 2
    const b = v128.load(p.b + at)
    const start = p.bias ? v128.load(p.bias + at) : zero
    let c = p.c + <usize>first * row + at
    for (let r = 0; r < rows; r++, c += row) {
      v128.store(c, f32x4.add(start, f32x4.mul(v128.load32_splat(a + (<usize>r << 2)), b)))
    }
  }
}

/** c[r][j] = (0 or bias[j]) + a[r] b[j], of m rows of n >= 4 columns. */
export function outer(a: usize, b: usize, bias: usize, c: usize, m: i32, n: i32): void {
  const p = changetype<Outer>(outerArgs)
  p.a = a
  p.b = b
  p.bias = bias
  p.c = c
  p.m = m
  p.n = n
  p.rowsInBlock = max(1, OUTER_BLOCK / n)
  parallel(outerBlock.index, outerArgs, (m + p.rowsInBlock - 1) / p.rowsInBlock, OUTER_COST * <f64>m * <f64>n)
}
