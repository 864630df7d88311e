/**
 * One configuration, ours and PyTorch's: the best variant of each against the other's, in turns.
 */
import type { Configuration } from "./configurations.ts"
import { best, type Contender, type Team, type Trial, type Tried, tryAll } from "./contenders.ts"
import { probe } from "./probe.ts"
import type { Timed, Variant } from "./side.ts"
import { median, rounded, type Times, timesOf } from "./statistics.ts"
import { takeTurns } from "./turns.ts"

/** What came of a duel. The peer's side is absent without PyTorch; the ratio is PyTorch's median over ours. */
export interface Duel {
  readonly ours: Times & Variant
  readonly peer?: Times & Variant & { readonly name: string }
  readonly ratio?: number
  /** What share of the cores was busy while both sides were silent. */
  readonly busy: number
}

/** What is known of one configuration, a line of `--json`: the duel of a training step, and that of a prediction draw. */
export interface Row extends Duel {
  readonly config: string
  readonly predict: Duel & { readonly ours_ms: number; readonly peer_ms?: number }
  /** GFLOP/s of the speed probe before and after. */
  readonly probe: readonly [before: number, after: number]
  /** How mode and threads of each side were chosen. */
  readonly trials: { readonly ours: ReadonlyArray<Trial>; readonly peer?: ReadonlyArray<Trial> }
}

/** Milliseconds of warming up and of a side's turn in a round. */
const WARM = 1000
const TURN = 250

/** What a run is told. */
export interface Options {
  readonly ours: Team
  /** PyTorch, if there is one. */
  readonly peer?: Team
  readonly rounds: number
  /** The most threads of either side. */
  readonly threads: number
}

const champion = ({ contenders, trials }: Tried, what: Timed): Contender => {
  const { mode, threads } = best(trials, what)
  return contenders.find((one) => one.mode === mode && one.threads === threads)!
}

const duel = async (sides: ReadonlyArray<Tried>, what: Timed, rounds: number): Promise<Duel> => {
  const champions = sides.map((side) => champion(side, what))
  const { times, busy } = await takeTurns(
    champions.map(({ time }) => time(what)),
    { warm: WARM, rounds, turn: TURN }
  )
  const [ours, other] = champions.map(({ mode, threads }, i) => ({ mode, threads, ...timesOf(times[i]!) }))
  if (other === undefined) return { ours: ours!, busy }
  const peer = { name: `${sides[1]!.name}, ${other.mode}`, ...other }
  return { ours: ours!, peer, ratio: rounded(median(times[1]!) / median(times[0]!)), busy }
}

/** Throws where a contender trains another network than the rest. */
const checkParameters = (contenders: ReadonlyArray<Contender>): void => {
  const counts = new Set(contenders.map(({ parameters }) => parameters))
  if (counts.size > 1) throw new Error(`the sides train different numbers of parameters: ${[...counts].join(", ")}`)
}

/** Share of the cores that others may use before times mean little: PyTorch's threads wait for each other in every kernel. */
const BUSY = 0.05

const warnIfBusy = (name: string, busy: number): void => {
  if (busy <= BUSY) return
  console.error(`${name}: others kept ${Math.round(100 * busy)} % of the cores busy; do not keep these times`)
}

/** Times a configuration. */
export const timed = async (configuration: Configuration, options: Options): Promise<Row> => {
  const counts = [...new Set([1, options.threads])]
  const before = probe()
  const sides: Array<Tried> = []
  try {
    for (const team of [options.ours, options.peer]) {
      if (team !== undefined) sides.push(await tryAll(team, configuration, counts))
    }
    checkParameters(sides.flatMap(({ contenders }) => contenders))
    const step = await duel(sides, "step", options.rounds)
    const draw = await duel(sides, "predict", options.rounds)
    const predict = {
      ours_ms: draw.ours.median_ms,
      ...(draw.peer === undefined ? {} : { peer_ms: draw.peer.median_ms }),
      ...draw
    }
    const [ours, peer] = sides.map(({ trials }) => trials)
    const trials = { ours: ours!, ...(peer === undefined ? {} : { peer }) }
    warnIfBusy(configuration.name, Math.max(step.busy, predict.busy))
    return { config: configuration.name, ...step, predict, probe: [before, probe()], trials }
  } finally {
    for (const { contenders } of sides) for (const { close } of contenders) close()
  }
}
