/** The elementary functions as operations of a program: f(a). Tests hold each against float64 through its operation. */
import { exp, expm1, expm1OfModerate, expOfModerate, isModerate, MODERATE } from "./exponential"
import { log, log1p } from "./logarithm"

/** e^a. */
function mapExp(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const end = <usize>n << 2
  if (isModerate(a, n, MODERATE)) {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, expOfModerate(v128.load(a + i)))
  } else {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, exp(v128.load(a + i)))
  }
}
export const opExp: i32 = mapExp.index

/** e^a - 1. */
function mapExpm1(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  const end = <usize>n << 2
  if (isModerate(a, n, MODERATE)) {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, expm1OfModerate(v128.load(a + i)))
  } else {
    for (let i: usize = 0; i < end; i += 16) v128.store(out + i, expm1(v128.load(a + i)))
  }
}
export const opExpm1: i32 = mapExpm1.index

/** ln a. */
function mapLog(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, log(v128.load(a + i)))
}
export const opLog: i32 = mapLog.index

/** ln(1 + a). */
function mapLog1p(out: usize, a: usize, b: usize, c: usize, s: usize, n: i32, at: i32): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) v128.store(out + i, log1p(v128.load(a + i)))
}
export const opLog1p: i32 = mapLog1p.index
