/**
 * Constants of hot loops stand in memory: a splatted literal takes V8 several instructions, a load takes one.
 */

@inline
export function constant(pointer: usize): v128 {
  return v128.load32_splat(pointer)
}

export const ONE: usize = memory.data<f32>([1])
export const HALF: usize = memory.data<f32>([0.5])
export const TWO: usize = memory.data<f32>([2])
/** The largest number that added to 1 leaves 1. */
export const TINY: usize = memory.data<f32>([5.9604645e-8])
export const INFINITY: usize = memory.data<f32>([Infinity])
export const SIGN: usize = memory.data<u32>([0x80000000])

/** 1.5 2^23: a sum with it has no room for a fraction, so it is rounded to an integer, which stands in its low bits. */
export const TO_INTEGER: usize = memory.data<f32>([12582912])

/** ln 2 in two parts: the first has 15 trailing zero bits, so that its product with an exponent is exact. */
export const LN2_HIGH: usize = memory.data<f32>([0.693359375])
export const LN2_LOW: usize = memory.data<f32>([-2.12194440e-4])
