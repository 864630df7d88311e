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
    if (left == ADAM && isAdam(instruction)) return adam(instruction, n, at)
    call(instruction, n, at)
  }
}

@unmanaged
class Run {
  groups: usize
  blocks: i32
  /** Blocks that a thread takes at a time. */
  inPiece: i32
}

const args = memory.data(16, 16)

function runPiece(at: usize, piece: i32): void {
  const r = changetype<Run>(at)
  const end = min((piece + 1) * r.inPiece, r.blocks)
  for (let block = piece * r.inPiece; block < end; block++) runBlock(r.groups, block)
}

/** Most blocks of a piece, in which memory is read on where it was, and the pieces that there are at least where it has several. */
const IN_PIECE: i32 = 8
const PIECES: i32 = 32

/** Runs groups; behind the last stands a word with the number of all blocks. */
export function run(groups: usize, blocks: i32, work: f64): void {
  const r = changetype<Run>(args)
  r.groups = groups
  r.blocks = blocks
  r.inPiece = max(1, min(IN_PIECE, blocks / PIECES))
  parallel(runPiece.index, args, (blocks + r.inPiece - 1) / r.inPiece, work)
}
