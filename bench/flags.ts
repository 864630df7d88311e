/**
 * The command line of the benchmark.
 */
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { type Configuration, configurations } from "./configurations.ts"

export interface Flags {
  readonly configurations: ReadonlyArray<Configuration>
  readonly rounds: number
  readonly threads: number
  readonly json: boolean
  readonly help: boolean
}

export const USAGE = `npm run bench -- [flags]
  --config a,b   these configurations alone: ${configurations.map(({ name }) => name).join(", ")}
  --rounds N     turns that each side takes, default 12
  --threads N    threads of each side at most, default one for each core
  --json         one object a line
PYTHON names an interpreter that has PyTorch; without it python3 is tried, and without PyTorch ours is timed alone.
`

/** Said to whoever gave the flags. */
export class FlagError extends Error {}

const whole = (flag: string, text: string): number => {
  const n = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(n) && n > 0) return n
  throw new FlagError(`--${flag} takes a whole number above 0, got "${text}"`)
}

const named = (text: string): ReadonlyArray<Configuration> =>
  text.split(",").map((name) => {
    const found = configurations.find((one) => one.name === name.trim())
    if (found !== undefined) return found
    const known = configurations.map((one) => one.name).join(", ")
    throw new FlagError(`no configuration "${name.trim()}"; there is: ${known}`)
  })

const OPTIONS = {
  config: { type: "string" },
  rounds: { type: "string", default: "12" },
  threads: { type: "string", default: String(availableParallelism()) },
  json: { type: "boolean", default: false },
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
  const { config, rounds, threads, ...rest } = parsed(args)
  return {
    ...rest,
    configurations: config === undefined ? configurations : named(config),
    rounds: whole("rounds", rounds),
    threads: whole("threads", threads)
  }
}
