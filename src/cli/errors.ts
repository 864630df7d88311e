/** Errors as a user of the command line reads them: options by the names of their flags, in words or as JSON. */
import { Cause, Console, Effect, Option } from "effect"
import { CliError } from "effect/cli"

/** What the library calls options, and the flags that set them. */
const FLAGS: Readonly<Record<string, string>> = {
  batchSize: "--batch",
  categorical: "--categorical",
  delimiter: "--delimiter",
  draws: "--draws",
  dropMissing: "--drop-missing",
  epochs: "--epochs",
  exclude: "--exclude",
  features: "--features",
  header: "--no-header",
  "learning rate": "--learning-rate",
  missing: "--missing",
  patience: "--patience",
  seed: "--seed",
  "std of a normal": "--prior-std",
  target: "--target",
  task: "--task",
  temperature: "--temperature",
  testFraction: "--test-fraction"
}

/** The plain fields of an error: where and what, not the tensors that some carry. */
const fieldsOf = (error: object): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries(error)
      .filter(([name, value]) => /^(?!message$)[a-z]/.test(name) && ["string", "number"].includes(typeof value))
      .map(([name, value]) => [name, name === "option" ? (FLAGS[String(value)] ?? value) : value])
  )

/** An option stands at the beginning of a message, and in quotes of code within a hint. */
const inFlags = (message: string): string => {
  const [, option, rest] = /^([\w ]+)(: expected .*)$/s.exec(message) ?? []
  const named = option === undefined || FLAGS[option] === undefined ? message : `${FLAGS[option]}${rest}`
  return named
    .replaceAll(/\b\w+(?:: false)? \((--[\w-]+)\)/g, "$1") // an option with its flag beside it
    .replaceAll(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, "$1...") // a SHA-256: its beginning tells enough
    .replaceAll(/`(\w+)`/g, (whole, name: string) => FLAGS[name] ?? whole)
}

const print = (error: unknown, json: boolean): Effect.Effect<void> => {
  const message = inFlags(error instanceof Error ? error.message : String(error))
  if (!json) return Console.error(`error: ${message}`)
  const tag = error instanceof Object && "_tag" in error ? error._tag : "Error"
  const fields = error instanceof Object ? fieldsOf(error) : {}
  return Console.error(JSON.stringify({ event: "error", tag, message, ...fields }))
}

/** Wrong flags and arguments: what is wrong, and which help to ask for. */
export const printUsage = (
  errors: ReadonlyArray<CliError.NonShowHelpErrors>,
  command: ReadonlyArray<string>,
  json: boolean
): Effect.Effect<void> =>
  Effect.forEach(errors, (error) => print(error, json)).pipe(
    Effect.andThen(json ? Effect.void : Console.error(`See ${command.join(" ")} --help`))
  )

/** An expected error is its message alone; a defect keeps its trace. Wrong flags are shown already. */
export const printCause = <E>(cause: Cause.Cause<E>, json: boolean): Effect.Effect<void> =>
  Option.match(Cause.findErrorOption(cause), {
    onNone: () => {
      if (Cause.hasInterruptsOnly(cause)) return Effect.void
      return json ? print(Cause.squash(cause), true) : Console.error(Cause.pretty(cause))
    },
    onSome: (error) => (CliError.isCliError(error) ? Effect.void : print(error, json))
  })
