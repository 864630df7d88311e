/**
 * Threefry-2x32 with 20 rounds (Salmon et al. 2011), four states at a time, each of four lanes with consecutive counters.
 *
 * Four states hide the latency of a round, and their eight words with the key's three are what 16 registers hold.
 * What is made of a pair of words is written where they leave the registers: `form` says which, a constant of the caller,
 * so that nothing of it is left when this is inlined.
 */

/** The words themselves: of each four counters the four first words, then the four second words. */
export const WORDS: i32 = 0
/** The uniform numbers p + q u, where u has 53 bits and p and q are float64, rounded to float32. */
export const UNIFORM: i32 = 1
/** -1 where u is below p, a float64, else q. */
export const CHOICE: i32 = 2

const PARITY: i32 = 0x1bd11bda

@inline
function turn(x: v128, bits: i32): v128 {
  return v128.or(i32x4.shl(x, bits), i32x4.shr_u(x, 32 - bits))
}

/** The uniform numbers u of the first two lanes, which have 53 bits: exact in float64. */
@inline
function uniforms(x: v128, y: v128): v128 {
  const upper = f64x2.convert_low_i32x4_s(i32x4.shr_u(x, 5))
  const lower = f64x2.convert_low_i32x4_s(i32x4.shr_u(y, 6))
  return f64x2.mul(f64x2.add(f64x2.mul(upper, f64x2.splat(67108864)), lower), f64x2.splat(1.1102230246251565e-16))
}

@inline
function between(u: v128, low: v128, width: v128): v128 {
  return f32x4.demote_f64x2_zero(f64x2.add(low, f64x2.mul(width, u)))
}

/** What becomes of four counters' words, behind the `group` groups of four before. */
@inline
function store(form: i32, out: usize, group: usize, x: v128, y: v128, p: v128, q: v128): void {
  if (form == WORDS) {
    v128.store(out + (group << 5), x)
    v128.store(out + (group << 5), y, 16)
  } else {
    const low = uniforms(x, y)
    const high = uniforms(i32x4.shuffle(x, x, 2, 3, 2, 3), i32x4.shuffle(y, y, 2, 3, 2, 3))
    const result =
      form == UNIFORM
        ? i64x2.shuffle(between(low, p, q), between(high, p, q), 0, 2)
        : v128.bitselect(f32x4.splat(-1), q, i32x4.shuffle(f64x2.lt(low, p), f64x2.lt(high, p), 0, 2, 4, 6))
    v128.store(out + (group << 4), result)
  }
}

/** The words of `groups` (an even number) times four counters from `first` on, under the key at `key`. */
@inline
export function threefry(form: i32, out: usize, key: usize, first: i32, groups: i32, p: v128, q: v128): void {
  const key0 = v128.load32_splat(key)
  const key1 = v128.load32_splat(key, 4)
  const key2 = v128.xor(v128.xor(key0, key1), i32x4.splat(PARITY))
  let counters = i32x4.add(i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3)), key0)
  for (let group = 0; group < groups; group += 4) {
    let a0 = counters
    let a1 = i32x4.add(a0, i32x4.splat(4))
    let a2 = i32x4.add(a0, i32x4.splat(8))
    let a3 = i32x4.add(a0, i32x4.splat(12))
    counters = i32x4.add(a0, i32x4.splat(16))
    let b0 = key1
    let b1 = key1
    let b2 = key1
    let b3 = key1
    let next = key1
    let after = key2
    let last = key0
    let number = i32x4.splat(1)
    for (let half = 0; ; half += 2) {
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 13), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 13), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 13), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 13), a3)
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 15), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 15), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 15), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 15), a3)
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 26), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 26), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 26), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 26), a3)
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 6), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 6), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 6), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 6), a3)
      let kept = i32x4.add(after, number)
      number = i32x4.add(number, i32x4.splat(1))
      a0 = i32x4.add(a0, next); b0 = i32x4.add(b0, kept)
      a1 = i32x4.add(a1, next); b1 = i32x4.add(b1, kept)
      a2 = i32x4.add(a2, next); b2 = i32x4.add(b2, kept)
      a3 = i32x4.add(a3, next); b3 = i32x4.add(b3, kept)
      if (half == 4) break
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 17), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 17), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 17), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 17), a3)
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 29), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 29), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 29), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 29), a3)
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 16), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 16), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 16), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 16), a3)
      a0 = i32x4.add(a0, b0); b0 = v128.xor(turn(b0, 24), a0)
      a1 = i32x4.add(a1, b1); b1 = v128.xor(turn(b1, 24), a1)
      a2 = i32x4.add(a2, b2); b2 = v128.xor(turn(b2, 24), a2)
      a3 = i32x4.add(a3, b3); b3 = v128.xor(turn(b3, 24), a3)
      kept = i32x4.add(last, number)
      number = i32x4.add(number, i32x4.splat(1))
      a0 = i32x4.add(a0, after); b0 = i32x4.add(b0, kept)
      a1 = i32x4.add(a1, after); b1 = i32x4.add(b1, kept)
      a2 = i32x4.add(a2, after); b2 = i32x4.add(b2, kept)
      a3 = i32x4.add(a3, after); b3 = i32x4.add(b3, kept)
      // The three words of the key take turns: two places on.
      kept = next
      next = last
      last = after
      after = kept
    }
    store(form, out, group, a0, b0, p, q)
    store(form, out, group + 1, a1, b1, p, q)
    if (group + 2 == groups) break
    store(form, out, group + 2, a2, b2, p, q)
    store(form, out, group + 3, a3, b3, p, q)
  }
}
