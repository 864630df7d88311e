// The command line within the tests' own process: what a process of its own would print, at a hundredth of its time.
import { NodeServices } from "@effect/platform-node"
import { Console, Effect, Layer, Runtime, Sink, Stdio, Stream } from "effect"
import { run as program } from "../../src/cli/app.ts"
import type { Result } from "./run.ts"

/** Everything that is said goes into lists; nothing else of a console is used. */
const listening = (stdout: Array<string>, stderr: Array<string>): Console.Console =>
  Object.assign(Object.create(globalThis.console) as Console.Console, {
    log: (...words: ReadonlyArray<unknown>) => stdout.push(`${words.join(" ")}\n`),
    error: (...words: ReadonlyArray<unknown>) => stderr.push(`${words.join(" ")}\n`)
  })

/** `effect-bayes` with these arguments, of which `./x` is x in the folder; what is printed calls it x. */
export const inside = async (
  folder: string,
  args: ReadonlyArray<string>,
  stdin: Uint8Array = new Uint8Array(0)
): Promise<Result> => {
  const [stdout, stderr]: [Array<string>, Array<string>] = [[], []]
  const decoder = new TextDecoder()
  const write = (part: string | Uint8Array) =>
    Effect.sync(() => stdout.push(typeof part === "string" ? part : decoder.decode(part, { stream: true })))
  const stdio = Stdio.layerTest({ stdin: Stream.succeed(stdin), stdout: () => Sink.forEach(write) })
  const exit = await Effect.runPromiseExit(
    program(args.map((word) => word.replace(/^\.\//, `${folder}/`))).pipe(
      Effect.provideService(Console.Console, listening(stdout, stderr)),
      Effect.provide(Layer.provideMerge(stdio, NodeServices.layer))
    )
  )
  let code = -1
  Runtime.defaultTeardown(exit, (number) => {
    code = number
  })
  const text = (parts: ReadonlyArray<string>) => parts.join("").replaceAll(`${folder}/`, "")
  return { code, stdout: text(stdout), stderr: text(stderr) }
}
