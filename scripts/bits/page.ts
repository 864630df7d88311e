// A job in a browser: the page's query holds it, and what came of each run is posted to the server that gave the page.
import { doJob, type Job } from "./job.ts"
import { quickRuns, runs } from "./runs.ts"
import { hashOfRun } from "./train.ts"

const post = async (path: string, body: unknown): Promise<void> => {
  await fetch(path, { method: "POST", body: JSON.stringify(body) })
}

const job = JSON.parse(new URLSearchParams(location.search).get("job") ?? "") as Job

try {
  await doJob(
    job,
    [...runs, ...quickRuns],
    (run) => hashOfRun(run),
    (outcome) => post("/outcome", outcome)
  )
  await post("/end", { isolated: crossOriginIsolated })
} catch (error) {
  await post("/end", { error: String(error) })
}
