/** The instructions of programs (program.ts) and the buffers that they work on. */

/** Elements of a block: 2 KiB a buffer. */
export const BLOCK: i32 = 512
/** Buffers that a program may use. */
export const SLOTS: i32 = 32

/**
 * The function's table index, operands, and four scalars. An operand below SLOTS is the number of a buffer of this thread,
 * as long as a block; any other is a pointer to a tensor's first element.
 */
@unmanaged
export class Instruction {
  f: i32
  out: usize
  a: usize
  b: usize
  c: usize
  s0: u32
  s1: u32
  s2: u32
  s3: u32
}

/** Bytes of an instruction, and where its scalars begin. */
export const INSTRUCTION: usize = offsetof<Instruction>()
const SCALARS: usize = offsetof<Instruction>("s0")

/** The one so many places behind another. */
@inline
export function after(instruction: Instruction, count: usize): Instruction {
  return changetype<Instruction>(changetype<usize>(instruction) + count * INSTRUCTION)
}

/** A pointer to the four scalars. */
@inline
export function scalars(instruction: Instruction): usize {
  return changetype<usize>(instruction) + SCALARS
}

/** Where this thread's buffers are: each thread has an instance, so a global is its own. */
let buffers: usize = 0

/** Gives this thread SLOTS * BLOCK * 4 bytes of its own. */
export function setBuffers(pointer: usize): void {
  buffers = pointer
}

/** Whether an operand is a buffer. */
@inline
export function isBuffer(operand: usize): bool {
  return operand < <usize>SLOTS
}

/** Where an operand of the block that begins with element `at` is. */
@inline
export function resolve(operand: usize, at: i32): usize {
  return isBuffer(operand) ? buffers + operand * <usize>(BLOCK * 4) : operand + (<usize>at << 2)
}

/** Runs an instruction on n elements from `at` on. */
@inline
export function call(i: Instruction, n: i32, at: i32): void {
  call_indirect<void>(i.f, resolve(i.out, at), resolve(i.a, at), resolve(i.b, at), resolve(i.c, at), scalars(i), n, at)
}
