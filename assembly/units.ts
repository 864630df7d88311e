/**
 * Work cut into units, a group of one image each: blocks of several units, in waves of so many blocks that the temporary
 * memory stays small. A unit's result depends on its number alone.
 */
import { Geometry, geometry } from "./geometry"
import { parallel } from "./jobs"

/** What the arguments of such a kernel begin with. */
@unmanaged
export class Units {
  /** Table index of unit(args, number, tmp). */
  f: i32
  tmp: usize
  /** Bytes of it for a block. */
  slot: usize
  /** The first block of this wave. */
  first: i32
  inBlock: i32
}

/** Blocks of a wave. */
const WAVE: i32 = 32
/** Nanoseconds of a block. */
const BLOCK: f64 = 100000
/** Nanoseconds of a product of two numbers, and of reading one by a tap. */
const PRODUCT: f64 = 0.04
const READ: f64 = 0.3

/** Nanoseconds of a unit. */
@inline
function unitCost(g: Geometry): f64 {
  return <f64>g.taps * <f64>g.places * (READ + PRODUCT * <f64>g.groupOutputs)
}

@inline
function unitsInBlock(g: Geometry): i32 {
  return <i32>max<f64>(1, min<f64>(BLOCK / max<f64>(1, unitCost(g)), <f64>(g.rows * g.groups)))
}

@inline
function blocksOf(g: Geometry): i32 {
  const units = unitsInBlock(g)
  return (g.rows * g.groups + units - 1) / units
}

function unitsBlock(at: usize, block: i32): void {
  const p = changetype<Units>(at)
  const g = changetype<Geometry>(geometry)
  const first = (p.first + block) * p.inBlock
  const end = min(first + p.inBlock, g.rows * g.groups)
  for (let i = first; i < end; i++) call_indirect<void>(p.f, at, i, p.tmp + <usize>block * p.slot)
}

/** Bytes of `tmp` for all blocks of a wave. */
export function waveBytes(g: Geometry, slot: usize): usize {
  return <usize>min(WAVE, blocksOf(g)) * slot
}

/** Runs all units of the geometry. */
export function runUnits(f: i32, args: usize, tmp: usize, slot: usize): void {
  const g = changetype<Geometry>(geometry)
  const p = changetype<Units>(args)
  p.f = f
  p.tmp = tmp
  p.slot = slot
  p.inBlock = unitsInBlock(g)
  const blocks = blocksOf(g)
  for (let first = 0; first < blocks; first += WAVE) {
    const wave = min(WAVE, blocks - first)
    p.first = first
    parallel(unitsBlock.index, args, wave, <f64>(wave * p.inBlock) * unitCost(g))
  }
}
