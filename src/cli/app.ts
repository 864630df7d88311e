/** The commands as one program: from the words of a command line to what is printed. */
import { Effect, Layer } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag } from "effect/cli"
import { VERSION } from "../index.ts"
import { demo } from "./demo.ts"
import { printCause, printUsage } from "./errors.ts"
import { evaluate } from "./evaluate.ts"
import { info } from "./info.ts"
import { predict } from "./predict.ts"
import { train } from "./train.ts"

const command = Command.make("effect-bayes").pipe(
  Command.withDescription("Bayesian neural networks: train them, and know how sure they are"),
  Command.withSubcommands([train, predict, evaluate, info, demo])
)

/** Wrong flags are told without the help, which would hide them; whoever asks gets it. */
const presenter = (json: boolean) =>
  CliOutput.layerPresenter({
    present: (event) =>
      event._tag === "InvalidInvocation"
        ? printUsage(event.errors, event.commandPath, json)
        : CliOutput.defaultPresenter.present(event)
  })

/** Of the flags that effect/cli has for every command, those of use here. */
const config = CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })

/** Runs a command line, and prints what went wrong. */
export const run = (args: ReadonlyArray<string>) => {
  const json = args.includes("--json")
  return Command.runWith(command, { version: VERSION })(args).pipe(
    Effect.provide(Layer.mergeAll(presenter(json), config)),
    Effect.tapCause((cause) => printCause(cause, json))
  )
}
