/**
 * What a layer of layers has, whatever it does with their outputs: parameters and noise are tuples with one entry for
 * each part, the KL is the sum of theirs, and its views are made of their views.
 *
 * @since 0.2.0
 */
import { ConfigError, ShapeError } from "../core/errors.ts"
import * as Key from "../core/Key.ts"
import { equals, format, type Shape } from "../core/Shape.ts"
import type { Tensor } from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import { type Any, atMean, type Layer, type Noise, type Params, type Pullback, predictive } from "./Layer.ts"
import { operations } from "./operations.ts"

/** A tuple of layers' parameters. @category type-level @since 0.1.0 */
export type ParamsOf<Ls extends ReadonlyArray<Any>> = { readonly [K in keyof Ls]: Params<Ls[K]> }

/** A tuple of layers' noises. @category type-level @since 0.1.0 */
export type NoiseOf<Ls extends ReadonlyArray<Any>> = { readonly [K in keyof Ls]: Noise<Ls[K]> }

/** The layer of the composition itself, its types still open. */
export type Tuple = Layer<ReadonlyArray<unknown>, ReadonlyArray<unknown>>

/** What remains to be said of a composition: how its parts are connected. */
interface Connections {
  readonly kind: string
  /** The same composition of other parts. */
  readonly of: (...parts: ReadonlyArray<Any>) => Any
  /** The shape that each part's input has, for an input of the composition. */
  readonly inShapes: (inShape: Shape) => ReadonlyArray<Shape>
}

/** All of a composition but its function and the shape of its output. **Errors**: `ConfigError` for no parts. */
export const composite = (
  { kind, of, inShapes }: Connections,
  parts: ReadonlyArray<Any>
): Omit<Tuple, "outShape" | "forward" | "vjp"> => {
  if (parts.length === 0) throw new ConfigError({ option: kind, expected: "at least one layer", actual: "none" })
  /** The shapes for the input's shape of the last time, which as a rule is that of the next. */
  let known: { readonly inShape: Shape; readonly shapes: ReadonlyArray<Shape> } | undefined
  const shapesFor = (inShape: Shape): ReadonlyArray<Shape> => {
    if (known === undefined || !equals(known.inShape, inShape)) {
      known = { inShape: [...inShape], shapes: inShapes(inShape) }
    }
    return known.shapes
  }
  return {
    spec: { kind, layers: parts.map((part) => part.spec) },
    shapes: parts.map((part) => part.shapes) as never,
    init: (key) => parts.map((part, i) => part.init(Key.fold(key, i))),
    noise: (key, batch, inShape) => {
      const shapes = inShape === undefined ? [] : shapesFor(inShape)
      return parts.map((part, i) => part.noise(Key.fold(key, i), batch, shapes[i]))
    },
    operations: (inShape) => {
      const shapes = inShapes(inShape)
      return parts.reduce((sum, part, i) => sum + operations(part, shapes[i]!), 0)
    },
    kl: (params, eps) => parts.reduce((sum, part, i) => sum + part.kl(params[i], eps?.[i]), 0),
    klGrad: (params, eps) => parts.map((part, i) => part.klGrad(params[i], eps?.[i])),
    ...(parts.every((part) => part.predictive === undefined)
      ? {}
      : { predictive: of(...parts.map(predictive)) as never }),
    ...(parts.every((part) => part.atMean === undefined)
      ? {}
      : {
          atMean: (params) => {
            const at = parts.map((part, i) => atMean(part, params[i]))
            const layer = of(...at.map((one) => one.layer as Any))
            return { layer: layer as never, params: at.map((one) => one.params) }
          }
        })
  }
}

/** How messages call a part. */
export const named = (parts: ReadonlyArray<Any>, i: number): string => `layer ${i} ("${parts[i]!.spec.kind}")`

/** The output shape of a part. **Errors**: `ShapeError` that names the part and where its input is from. */
export const outShapeOf = (
  kind: string,
  parts: ReadonlyArray<Any>,
  i: number,
  inShape: Shape,
  from = "the input"
): Shape => {
  try {
    return parts[i]!.outShape(inShape)
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    const { where, expected, actual, hint } = error
    const part = `${kind}, ${named(parts, i)}`
    const advice = hint === undefined ? "" : `. ${hint}`
    const input = `${format(inShape)} from ${from}`
    throw actual === format(inShape)
      ? new ShapeError({ where: part, expected, actual: input, hint: `${where}${advice}` })
      : // What does not fit came up inside the part.
        new ShapeError({ where: `${part}, ${where}`, expected, actual, hint: `Its input is ${input}${advice}` })
  }
}

/** Of pullbacks to one input: the parameters' gradients, and the sum of those by the input if each part has one. */
export const merged = (backs: ReadonlyArray<Pullback<unknown>>): Pullback<ReadonlyArray<unknown>> => {
  const add = (sum: Tensor | undefined, dx: Tensor | undefined): Tensor | undefined =>
    sum === undefined || dx === undefined ? undefined : kernels(dx.dtype).axpy(1, dx, sum)
  const dx = backs.map((back) => back.dx).reduce(add)
  return { dParams: backs.map((back) => back.dParams), ...(dx === undefined ? {} : { dx }) }
}
