/**
 * A splittable, counter-based random generator: Threefry-2x32 with 20 rounds.
 *
 * A key is a pure value. Word i under a key depends on the key and on i alone, so neither the order of draws nor the
 * number of threads can matter, and a resumed run draws what the unbroken one would have drawn.
 *
 * **Source**: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 4.1; the known answers of
 * their Random123 library are tests here. The 64-bit counter's two top bits keep apart draws (00), `fold` (10) and
 * `split` (11), so that a key's children never repeat its own numbers.
 *
 * @since 0.1.0
 */
import { assertConfig } from "./errors.ts"

/** Two 32-bit words. @category models @since 0.1.0 */
export interface Key {
  readonly k0: number
  readonly k1: number
}

const PARITY = 0x1bd11bda
const FOLD = 0x80000000
const SPLIT = 0xc0000000
const WORD = 0x100000000

const rotated = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

/** The block cipher itself: two words for a key and a counter. @category generator @since 0.1.0 */
export const threefry = (k0: number, k1: number, c0: number, c1: number): readonly [number, number] => {
  let a = k0 | 0 // the words of the key's schedule, which go round
  let b = k1 | 0
  let c = k0 ^ k1 ^ PARITY
  let x0 = (c0 + k0) | 0
  let x1 = (c1 + k1) | 0
  for (let group = 1; group <= 5; group++) {
    const odd = group % 2 === 1
    x0 = (x0 + x1) | 0
    x1 = rotated(x1, odd ? 13 : 17) ^ x0
    x0 = (x0 + x1) | 0
    x1 = rotated(x1, odd ? 15 : 29) ^ x0
    x0 = (x0 + x1) | 0
    x1 = rotated(x1, odd ? 26 : 16) ^ x0
    x0 = (x0 + x1) | 0
    x1 = rotated(x1, odd ? 6 : 24) ^ x0
    const first = a
    a = b
    b = c
    c = first
    x0 = (x0 + a) | 0
    x1 = (x1 + b + group) | 0
  }
  return [x0 >>> 0, x1 >>> 0]
}

/**
 * The key of a seed: different safe integers, negative ones too, give different keys.
 *
 * **Errors**: `ConfigError` for anything that is not a safe integer.
 *
 * @example
 * ```ts
 * import { Key } from "effect-bayes"
 *
 * Key.make(42) // => { k0: 0, k1: 42 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (seed: number): Key => {
  assertConfig(Number.isSafeInteger(seed), "seed", "a safe integer (at most 2^53 - 1 in size)", seed)
  return { k0: Math.floor(seed / WORD) >>> 0, k1: seed >>> 0 }
}

const child = (key: Key, domain: number, index: number): Key => {
  assertConfig(Number.isSafeInteger(index) && index >= 0, "index of a key", "a safe integer from 0", index)
  const [k0, k1] = threefry(key.k0, key.k1, index >>> 0, domain | Math.floor(index / WORD))
  return { k0, k1 }
}

/** The key's child number `index`, for a step, a layer, a purpose. @category combinators @since 0.1.0 */
export const fold = (key: Key, index: number): Key => child(key, FOLD, index)

/** `n` keys, none of which `fold` gives. @category combinators @since 0.1.0 */
export const split = (key: Key, n: number): ReadonlyArray<Key> =>
  Array.from({ length: n }, (_, i) => child(key, SPLIT, i))

/** The first 2 n words under a key: words 2 i and 2 i + 1 are those of counter i. @category generator @since 0.1.0 */
export const words = (key: Key, n: number): Uint32Array => {
  const out = new Uint32Array(2 * n)
  for (let i = 0; i < n; i++) {
    const [w0, w1] = threefry(key.k0, key.k1, i, 0)
    out[2 * i] = w0
    out[2 * i + 1] = w1
  }
  return out
}

/** Number i of the uniform numbers in [0, 1) under a key: 53 random bits. @category generator @since 0.1.0 */
export const uniformAt = (key: Key, i: number): number => {
  const [w0, w1] = threefry(key.k0, key.k1, i >>> 0, Math.floor(i / WORD))
  return ((w0 >>> 5) * 67108864 + (w1 >>> 6)) / 9007199254740992
}

/**
 * A random order of 0 ... n - 1 (Fisher and Yates). Its bias is below n / 2^53 a place.
 *
 * @example
 * ```ts
 * import { Key } from "effect-bayes"
 *
 * Array.from(Key.permutation(Key.make(0), 5)).sort() // => [0, 1, 2, 3, 4]
 * ```
 *
 * @category generator
 * @since 0.1.0
 */
export const permutation = (key: Key, n: number): Uint32Array => {
  const order = new Uint32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniformAt(key, i) * (i + 1))
    const kept = order[i]!
    order[i] = order[j]!
    order[j] = kept
  }
  return order
}
