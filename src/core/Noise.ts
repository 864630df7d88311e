/**
 * Randomness as an injected service: whoever runs a program decides where its noise comes from.
 *
 * `Noise.layer(seed)` fixes every bit of a result; the other layers take the seed from Effect's `Random`, replay
 * listed tensors, or give zeros (the posterior mean).
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { attempt } from "./attempt.ts"
import { ConfigError, ShapeError } from "./errors.ts"
import * as Key from "./Key.ts"
import type { Shape } from "./Shape.ts"
import * as Tree from "./Tree.ts"

/** What a seed is spent on; each purpose has keys of its own. @category models @since 0.1.0 */
export type Purpose = "noise" | "init" | "shuffle" | "split" | "predict" | "data" | "validate"

const PURPOSES: Readonly<Record<Purpose, number>> = {
  noise: 0,
  init: 1,
  shuffle: 2,
  split: 3,
  predict: 4,
  data: 5,
  validate: 6
}

/** Anything that says what noise it wants of a key, for a batch of inputs of some shape: a layer. @category models @since 0.1.0 */
export interface NoiseSource<E> {
  noise(key: Key.Key, batch: number, inShape?: Shape): E
}

/** What a draw is for, beside its step and the rows. @category models @since 0.2.0 */
export interface DrawOptions {
  /** Training ("noise", the default), prediction, or validation amid training: their keys differ. */
  readonly purpose?: "noise" | "predict" | "validate"
  /** The inputs' shape without the batch axis, for layers whose noise depends on it. */
  readonly inShape?: Shape
}

/**
 * The service. `key` is pure; `draw` gives a layer the noise of one step: the same for the same step, whatever was
 * drawn before.
 *
 * @category service
 * @since 0.1.0
 */
export class Noise extends /*#__PURE__*/ Context.Service<
  Noise,
  {
    /** Where noise comes from: "seed", "zero" or "replay" in the layers here. A run goes on only under the same. */
    readonly origin: string
    readonly seed: number
    readonly key: (purpose: Purpose, index?: number) => Key.Key
    readonly draw: <E>(
      source: NoiseSource<E>,
      step: number,
      batch: number,
      options?: DrawOptions
    ) => Effect.Effect<E, ConfigError | ShapeError>
  }
>()("effect-bayes/Noise") {}

const keys =
  (seed: number) =>
  (purpose: Purpose, index = 0): Key.Key =>
    Key.fold(Key.fold(Key.make(seed), PURPOSES[purpose]), index)

const seeded = (seed: number): Noise["Service"] => {
  const key = keys(seed)
  return {
    origin: "seed",
    seed,
    key,
    draw: (source, step, batch, options) =>
      attempt(
        () => source.noise(key(options?.purpose ?? "noise", step), batch, options?.inShape),
        ConfigError,
        ShapeError
      )
  }
}

/** The shapes and dtypes of the noise a source wants. */
const wanted = <E>(source: NoiseSource<E>, batch: number, options?: DrawOptions): E =>
  source.noise(Key.make(0), batch, options?.inShape)

/**
 * Every key derived from a seed (a safe integer; anything else throws a `ConfigError` at once).
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (seed: number): Layer.Layer<Noise> => {
  Key.make(seed)
  return Layer.sync(Noise, () => seeded(seed))
}

/** The seed drawn from Effect's own `Random`, so that `Random.withSeed` rules it. @category layers @since 0.1.0 */
export const layerRandom: Layer.Layer<Noise> = /*#__PURE__*/ Layer.effect(
  Noise,
  /*#__PURE__*/ Effect.map(Random.nextInt, seeded)
)

/**
 * All noise zero: a forward pass gives the output at the posterior's mean. Keys are those of seed 0.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerZero: Layer.Layer<Noise> = /*#__PURE__*/ Layer.sync(Noise, () => ({
  origin: "zero",
  seed: 0,
  key: keys(0),
  draw: (source, _step, batch, options) =>
    attempt(() => Tree.zerosLike(wanted(source, batch, options)), ConfigError, ShapeError)
}))

/**
 * Listed noise, for tests: step i gets `draws[i]`, checked against the shapes that are asked for. Keys are those of
 * seed 0. **Errors**: `ShapeError` for noise of other shapes, `ConfigError` past the end of the list.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerReplay = (draws: ReadonlyArray<unknown>): Layer.Layer<Noise> =>
  Layer.sync(Noise, () => ({
    origin: "replay",
    seed: 0,
    key: keys(0),
    draw: <E>(source: NoiseSource<E>, step: number, batch: number, options?: DrawOptions) =>
      attempt(
        () => {
          if (step >= draws.length) {
            const actual = `${draws.length} draws, of which none is for step ${step}`
            throw new ConfigError({ option: "replayed noise", expected: "one draw a step", actual })
          }
          const draw = draws[step] as E
          Tree.assertShapes(`replayed noise of step ${step}`, Tree.shapes(wanted(source, batch, options)), draw)
          return draw
        },
        ConfigError,
        ShapeError
      )
  }))
