/** How much work a layer is, from shapes alone, for those who must not work too long at a time. */
import { type Shape, size } from "../core/Shape.ts"
import * as Tree from "../core/Tree.ts"
import type { Any } from "./Layer.ts"

/**
 * About how many multiplications a forward pass of one row is: as the layer says, or else each parameter once for each
 * place of the output that it serves. That is every place of its own channel where channels are known, or of all.
 *
 * @category getters
 * @since 0.2.0
 */
export const operations = (layer: Any, inShape: Shape): number => {
  if (layer.operations !== undefined) return layer.operations(inShape)
  const outputs = Math.max(1, size(layer.outShape(inShape)))
  const channels = layer.channels === undefined || layer.channels === "same" ? 1 : layer.channels.out
  const parameters = Tree.leavesWith(Tree.isSpec, layer.shapes).reduce((n, { value }) => n + size(value.shape), 0)
  return outputs + (parameters * outputs) / channels
}
