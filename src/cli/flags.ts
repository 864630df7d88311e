/** The flags that commands share, and how flags are made. What the library checks itself is not checked here again. */
import { Effect, Layer, Option } from "effect"
import { Argument, Flag, Param, Primitive } from "effect/cli"
import { attempt, ConfigError, Noise, Prediction } from "../index.ts"

/** A flag that may be left out: its help says what is taken then. */
export const defaulted = <A extends string | number>(
  flag: Flag.Flag<A>,
  description: string,
  value: NoInfer<A>
): Flag.Flag<A> => flag.pipe(Flag.withDescription(`${description} (default ${value})`), Flag.withDefault(value))

/** A flag without a value. */
export const toggle = (name: string, description: string): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withoutNegation, Flag.withDefault(false))

/** A path as it was given: messages call a file what its user does, "-" is no file, and shells complete it. */
const asGiven = () => Object.assign(Primitive.Path("either"), { parse: (text: string) => Effect.succeed(text) })

export const pathFlag = (name: string, description: string): Flag.Flag<string> =>
  Param.makeSingle({ kind: Param.flagKind, name, primitiveType: asGiven(), typeName: "FILE" }).pipe(
    Flag.withDescription(description)
  )

export const pathArgument = (name: string, description: string): Argument.Argument<string> =>
  Param.makeSingle({ kind: Param.argumentKind, name, primitiveType: asGiven() }).pipe(
    Argument.withDescription(description)
  )

/** A field of a record if its flag was given; the library takes an absent one for its default. */
export const given = <A, R extends object>(flag: Option.Option<A>, field: (value: A) => R): R | Record<never, never> =>
  Option.isSome(flag) ? field(flag.value) : {}

/** Names with commas between; a name with a comma in it stands in double quotes, as in a CSV file. */
export const names = (text: string): ReadonlyArray<string> =>
  Array.from(text.matchAll(/(?:^|,)(?:\s*"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))/g), ([, quoted, plain]) =>
    quoted === undefined ? (plain ?? "").trim() : quoted.replaceAll('""', '"')
  )

/** The seed where none is given. */
export const SEED = 42

export const seed = defaulted(Flag.Finite("seed"), "fixes every random number; a whole number", SEED)

export const modelsSeed = Flag.Finite("seed").pipe(
  Flag.withDescription("fixes the draws (default: the one that the model was trained with)"),
  Flag.optional
)

export const json = toggle("json", "print one JSON object a line, for machines; errors too")

export const draws = defaulted(Flag.Finite("draws"), "weight draws of a prediction", 200)

/** Before any work: whether there can be so many. */
export const assertDraws = ({ draws: count }: { readonly draws: number }) =>
  attempt(() => Prediction.assertDraws(count), ConfigError)

/** All of a command's randomness from its seed. */
export const provideNoise = (value: number) =>
  Effect.provide(Layer.unwrap(attempt(() => Noise.layer(value), ConfigError)))
