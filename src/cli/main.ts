#!/usr/bin/env node
/** The command line as a process: its arguments, its signals and its exit code. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Effect, Runtime } from "effect"
import { run } from "./app.ts"

const args = process.argv.slice(2)

/** A run that is kept goes on without its reader; nothing else has a use then. */
const isKept = args.includes("train") && args.some((word) => /^--out(=|$)/.test(word))

// A reader that has enough (`| head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
    if (!isKept) process.exit(0)
  })
}

/** By the convention of shells: 128 and the number of the signal. */
let interrupted = 130
process.once("SIGTERM", () => {
  interrupted = 143
})

run(args).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    teardown: (exit, onExit) => Runtime.defaultTeardown(exit, (code) => onExit(code === 130 ? interrupted : code))
  })
)
