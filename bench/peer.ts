/**
 * PyTorch's side: a child process that runs torch_peer.py and answers requests, a line of JSON for each.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import type { Configuration } from "./configurations.ts"

/** What of a configuration PyTorch runs: how its steps are made, and on how many threads. */
export interface Variant {
  readonly mode: string
  readonly threads: number
}

export type Timed = "step" | "predict"

type Request =
  | { readonly do: "hello" | "peak" }
  | ({ readonly do: "prepare"; readonly configuration: Configuration } & Variant)
  | { readonly do: Timed; readonly count: number }

/** An answer: some of these. */
interface Answer {
  readonly error?: string
  readonly version?: string
  readonly modes?: ReadonlyArray<string>
  readonly parameters?: number
  readonly milliseconds?: ReadonlyArray<number>
  readonly megabytes?: number
}

/** What PyTorch says that it cannot do. */
export class PeerError extends Error {}

/** A process of PyTorch. */
export interface Peer {
  readonly version: string
  readonly modes: ReadonlyArray<string>
  /** Makes a configuration ready and gives the number of its parameters. */
  prepare(configuration: Configuration, variant: Variant): Promise<number>
  /** The milliseconds of so many steps or predictions of what was prepared. */
  time(what: Timed, count: number): Promise<ReadonlyArray<number>>
  /** The most memory that it had, in MB. */
  peak(): Promise<number>
  close(): void
}

const SCRIPT = "bench/torch_peer.py"

/** Starts PyTorch under an interpreter, to choose from these modes alone if they are given. Fails with a `PeerError` where there is none, or it has no PyTorch. */
export const startPeer = async (python: string, chosen?: ReadonlyArray<string>): Promise<Peer> => {
  const child = spawn(python, [SCRIPT], { stdio: ["pipe", "pipe", "pipe"] })
  const said: Array<string> = []
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.push(text)
    said.splice(0, said.length - 20)
  })
  const ended = new Promise<never>((_, fail) => {
    const because = (reason: string) => fail(new PeerError(`${python} ${SCRIPT}: ${reason}`))
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
    if (answer.error !== undefined) throw new PeerError(answer.error)
    return answer
  }

  const { version = "", modes = [] } = await ask({ do: "hello" })
  return {
    version,
    modes: modes.filter((mode) => chosen?.includes(mode) ?? true),
    prepare: async (configuration, variant) => {
      const { parameters = 0 } = await ask({ do: "prepare", configuration, ...variant })
      return parameters
    },
    time: async (what, count) => (await ask({ do: what, count })).milliseconds ?? [],
    peak: async () => (await ask({ do: "peak" })).megabytes ?? Number.NaN,
    close: () => {
      child.stdin.end()
    }
  }
}
