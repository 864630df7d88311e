/**
 * Random tensors from a counter: operations without inputs, whose element i depends on the key and i alone.
 *
 * The map from words to numbers is that of the reference engine (src/kernels/reference/random.ts). Scalars 0 and 1 are the
 * key's words. Words are made into the output, and numbers of the words in the same place.
 */
import { parallel } from "./jobs"
import { normals } from "./boxMuller"
import { CHOICE, threefry, UNIFORM, WORDS } from "./threefry"

const BLOCK: i32 = 512

/** Standard normals: elements 2j and 2j + 1 are made of the words of counter j. */
function normal(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const none = i32x4.splat(0)
  threefry(WORDS, out, s, at >> 1, n >> 3, none, none)
  normals(out, n)
}
export const opNormal: i32 = normal.index

/** -1 where the low bit of word i is set, else 1. */
function signs(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const none = i32x4.splat(0)
  threefry(WORDS, out, s, at >> 1, n >> 3, none, none)
  const one = f32x4.splat(1)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 32) {
    const x = v128.xor(one, i32x4.shl(v128.load(out + i), 31))
    const y = v128.xor(one, i32x4.shl(v128.load(out + i, 16), 31))
    v128.store(out + i, i32x4.shuffle(x, y, 0, 4, 1, 5))
    v128.store(out + i, i32x4.shuffle(x, y, 2, 6, 3, 7), 16)
  }
}
export const opSigns: i32 = signs.index

/** -1 with probability `rate`, which is scalars 2 and 3 as one float64, else rate / (1 - rate). */
function dropoutNoise(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const rate = load<f64>(s, 8)
  threefry(CHOICE, out, s, at, n >> 2, f64x2.splat(rate), f32x4.splat(<f32>(rate / (1 - rate))))
}
export const opDropoutNoise: i32 = dropoutNoise.index

/** The key's words, the output's pointer, its size, low, high - low. */
const args: usize = memory.data(64, 16)

function uniformBlock(args: usize, block: i32): void {
  const at = block * BLOCK
  const n = (min(BLOCK, load<i32>(args, 12) - at) + 15) & ~15
  const out = load<usize>(args, 8) + (<usize>at << 2)
  threefry(UNIFORM, out, args, at, n >> 2, v128.load64_splat(args, 16), v128.load64_splat(args, 24))
}

/** n uniform numbers in [low, high), whose bits are the reference engine's rounded to float32. */
export function uniform(out: usize, n: i32, key0: i32, key1: i32, low: f64, high: f64): void {
  store<i32>(args, key0)
  store<i32>(args, key1, 4)
  store<usize>(args, out, 8)
  store<i32>(args, n, 12)
  store<f64>(args, low, 16)
  store<f64>(args, high - low, 24)
  parallel(uniformBlock.index, args, (n + BLOCK - 1) / BLOCK, <f64>n * 4)
}
