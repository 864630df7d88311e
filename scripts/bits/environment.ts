/**
 * Where runs are taken: an engine, on some number of threads.
 */
import { type ChildProcess, spawn } from "node:child_process"
import type { Job, Outcome } from "./job.ts"
import type { Run } from "./runs.ts"

/** Does a job. Rejects with what went wrong. */
export type Doing = (job: Job) => Promise<ReadonlyArray<Outcome>>

/** An engine that is here: its version, and what does jobs in it. */
export interface Engine {
  readonly version: string
  readonly run: Doing
}

export interface Environment {
  readonly name: string
  readonly threads: ReadonlyArray<number>
  /** Here every job is done on one thread, however many it asks for. Else other threads than asked for are a fault. */
  readonly oneThread?: boolean
  /** Runs that are left out here, and why. */
  readonly without?: { readonly why: string; has(run: Run): boolean }
  /** Finds the engine, or throws an `Error` that says why it is not here. */
  open(): Promise<Engine> | Engine
}

/** Milliseconds without a word after which a job is given up. */
const PATIENCE = 5 * 60_000

/** Ends a child once `touch` was not called for too long. */
export const watched = (child: ChildProcess): { touch(): void; stop(): void } => {
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearTimeout(timer)
  const touch = () => {
    stop()
    timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE)
  }
  touch()
  return { touch, stop }
}

/** A program's output, line by line as it comes. Rejects if it fails or says nothing for long. */
export const linesOf = (program: string, args: ReadonlyArray<string>): Promise<ReadonlyArray<string>> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] })
    const watch = watched(child)
    let [out, errors] = ["", ""]
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      watch.touch()
      out += text
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text
    })
    child.on("error", reject)
    child.on("close", (code, signal) => {
      watch.stop()
      if (code === 0) resolve(out.split("\n").filter((line) => line !== ""))
      else reject(new Error(`it ended with ${signal ?? code}: ${/^\w*Error.*$/m.exec(errors)?.[0] ?? errors.trim()}`))
    })
  })
