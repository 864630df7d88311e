// Takes the same training runs in every engine that is to be had here, and compares their bits: npm run bits -- [flags].
import { parseArgs } from "node:util"
import { differing, environmentTable, hashesOf, type Result, runTable } from "./compare.ts"
import type { Environment } from "./environment.ts"
import { environments } from "./environments.ts"
import type { Outcome } from "./job.ts"
import { knownOf, record } from "./known.ts"
import { report } from "./report.ts"
import { quickRuns, type Run, runs } from "./runs.ts"

const USAGE = `npm run bits -- [flags]
  --quick       the small runs of npm test alone
  --only TEXT   environments with this in their names alone, beside the first one
  --record      keep the hashes in scripts/bits/known.json as those of this version of the bits, and the tables, if they
                are whole, in docs/bits.md
CHROMIUM and FIREFOX name programs. Node and Bun come from npm.`

const OPTIONS = {
  quick: { type: "boolean", default: false },
  only: { type: "string", default: "" },
  record: { type: "boolean", default: false },
  help: { type: "boolean", default: false }
} as const

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!

/** What is wrong with how an environment came to its hashes, if anything is. */
const fault = (environment: Environment, asked: number, outcomes: ReadonlyArray<Outcome>): string | undefined => {
  const expected = environment.oneThread === true ? 1 : asked
  const other = outcomes.find(({ threads, engine }) => threads !== expected || engine !== "simd")
  return other === undefined ? undefined : `it has computed on ${other.threads} threads by the engine ${other.engine}`
}

const take = async (environment: Environment, all: ReadonlyArray<Run>): Promise<ReadonlyArray<Result>> => {
  const { name, without } = environment
  const taken = all.filter((run) => without?.has(run) !== true)
  const asked = taken.map((run) => run.name)
  const about = { name, asked, ...(without === undefined || taken.length === all.length ? {} : { why: without.why }) }
  const results: Array<Result> = []
  try {
    const { version, run } = await environment.open()
    for (const threads of environment.threads) {
      const shown = { ...about, version, threads: environment.oneThread === true ? 1 : threads }
      try {
        const outcomes = await run({ runs: asked, threads })
        const failed = fault(environment, threads, outcomes)
        results.push({ ...shown, outcomes, ...(failed === undefined ? {} : { failed }) })
      } catch (error) {
        results.push({ ...shown, outcomes: [], failed: messageOf(error) })
      }
    }
  } catch (error) {
    results.push({ ...about, version: "-", threads: environment.threads[0]!, outcomes: [], absent: messageOf(error) })
  }
  return results
}

const main = async (flags: { readonly quick: boolean; readonly only: string; readonly record: boolean }) => {
  const taken = flags.quick ? quickRuns : [...runs, ...quickRuns]
  const names = taken.map(({ name }) => name)
  const results: Array<Result> = []
  for (const [i, environment] of environments.entries()) {
    if (i > 0 && !environment.name.includes(flags.only)) continue
    console.error(`${environment.name} ...`)
    results.push(...(await take(environment, taken)))
  }
  const first = results[0]!
  const hashes = hashesOf(first)
  const bits = first.outcomes[0]?.bits ?? 0
  const environmentLines = environmentTable(hashes, results)
  console.log([...environmentLines, "", ...runTable(taken, hashes), ""].join("\n"))
  const here = results.filter(({ absent }) => absent === undefined)
  const equal = here.every((result) => result.failed === undefined && differing(hashes, result).length === 0)
  const complete = names.every((name) => hashes[name] !== undefined)
  console.log(`${equal && complete ? "All bits are equal" : "BITS DIFFER"} in ${here.length} environments`)
  if (flags.record && equal && complete) {
    record(bits, hashes)
    if (!flags.quick && flags.only === "") report([...environmentLines, "", ...runTable(runs, hashes)])
  }
  const known = knownOf(bits)
  const changed = names.filter((name) => known[name] !== hashes[name])
  console.log(
    changed.length === 0
      ? `and they are those that are known of version ${bits}.`
      : `but OTHERS than are known of version ${bits} (scripts/bits/known.ts says what to do): ${changed.join("; ")}`
  )
  if (!equal || !complete || changed.length > 0) process.exitCode = 1
}

const { help, ...flags } = parseArgs({ options: OPTIONS }).values
if (help) console.log(USAGE)
else await main(flags)
