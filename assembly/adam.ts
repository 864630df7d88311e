/**
 * The instructions of an Adam step in one loop: one after the other on a block, they would ask memory for one array after
 * the other, a block at a time, which is half as fast.
 *
 * A group that makes a parameter ends with them: first moment, second moment, update, times the rate, added to the
 * parameter, and each time a look at whether what is kept is finite. Each vector goes through them in their order, as it
 * would by their own loops, and all that is kept is written, so the bits are the same. The update is in buffers, which
 * nobody reads any more when the group is over.
 */
import { nonFinite } from "./checks"
import { after, call, Instruction, isBuffer, resolve, scalars } from "./instruction"
import { firstMoment, firstMomentOf, momentUpdate, secondMoment, secondMomentOf, updateOf } from "./moments"
import { axpy, scale } from "./arithmetic"

/** How many these instructions are. */
export const ADAM: i32 = 8

@inline
function isCheck(check: Instruction, made: Instruction): bool {
  return check.f == nonFinite.index && check.a == made.out
}

/** Whether the last instructions of a group are these. */
@inline
export function isAdam(first: Instruction): bool {
  if (first.f != firstMoment.index) return false
  const second = after(first, 2)
  const update = after(first, 4)
  const scaled = after(first, 5)
  const sum = after(first, 6)
  return (
    isCheck(after(first, 1), first) &&
    second.f == secondMoment.index && second.b == first.b && isCheck(after(first, 3), second) &&
    update.f == momentUpdate.index && update.a == first.out && update.b == second.out && isBuffer(update.out) &&
    scaled.f == scale.index && scaled.a == update.out && isBuffer(scaled.out) &&
    sum.f == axpy.index && sum.a == scaled.out && !isBuffer(sum.b) && isCheck(after(first, 7), sum)
  )
}

/** Runs them on n elements from `at` on. */
export function adam(first: Instruction, n: i32, at: i32): void {
  const second = after(first, 2)
  const update = after(first, 4)
  const scaled = after(first, 5)
  const sum = after(first, 6)
  const gradient = resolve(first.b, at)
  const m = resolve(first.a, at), newM = resolve(first.out, at)
  const v = resolve(second.a, at), newV = resolve(second.out, at)
  const p = resolve(sum.b, at), newP = resolve(sum.out, at)
  const decay1 = v128.load32_splat(scalars(first)), rest1 = v128.load32_splat(scalars(first), 4)
  const decay2 = v128.load32_splat(scalars(second)), rest2 = v128.load32_splat(scalars(second), 4)
  const factor = v128.load32_splat(scalars(update)), epsilon = v128.load32_splat(scalars(update), 4)
  const rate = v128.load32_splat(scalars(scaled)), one = v128.load32_splat(scalars(sum))
  const zero = f32x4.splat(0)
  let nothing = zero // NaN if any number is not finite
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const m1 = firstMomentOf(decay1, v128.load(m + i), rest1, v128.load(gradient + i))
    v128.store(newM + i, m1)
    const v1 = secondMomentOf(decay2, v128.load(v + i), rest2, v128.load(gradient + i))
    v128.store(newV + i, v1)
    const update1 = f32x4.mul(rate, updateOf(m1, v1, factor, epsilon))
    const p1 = f32x4.add(f32x4.mul(one, update1), v128.load(p + i))
    v128.store(newP + i, p1)
    nothing = f32x4.add(nothing, f32x4.mul(f32x4.add(f32x4.add(m1, v1), p1), zero))
  }
  // Which of them it is, or none, as sums overflow sooner and a tensor ends amid a vector, is for the checks to say.
  if (v128.any_true(f32x4.ne(nothing, nothing))) {
    call(after(first, 1), n, at)
    call(after(first, 3), n, at)
    call(after(first, 7), n, at)
  }
}
