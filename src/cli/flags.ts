/** The options that commands share. What the library checks itself, before it trains, is not checked here again. */
import { Effect, Layer, Schema } from "effect"
import { Flag } from "effect/cli"
import { attempt, ConfigError, Noise } from "../index.ts"

export const seed = Flag.Finite("seed").pipe(
  Flag.withDescription("fixes every random number; a whole number"),
  Flag.withDefault(42)
)

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("print one JSON object a line, for machines"),
  Flag.withDefault(false)
)

export const draws = Flag.Finite("draws").pipe(
  Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
  Flag.withDescription("weight draws of a prediction"),
  Flag.withDefault(200)
)

/** All of a command's randomness from its seed. */
export const provideNoise = (value: number) =>
  Effect.provide(Layer.unwrap(attempt(() => Noise.layer(value), ConfigError)))
