/**
 * Recording and replaying what a step does to its tensors.
 *
 * A step of a small network takes longer to say than to do: walking through layers and records and checking shapes costs
 * more than the arithmetic. What a pure function says depends on its operands' shapes alone, so it need be said once: a
 * `Tape` does it again to whatever lies now in the same places. The bits are those of the function.
 *
 * @since 0.4.0
 */
import type { DType, Shape } from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"

/** The tensors of a pack, in their order. @category models @since 0.4.0 */
export interface Layout {
  readonly shapes: ReadonlyArray<Shape>
  readonly sizes: ReadonlyArray<number>
}

/** @category models @since 0.4.0 */
export interface Recorder {
  /** Of all tensors that it is for. */
  readonly dtype: DType
  /** Whether the last step was so small that replaying it is worth the memory. */
  readonly pays: boolean
  /** Tensors side by side in one [n], each with zeros behind it up to the next multiple of 16. */
  pack(tensors: ReadonlyArray<Tensor>): Tensor
  /** How tensors of these shapes lie in a pack. */
  layout(shapes: ReadonlyArray<Shape>): Layout
  /** The tensors in a pack: not copies, so they live as long as it does. */
  unpack(pack: Tensor, layout: Layout): ReadonlyArray<Tensor>
  /** The same numbers as another tensor, which lives as long. */
  view(t: Tensor): Tensor
  /** Where a tensor's numbers lie: the same number, the same place. */
  placeOf(t: Tensor): number
  /** A place of a tensor's shape that stays, for operands that are others in each step. */
  slot(like: Tensor): Tensor
  /** Writes a tensor's numbers into a slot. */
  fill(slot: Tensor, t: Tensor): void
  /**
   * Runs `f`, a pure function of tensors that stay where they are, of this noise and of one number, and records it. The
   * tensors it returns stay where they are too, and hold what the tape makes.
   */
  record<A>(f: () => A, noise: ReadonlyArray<Tensor>): { readonly result: A; readonly tape: Tape | undefined }
  /** Inside `record`: says that the factor of this `axpy` is the number, and gives the tensor back. */
  varying(axpy: Tensor): Tensor
  /** Inside `record`: makes these tensors' numbers now, so that they can be returned. */
  make(tensors: ReadonlyArray<Tensor>): void
}

/** @category models @since 0.4.0 */
export interface Tape {
  /** Does it again with other noise and another number; false where that might differ from what the function does. */
  play(noise: ReadonlyArray<Tensor>, number: number): boolean
}
