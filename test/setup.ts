// Makes every property test draw the same cases on every run; FC_SEED and FC_RUNS ask for others. Ends every file tidily.
import fc from "fast-check"
import { afterAll } from "vitest"
import { removeLeftovers } from "./leftovers.ts"

const fromEnv = (name: string): number | undefined => {
  const text = process.env[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new Error(`${name} must be an integer, got ${JSON.stringify(text)}`)
  return value
}

const runs = fromEnv("FC_RUNS")

fc.configureGlobal({ seed: fromEnv("FC_SEED") ?? 20_260_101, ...(runs === undefined ? {} : { numRuns: runs }) })

afterAll(removeLeftovers)
