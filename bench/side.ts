/**
 * A side of the benchmark as the referee sees it: a process that makes one configuration ready and times it when asked,
 * a line of JSON for each request and for each answer. Ours is answers.ts, PyTorch's torch_peer.py. As each runs nothing
 * but its one configuration, it is as fast as a program of its user would be, and asleep until its turn comes.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Configuration } from "./configurations.ts"

/** How a side runs a configuration: in which of its modes, and on how many threads. */
export interface Variant {
  readonly mode: string
  readonly threads: number
}

export type Timed = "step" | "predict"

/** What a side is asked. */
export type Request =
  | { readonly do: "hello" }
  | { readonly do: "peak" }
  | ({ readonly do: "prepare"; readonly configuration: Configuration } & Variant)
  | { readonly do: Timed; readonly duration: number }

/** What it answers: some of these. */
export interface Answer {
  readonly error?: string
  readonly version?: string
  readonly modes?: ReadonlyArray<string>
  readonly parameters?: number
  readonly milliseconds?: ReadonlyArray<number>
  readonly megabytes?: number
}

/** What a side says that it cannot do. */
export class SideError extends Error {}

/** How a side's processes are started. */
export type Command = readonly [program: string, ...args: ReadonlyArray<string>]

/** A process of a side. */
export interface Side {
  readonly version: string
  readonly modes: ReadonlyArray<string>
  /** Makes a configuration ready and gives the number of its parameters. */
  prepare(configuration: Configuration, variant: Variant): Promise<number>
  /** The milliseconds of each step or prediction of what was prepared, of as many as fill so many milliseconds. */
  time(what: Timed, duration: number): Promise<ReadonlyArray<number>>
  /** The most memory that it had, in MB. */
  peak(): Promise<number>
  close(): void
}

/** Starts a process. Fails with a `SideError` where there is none such, or it lacks what it needs. */
export const startSide = async ([program, ...args]: Command): Promise<Side> => {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] })
  const said: Array<string> = []
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.push(text)
    said.splice(0, said.length - 20)
  })
  const ended = new Promise<never>((_, fail) => {
    const because = (reason: string) => fail(new SideError(`${[program, ...args].join(" ")}: ${reason}`))
    child.on("error", (error) => because(error.message))
    child.on("exit", () => because(said.join("").trim().split("\n").at(-1) || "ended early"))
    child.stdin.on("error", (error) => because(error.message))
  })
  ended.catch(() => undefined) // told by the request that waits for an answer
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  const ask = async (request: Request): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const line = await Promise.race([lines.next(), ended])
    if (line.done === true) return ended
    const answer = JSON.parse(line.value) as Answer
    if (answer.error !== undefined) throw new SideError(answer.error)
    return answer
  }

  const { version = "", modes = [] } = await ask({ do: "hello" })
  return {
    version,
    modes,
    prepare: async (configuration, variant) => {
      const { parameters = 0 } = await ask({ do: "prepare", configuration, ...variant })
      return parameters
    },
    time: async (what, duration) => (await ask({ do: what, duration })).milliseconds ?? [],
    peak: async () => (await ask({ do: "peak" })).megabytes ?? Number.NaN,
    close: () => {
      child.stdin.end()
    }
  }
}
