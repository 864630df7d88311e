/**
 * The lines of `--json`: one measured thing each, with the machine that it was measured on.
 */
import type { Row } from "./duel.ts"
import type { KernelFigure } from "./kernels.ts"
import type { Machine } from "./machine.ts"
import type { Memory } from "./memory.ts"
import type { ScalingPoint } from "./scaling.ts"

export type Measured = Row | KernelFigure | ScalingPoint | Memory
export type Line = Measured & { readonly machine: Machine }

export const isRow = <M extends Measured>(one: M): one is M & Row => "config" in one
export const isKernel = <M extends Measured>(one: M): one is M & KernelFigure => "kernel" in one
export const isScaling = <M extends Measured>(one: M): one is M & ScalingPoint => "scaling" in one
export const isMemory = <M extends Measured>(one: M): one is M & Memory => "memory" in one

/** The lines in a text; what does not begin as an object (npm's own lines, say) is none. */
export const linesOf = (text: string): ReadonlyArray<Line> =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Line)
