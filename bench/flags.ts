/**
 * The command line of the benchmark.
 */
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { type Configuration, configurations } from "./configurations.ts"

export interface Flags {
  /** To be timed against PyTorch; none where other parts alone were asked for. */
  readonly configurations: ReadonlyArray<Configuration>
  readonly kernels: boolean
  readonly scaling: boolean
  readonly memory: boolean
  readonly rounds: number
  readonly threads: number
  /** PyTorch's modes to choose from; all that it has unless given. */
  readonly modes?: ReadonlyArray<string>
  readonly json: boolean
  /** The file of lines to write the document from, in place of measuring. */
  readonly write?: string
  readonly help: boolean
}

/** The modes that torch_peer.py has. */
const MODES = ["eager", "fused", "compiled", "compiled+fused"]

export const USAGE = `npm run bench -- [flags]
  --config a,b   these configurations alone: ${configurations.map(({ name }) => name).join(", ")}
  --kernels      figures of single kernels, in place of configurations
  --scaling      cost of a step against width, batch and threads, in place of configurations
  --memory       peak memory of training mnist1200, in place of configurations
  --all          configurations and all of these
  --rounds N     turns that each side takes, default 12
  --threads N    threads of each side at most, default one for each core
  --modes a,b    modes of PyTorch to choose from, default all: ${MODES.join(", ")}
  --json         one object a line
  --write FILE   no measuring: docs/PERFORMANCE.md from the lines that --all --json printed
PYTHON names an interpreter that has PyTorch; without it python3 is tried, and without PyTorch ours is timed alone.
`

/** Said to whoever gave the flags. */
export class FlagError extends Error {}

const whole = (flag: string, text: string): number => {
  const n = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(n) && n > 0) return n
  throw new FlagError(`--${flag} takes a whole number above 0, got "${text}"`)
}

/** Those that a list names, of all that there are. */
const listed = <A>(what: string, text: string, all: ReadonlyMap<string, A>): ReadonlyArray<A> =>
  text.split(",").map((name) => {
    const found = all.get(name.trim())
    if (found !== undefined) return found
    throw new FlagError(`no ${what} "${name.trim()}"; there is: ${[...all.keys()].join(", ")}`)
  })

const byName = new Map(configurations.map((one) => [one.name, one]))
const modeNames = new Map(MODES.map((mode) => [mode, mode]))

const OPTIONS = {
  config: { type: "string" },
  kernels: { type: "boolean", default: false },
  scaling: { type: "boolean", default: false },
  memory: { type: "boolean", default: false },
  all: { type: "boolean", default: false },
  rounds: { type: "string", default: "12" },
  threads: { type: "string", default: String(availableParallelism()) },
  modes: { type: "string" },
  json: { type: "boolean", default: false },
  write: { type: "string" },
  help: { type: "boolean", default: false }
} as const

const parsed = (args: ReadonlyArray<string>) => {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error))
  }
}

/** **Errors**: `FlagError`. */
export const flagsOf = (args: ReadonlyArray<string>): Flags => {
  const { config, rounds, threads, modes, all, json, write, help, ...parts } = parsed(args)
  const measures = [config !== undefined, all, json, ...Object.values(parts)].includes(true)
  if (write !== undefined && measures) throw new FlagError("--write FILE goes alone: it measures nothing")
  const configured = all || !(parts.kernels || parts.scaling || parts.memory)
  return {
    configurations: config !== undefined ? listed("configuration", config, byName) : configured ? configurations : [],
    kernels: all || parts.kernels,
    scaling: all || parts.scaling,
    memory: all || parts.memory,
    rounds: whole("rounds", rounds),
    threads: whole("threads", threads),
    json,
    help,
    ...(modes === undefined ? {} : { modes: listed("mode", modes, modeNames) }),
    ...(write === undefined ? {} : { write })
  }
}
