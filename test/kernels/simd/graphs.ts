// Random graphs of elementwise work, and what each of their tensors is when every operation runs alone.
import { Key, Tensor } from "effect-bayes"
import { reference, simd } from "effect-bayes/kernels"
import fc from "fast-check"

/** One operation on tensors made before, by their places; x and y have one size. */
interface Node {
  readonly kind: (typeof KINDS)[number]
  readonly x: number
  readonly y: number
  readonly factor: number
}

const KINDS = ["axpy", "scale", "multiply", "exp", "tanh", "softplus", "noise", "reshape", "read", "reference"] as const

export interface Graph {
  /** Sizes of the leaves: two of each. */
  readonly sizes: ReadonlyArray<number>
  readonly nodes: ReadonlyArray<Node>
  /** What is kept, by place: leaves too, and some twice. */
  readonly roots: ReadonlyArray<number>
}

/** About a block of a program (512) and a group of 16. */
export const SIZES = [0, 1, 15, 16, 17, 511, 512, 513, 1025] as const

/** Places are drawn from all numbers, and taken modulo what there is. */
const place = fc.nat(1000)

export const graphs: fc.Arbitrary<Graph> = fc.record({
  sizes: fc.array(fc.constantFrom(...SIZES), { minLength: 1, maxLength: 2 }),
  nodes: fc.array(
    fc.record({
      kind: fc.constantFrom(...KINDS),
      x: place,
      y: place,
      factor: fc.constantFrom(0, -1, 0.5, 3)
    }),
    { maxLength: 70 }
  ),
  roots: fc.array(place, { minLength: 1, maxLength: 12 })
})

const leaf = (size: number, i: number): Tensor.Tensor =>
  reference.standardNormal(Key.fold(Key.make(size), i), { shape: [size], dtype: "float32" })

export const leavesOf = ({ sizes }: Graph): ReadonlyArray<Tensor.Tensor> =>
  sizes.flatMap((size) => [leaf(size, 0), leaf(size, 1)])

/** The operation, on whatever engine is open. */
const apply = (node: Node, x: Tensor.Tensor, y: Tensor.Tensor, at: number): Tensor.Tensor => {
  switch (node.kind) {
    case "axpy":
      return simd.axpy(node.factor, x, y)
    case "scale":
      return simd.scale(node.factor, x)
    case "multiply":
      return simd.multiply(x, y)
    case "exp":
      return simd.normalVariance(simd.elementwise({ kind: "tanh" }, x))
    case "tanh":
    case "softplus":
      return simd.elementwise({ kind: node.kind }, x)
    case "noise":
      return simd.standardNormal(Key.make(at), x)
    case "reshape":
      return Tensor.reshape(Tensor.reshape(x, [1, ...x.shape]), x.shape)
    case "read":
      return Tensor.from(Tensor.toFloat64Array(x), { dtype: "float32" })
    case "reference":
      return reference.axpy(node.factor, x, y)
  }
}

/** All tensors of the graph, leaves first. */
export const tensorsOfGraph = (graph: Graph, leaves: ReadonlyArray<Tensor.Tensor>): ReadonlyArray<Tensor.Tensor> => {
  const all = [...leaves]
  for (const [i, node] of graph.nodes.entries()) {
    const x = all[node.x % all.length]!
    const fitting = all.filter((t) => t.shape[0] === x.shape[0])
    all.push(apply(node, x, fitting[node.y % fitting.length]!, i))
  }
  return all
}

export const rootsOf = ({ roots }: Graph, all: ReadonlyArray<Tensor.Tensor>): ReadonlyArray<Tensor.Tensor> =>
  roots.map((root) => all[root % all.length]!)

export const bytesOf = (tensors: ReadonlyArray<Tensor.Tensor>): ReadonlyArray<Uint8Array> =>
  tensors.map((t) => Tensor.toBytes(t))
