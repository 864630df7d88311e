/**
 * Elementwise work, fused: a program is a list of instructions that run one after the other on a block of elements
 * while it is in the first-level cache, then on the next block.
 *
 * So intermediate results never reach memory, and the bits are those of the operations one by one.
 */
import { ADAM, adam, isAdam } from "./adam"
import { after, BLOCK, call, Instruction } from "./instruction"
import { parallel } from "./jobs"

const GROUP: usize = 16

/** A group is 4 words: its first block's number, its elements, its number of instructions, where they are. */
function runBlock(args: usize, block: i32): void {
  let group = args
  while (load<i32>(group + GROUP) <= block) group += GROUP
  const at = (block - load<i32>(group)) * BLOCK
  const n = min(BLOCK, (load<i32>(group, 4) - at + 15) & ~15)
  let instruction = changetype<Instruction>(load<usize>(group, 12))
  for (let left = load<i32>(group, 8); left > 0; left--, instruction = after(instruction, 1)) {
    if (left == ADAM && isAdam(instruction, at)) return adam(instruction, at)
    call(instruction, n, at)
  }
}

/** Runs groups; behind the last stands a word with the number of all blocks. */
export function run(groups: usize, blocks: i32, work: f64): void {
  parallel(runBlock.index, groups, blocks, work)
}
