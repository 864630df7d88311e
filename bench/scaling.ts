/**
 * What a training step costs against the width of the hidden layers, the rows of a batch, and the threads.
 */
import { type Configuration, configurations, fullyConnected } from "./configurations.ts"
import { contender, type Team } from "./contenders.ts"
import { timesOf } from "./statistics.ts"

/** A line of `--json`. */
export interface ScalingPoint {
  readonly scaling: "width" | "batch" | "threads"
  readonly width: number
  readonly batch: number
  readonly threads: number
  readonly step_ms: number
}

const WIDTHS = [25, 50, 100, 200, 400, 800, 1200]
const BATCHES = [8, 32, 128, 512]

/** Milliseconds of warming up, and of what counts. */
const WARM = 800
const TIMED = 1200

const digitsOf = (width: number, batch: number): Configuration => {
  const [mnist] = configurations.filter(({ name }) => name === "mnist400")
  return { ...mnist!, layers: fullyConnected(784, width, width, 10), batch }
}

const cost = async (ours: Team, width: number, batch: number, threads: number): Promise<number> => {
  const { time, close } = await contender(ours, digitsOf(width, batch), { mode: ours.modes[0]!, threads })
  try {
    const run = time("step")
    await run(WARM)
    return timesOf(await run(TIMED)).median_ms
  } finally {
    close()
  }
}

/** Every point, at so many threads at most. */
export const scalingPoints = async (ours: Team, most: number): Promise<ReadonlyArray<ScalingPoint>> => {
  const points: Array<ScalingPoint> = []
  const add = async (scaling: ScalingPoint["scaling"], width: number, batch: number, threads: number) => {
    points.push({ scaling, width, batch, threads, step_ms: await cost(ours, width, batch, threads) })
  }
  for (const width of WIDTHS) await add("width", width, 128, most)
  for (const batch of BATCHES) await add("batch", 400, batch, most)
  for (let threads = 1; threads <= most; threads++) await add("threads", 1200, 128, threads)
  return points
}
