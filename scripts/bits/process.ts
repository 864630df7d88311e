// A job in a process of its own, in Node or Bun: process.ts '{"runs":[...],"threads":2}' prints an outcome a line.
// With "stopped", a folder, runs are stopped and kept there; with "resumed" they are gone on with from there.
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { Model } from "effect-bayes"
import { doJob, type Job } from "./job.ts"
import { quickRuns, type Run, runs } from "./runs.ts"
import { hashOfRun, stoppedRun } from "./train.ts"

interface ProcessJob extends Job {
  readonly stopped?: string
  readonly resumed?: string
}

const job = JSON.parse(process.argv[2] ?? "") as ProcessJob

const fileIn = (folder: string, { name }: Run): string => join(folder, `${name.replaceAll(/\W+/g, "-")}.safetensors`)

const take = (run: Run): Effect.Effect<string | undefined, unknown> => {
  const { stopped, resumed } = job
  if (stopped !== undefined) {
    const kept = Effect.flatMap(stoppedRun(run), (saved) => Model.save(fileIn(stopped, run), saved))
    return Effect.as(Effect.provide(kept, NodeServices.layer), undefined)
  }
  if (resumed === undefined) return hashOfRun(run)
  const loaded = Effect.provide(Model.load(fileIn(resumed, run)), NodeServices.layer)
  return Effect.flatMap(loaded, (saved) => hashOfRun(run, saved))
}

await doJob(job, [...runs, ...quickRuns], take, (outcome) => console.log(JSON.stringify(outcome)))
