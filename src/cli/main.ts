#!/usr/bin/env node
/** The command line. It imports the library's public surface alone. */
import { readFileSync } from "node:fs"
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Cause, Console, Effect, Option } from "effect"
import { CliError, Command } from "effect/cli"
import { demo } from "./demo.ts"
import { train } from "./train.ts"

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  readonly version: string
}

// A reader that has enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error
  process.exit(0)
})

/** An expected error is its message alone; a defect keeps its trace. The command line's own errors are shown already. */
const report = <E>(cause: Cause.Cause<E>) =>
  Option.match(Cause.findErrorOption(cause), {
    onNone: () => (Cause.hasInterruptsOnly(cause) ? Effect.void : Console.error(Cause.pretty(cause))),
    onSome: (error) =>
      CliError.isCliError(error)
        ? Effect.void
        : Console.error(`error: ${error instanceof Error ? error.message : String(error)}`)
  })

Command.make("effect-bayes").pipe(
  Command.withDescription("Bayesian neural networks: train them, and know how sure they are"),
  Command.withSubcommands([demo, train]),
  Command.run({ version }),
  Effect.provide(NodeServices.layer),
  Effect.tapCause(report),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
