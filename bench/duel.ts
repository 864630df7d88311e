/**
 * One configuration, ours and PyTorch's: both are warmed up, then they take turns in rounds, so that whatever the
 * machine does happens to both.
 */
import type { Configuration } from "./configurations.ts"
import { withOurs } from "./ours.ts"
import type { Peer, Timed, Variant } from "./peer.ts"
import { probe } from "./probe.ts"
import { countFor, median, rounded, type Times, timesOf } from "./statistics.ts"
import { milliseconds, pause, warm } from "./timing.ts"
import { best, type Trial, trials } from "./trial.ts"

/** What is known of one configuration: a line of `--json`. */
export interface Row {
  readonly config: string
  readonly ours: Times & { readonly threads: number }
  /** Absent without PyTorch. */
  readonly peer?: Times & { readonly name: string }
  /** PyTorch's median over ours. */
  readonly ratio?: number
  readonly predict: {
    readonly ours_ms: number
    readonly ours_threads: number
    readonly peer_ms?: number
    readonly peer_name?: string
    readonly ratio?: number
  }
  /** GFLOP/s of the speed probe before and after. */
  readonly probe: readonly [before: number, after: number]
  /** How PyTorch's mode and threads were chosen. */
  readonly trials?: ReadonlyArray<Trial>
}

/** Milliseconds: of warming up, of a trial, of a side's turn in a round, and of silence between turns, for threads to sleep. */
const WARM = 2000
const TRIAL = 600
const TURN = 250
const SILENCE = 25

/** A side: how it runs something so many times. */
type Side = (count: number) => ReadonlyArray<number> | Promise<ReadonlyArray<number>>

/** All times of each side over the rounds, in each of which the other one begins. */
const alternate = async (sides: ReadonlyArray<{ readonly run: Side; readonly each: number }>, rounds: number) => {
  const all = sides.map((): Array<number> => [])
  for (let round = 0; round < rounds; round++) {
    const order = [...sides.entries()]
    for (const [i, { run, each }] of round % 2 === 0 ? order : order.reverse()) {
      await pause(SILENCE)
      all[i]!.push(...(await run(countFor(TURN, each))))
    }
  }
  return all
}

const warmPeer = async (peer: Peer, what: Timed): Promise<number> => {
  const first = median(await peer.time(what, 3))
  return median(await peer.time(what, countFor(WARM, first)))
}

/** A process of PyTorch with the variant ready. */
const started = async (start: () => Promise<Peer>, configuration: Configuration, variant: Variant): Promise<Peer> => {
  const peer = await start()
  await peer.prepare(configuration, variant)
  return peer
}

const nameOf = (peer: Peer, { mode, threads }: Variant): string =>
  `PyTorch ${peer.version} ${mode}, ${threads} ${threads === 1 ? "thread" : "threads"}`

/** What came of a duel; the peer's side is absent without PyTorch. */
interface Duel {
  readonly ours: Times
  readonly peer?: { readonly name: string; readonly times: Times; readonly ratio: number }
}

const duel = async (
  ours: () => void,
  what: Timed,
  rounds: number,
  opponent?: { readonly peer: Peer; readonly variant: Variant }
): Promise<Duel> => {
  const mine = { run: (count: number) => milliseconds(ours, count), each: warm(ours, WARM) }
  if (opponent === undefined) return { ours: timesOf((await alternate([mine], rounds))[0]!) }
  const { peer, variant } = opponent
  const theirs = { run: (count: number) => peer.time(what, count), each: await warmPeer(peer, what) }
  const [a, b] = (await alternate([mine, theirs], rounds)) as [Array<number>, Array<number>]
  const ratio = rounded(median(b) / median(a))
  return { ours: timesOf(a), peer: { name: nameOf(peer, variant), times: timesOf(b), ratio } }
}

/** What a run is told. */
export interface Options {
  readonly rounds: number
  /** The most threads of either side. */
  readonly threads: number
  /** Starts PyTorch, if there is one. */
  readonly start?: () => Promise<Peer>
}

/** The number of threads on which ours is fastest; more of them only where they save more than chance does. */
const bestThreads = async (configuration: Configuration, what: Timed, counts: ReadonlyArray<number>) => {
  const tried: Array<{ readonly threads: number; readonly ms: number }> = []
  for (const threads of counts) {
    const ms = await withOurs(configuration, threads, (ours) => warm(ours[what], TRIAL))
    tried.push({ threads, ms })
  }
  return tried.reduce((a, b) => (b.ms < 0.97 * a.ms ? b : a)).threads
}

/** Times a configuration. */
export const timed = async (configuration: Configuration, options: Options): Promise<Row> => {
  const { rounds, start } = options
  const counts = [...new Set([1, options.threads])]
  const before = probe()
  const weights = await withOurs(configuration, 1, (ours) => ours.weights)
  const tried = start === undefined ? undefined : await trials(start, configuration, weights, counts)
  const against = async (what: Timed): Promise<Duel & { readonly threads: number }> => {
    const threads = await bestThreads(configuration, what, counts)
    return withOurs(configuration, threads, async (ours) => {
      if (start === undefined || tried === undefined) return { threads, ...(await duel(ours[what], what, rounds)) }
      const variant = best(tried, what)
      const peer = await started(start, configuration, variant)
      const result = await duel(ours[what], what, rounds, { peer, variant })
      peer.close()
      return { threads, ...result }
    })
  }
  const step = await against("step")
  const predict = await against("predict")
  return {
    config: configuration.name,
    ours: { ...step.ours, threads: step.threads },
    ...(step.peer === undefined ? {} : { peer: { name: step.peer.name, ...step.peer.times }, ratio: step.peer.ratio }),
    predict: {
      ours_ms: predict.ours.median_ms,
      ours_threads: predict.threads,
      ...(predict.peer === undefined
        ? {}
        : { peer_ms: predict.peer.times.median_ms, ratio: predict.peer.ratio, peer_name: predict.peer.name })
    },
    probe: [before, probe()],
    ...(tried === undefined ? {} : { trials: tried })
  }
}
