/**
 * Dropout: y = x (1 + eps), where eps drops an element (-1) or makes up for those that are dropped.
 *
 * The noise is centred, so that none at all is the deterministic network, as in every layer. In training each row has
 * a mask of its own; to predict, one mask serves all rows: one draw of a network, which is what Monte-Carlo dropout
 * takes its samples of.
 *
 * @since 0.2.0
 */
import * as Schema from "effect/Schema"
import { assertConfig, ShapeError } from "../core/errors.ts"
import type { DType } from "../core/Shape.ts"
import { define } from "../core/Spec.ts"
import type { Tensor } from "../core/Tensor.ts"
import { kernels } from "../kernels/index.ts"
import { identity } from "./activation.ts"
import { deterministic, type Empty, type Layer } from "./Layer.ts"
import type { LayerDefinition } from "./Registry.ts"

/** eps [B, ...in], or [1, ...in] where one mask serves all rows. @category models @since 0.2.0 */
export interface Noise {
  readonly eps: Tensor
}

/** `rate` is the probability of an element to be dropped; `dtype`, that of the input, is float32 by default. */
export interface Options {
  readonly rate: number
  readonly dtype?: DType
}

/**
 * **Shapes**: x [B, ...in] -> y of the same; eps, mask / (1 - rate) - 1, has E[eps] = 0, so E[y] = x.
 *
 * The draws of `predictive` are those of MC dropout; `atMean` is the identity. **Source**: Srivastava et al. 2014,
 * section 10 (scaled in training); Gal & Ghahramani 2016, section 4. **Errors**: `ConfigError` unless 0 <= rate < 1;
 * `ShapeError` from `noise` without the input's shape, and for an input of another dtype.
 *
 * @example
 * ```ts
 * import { Dropout, Key, Tensor } from "effect-bayes"
 *
 * const half = Dropout.make({ rate: 0.5 })
 * const x = Tensor.from([[1, 2, 3]])
 * Tensor.toArray(half.forward({}, x, { eps: Tensor.from([[-1, 1, 0]]) })) // => [[0, 4, 3]]
 * half.noise(Key.make(0), 2, [3]).eps.shape // => [2, 3]
 * ```
 *
 * @category constructors
 * @since 0.2.0
 */
export const make = (options: Options): Layer<Empty, Noise> => {
  const own = dropout(options, false)
  return { ...own, predictive: dropout(options, true) as Layer<Empty, unknown> }
}

const dropout = ({ rate, dtype = "float32" }: Options, shared: boolean): Layer<Empty, Noise> => {
  assertConfig(rate >= 0 && rate < 1, "Dropout, rate", "a number from 0 to below 1", rate)
  return {
    ...deterministic,
    spec: { kind: "dropout", rate, dtype },
    shapes: {},
    outShape: (inShape) => inShape,
    channels: "same",
    init: () => ({}),
    noise: (key, batch, inShape) => {
      if (inShape === undefined) {
        throw new ShapeError({
          where: "Dropout, noise",
          expected: "the shape of an input without its batch axis, as it drops elements of it",
          actual: "none",
          hint: "Give it as the third argument: noise(key, batch, inShape)"
        })
      }
      return { eps: kernels(dtype).dropoutNoise(key, { shape: [shared ? 1 : batch, ...inShape], dtype }, rate) }
    },
    forward: (_, x, { eps }) => kernels(x.dtype).dropout(x, eps),
    vjp: (_, x, { eps }) => ({
      y: kernels(x.dtype).dropout(x, eps),
      pullback: (dy, want) => ({
        dParams: {},
        ...(want?.dx === false ? {} : { dx: kernels(dy.dtype).dropout(dy, eps) })
      })
    }),
    atMean: () => ({ layer: identity as Layer<unknown, Empty>, params: {} })
  }
}

/** @category registry @since 0.2.0 */
export const definition: LayerDefinition = /*#__PURE__*/ define(
  "dropout",
  Schema.Struct({ rate: Schema.Finite, dtype: Schema.Literals(["float32", "float64"]) }),
  make
)
