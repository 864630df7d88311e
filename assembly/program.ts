/**
 * Elementwise work, fused: a program is a list of instructions that run one after the other on a block of elements
 * while it is in the first-level cache, then on the next block.
 *
 * An instruction is 9 words: the function's table index, the operands out, a, b, c, and four scalars. An operand below
 * SLOTS is the number of a buffer of this thread, as long as a block; any other is a pointer to a tensor's first element.
 * So intermediate results never reach memory, and the bits are those of the operations one by one.
 */
import { parallel } from "./jobs"

/** Elements of a block: 2 KiB a buffer. */
export const BLOCK: i32 = 512
/** Buffers that a program may use. */
export const SLOTS: i32 = 32
const INSTRUCTION: usize = 36
const GROUP: usize = 16

/** Where this thread's buffers are: each thread has an instance, so a global is its own. */
let buffers: usize = 0

/** Gives this thread SLOTS * BLOCK * 4 bytes of its own. */
export function setBuffers(pointer: usize): void {
  buffers = pointer
}

// @ts-ignore: decorator
@inline
function resolve(operand: usize, at: i32): usize {
  return operand < <usize>SLOTS ? buffers + operand * <usize>(BLOCK * 4) : operand + (<usize>at << 2)
}

/** A group is 4 words: its first block's number, its elements, its number of instructions, where they are. */
function runBlock(args: usize, block: i32): void {
  let group = args
  while (load<i32>(group + GROUP) <= block) group += GROUP
  const at = (block - load<i32>(group)) * BLOCK
  const n = min(BLOCK, (load<i32>(group, 4) - at + 15) & ~15)
  const count = load<i32>(group, 8)
  let at9 = load<usize>(group, 12)
  for (let i = 0; i < count; i++, at9 += INSTRUCTION) {
    call_indirect<void>(
      load<i32>(at9),
      resolve(load<usize>(at9, 4), at),
      resolve(load<usize>(at9, 8), at),
      resolve(load<usize>(at9, 12), at),
      resolve(load<usize>(at9, 16), at),
      at9 + 20,
      n,
      at
    )
  }
}

/** Runs groups; behind the last stands a word with the number of all blocks. */
export function run(groups: usize, blocks: i32, work: f64): void {
  parallel(runBlock.index, groups, blocks, work)
}
