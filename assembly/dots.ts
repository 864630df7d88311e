/**
 * The products of many rows with a few vectors, each a sequential float32 sum: 8 rows at a time, transposed on the way.
 *
 * Rows may pass through a relu as they are read: the last layer of a network for regression is a product with one vector,
 * and to write down what it reads would take longer than the product.
 */
import { parallel } from "./jobs"
import { relu } from "./relu"

@unmanaged
class Dots {
  rows: usize
  vectors: usize
  c: usize
  /** Bytes in c from one row's result to the next, and from one vector's to the next. */
  cRow: usize
  cVector: usize
  /** 0, or where the sums begin, with the steps from one row's to the next (0 or 4 bytes) and from one vector's. */
  bias: usize
  biasRow: usize
  biasVector: usize
  n: i32
  count: i32
  k: i32
  rowsInBlock: i32
}

const args = memory.data(64, 16)

/** Products of two numbers in a block: about 50 microseconds. */
const BLOCK: i32 = 400000
/** Nanoseconds for one. */
const COST: f64 = 0.12

/** Four elements of a row, or their relu. RELU is a constant where it is inlined. */
@inline
function read(RELU: bool, x: v128): v128 {
  return RELU ? relu(x) : x
}

/** sum + the products of four elements of four rows with those of a vector: multiplied as they lie, then turned. */
@inline
function quad(RELU: bool, sum: v128, source: usize, row: usize, vector: v128): v128 {
  const x0 = f32x4.mul(read(RELU, v128.load(source)), vector)
  const x1 = f32x4.mul(read(RELU, v128.load(source + row)), vector)
  const x2 = f32x4.mul(read(RELU, v128.load(source + 2 * row)), vector)
  const x3 = f32x4.mul(read(RELU, v128.load(source + 3 * row)), vector)
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5)
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5)
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7)
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7)
  sum = f32x4.add(sum, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
  sum = f32x4.add(sum, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
  sum = f32x4.add(sum, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
  return f32x4.add(sum, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
}

/** The same with one element of each. */
@inline
function single(RELU: bool, sum: v128, source: usize, row: usize, vector: usize): v128 {
  let x = v128.load32_zero(source)
  x = v128.load_lane<f32>(source + row, x, 1)
  x = v128.load_lane<f32>(source + 2 * row, x, 2)
  x = v128.load_lane<f32>(source + 3 * row, x, 3)
  return f32x4.add(sum, f32x4.mul(read(RELU, x), v128.load32_splat(vector)))
}

@inline
function put(sum: v128, c: usize, step: usize): void {
  if (step == 4) v128.store(c, sum)
  else {
    store<f32>(c, f32x4.extract_lane(sum, 0))
    store<f32>(c + step, f32x4.extract_lane(sum, 1))
    store<f32>(c + 2 * step, f32x4.extract_lane(sum, 2))
    store<f32>(c + 3 * step, f32x4.extract_lane(sum, 3))
  }
}

@inline
function someRows(RELU: bool, at: usize, block: i32): void {
  const p = changetype<Dots>(at)
  const row = <usize>p.k << 2
  const n = p.n
  const first = block * p.rowsInBlock
  const end = min(first + p.rowsInBlock, n)
  for (let r = first; r < end; r += 8) {
    const at = <usize>min(r, n - 8)
    for (let v = 0; v < p.count; v++) {
      let sum0 = f32x4.splat(0)
      let sum1 = sum0
      if (p.bias) {
        const bias = p.bias + at * p.biasRow + <usize>v * p.biasVector
        if (p.biasRow) {
          sum0 = v128.load(bias)
          sum1 = v128.load(bias, 16)
        } else {
          sum0 = v128.load32_splat(bias)
          sum1 = sum0
        }
      }
      let vector = p.vectors + <usize>v * row
      let low = p.rows + at * row
      let high = low + 4 * row
      let k = p.k
      for (; k >= 4; k -= 4) {
        const factors = v128.load(vector)
        sum0 = quad(RELU, sum0, low, row, factors)
        sum1 = quad(RELU, sum1, high, row, factors)
        low += 16
        high += 16
        vector += 16
      }
      for (; k > 0; k--) {
        sum0 = single(RELU, sum0, low, row, vector)
        sum1 = single(RELU, sum1, high, row, vector)
        low += 4
        high += 4
        vector += 4
      }
      const c = p.c + at * p.cRow + <usize>v * p.cVector
      put(sum0, c, p.cRow)
      put(sum1, c + 4 * p.cRow, p.cRow)
    }
  }
}

function dotsBlock(at: usize, block: i32): void {
  someRows(false, at, block)
}
function reluDotsBlock(at: usize, block: i32): void {
  someRows(true, at, block)
}

/** rows [n][k], n >= 8, or what a relu makes of them, with vectors [count][k]; steps in bytes. */
export function dots(relu: bool, rows: usize, vectors: usize, n: i32, count: i32, k: i32, c: usize, cRow: usize, cVector: usize, bias: usize, biasRow: usize, biasVector: usize): void {
  const p = changetype<Dots>(args)
  p.rows = rows
  p.vectors = vectors
  p.c = c
  p.cRow = cRow
  p.cVector = cVector
  p.bias = bias
  p.biasRow = biasRow
  p.biasVector = biasVector
  p.n = n
  p.count = count
  p.k = k
  p.rowsInBlock = max(8, (BLOCK / max(1, k * count)) & ~7)
  const f = relu ? reluDotsBlock.index : dotsBlock.index
  parallel(f, args, (n + p.rowsInBlock - 1) / p.rowsInBlock, COST * <f64>n * <f64>k * <f64>count)
}
