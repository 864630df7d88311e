// Records of tensors as text, to the last bit, and back: what a file does to a checkpoint.
import { type Shape, Tensor } from "effect-bayes"

interface Written {
  readonly tensor: Shape.TensorSpec
  readonly bytes: ReadonlyArray<number>
}

const write = (u: unknown): unknown => {
  if (Tensor.isTensor(u)) return { tensor: { dtype: u.dtype, shape: u.shape }, bytes: [...Tensor.toBytes(u)] }
  if (Array.isArray(u)) return u.map(write)
  if (typeof u !== "object" || u === null) return u
  return Object.fromEntries(Object.entries(u).map(([key, value]) => [key, write(value)]))
}

const read = ({ tensor, bytes }: Written): Tensor.Tensor => {
  const { buffer } = Uint8Array.from(bytes)
  return Tensor.from(tensor.dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer), tensor)
}

/** Equal for equal structure, numbers and bytes. */
export const encode = (state: unknown): string => JSON.stringify(write(state))

const isWritten = (u: unknown): u is Written => typeof u === "object" && u !== null && "tensor" in u && "bytes" in u

/** What `encode` was given; its type is believed. */
export const decode = <A>(text: string): A =>
  JSON.parse(text, (_, value: unknown) => (isWritten(value) ? read(value) : value)) as A
