/** How training shows itself: a bar on a terminal, ten lines elsewhere, JSON for machines. */
import { Clock, Console, Effect, Stream, Terminal } from "effect"
import type { Model, Training } from "../index.ts"

const BAR = 24

const time = (seconds: number): string =>
  seconds < 60 ? `${Math.round(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`

/** What losses and validation scores are counted in: a density of standardized targets is not one in the data's units. */
export const lossUnit = ({ targets }: Pick<Model.Model<unknown, unknown, unknown>, "targets">): string => {
  const asTheyAre = targets.mean.every((mean) => mean === 0) && targets.std.every((std) => std === 1)
  return asTheyAre ? "nats per datum" : "nats per standardized datum"
}

/** Of an event, what can be shown. */
type Shown = Omit<Training.Progress<unknown, unknown>, "state">

/** Passes the events of a run from a step on, and shows each, or each tenth of the way. The clock serves the ETA alone. */
export const show =
  (options: { readonly json: boolean; readonly from: number; readonly unit: string }) =>
  <A extends Shown, E, R>(events: Stream.Stream<A, E, R>) =>
    Stream.unwrap(
      Effect.gen(function* () {
        const terminal = yield* Terminal.Terminal
        const started = yield* Clock.currentTimeMillis
        let tenths: number | undefined
        let lineOpen = false
        let validation: Training.Validated | undefined
        const display = Effect.fnUntraced(function* (event: A) {
          const { epoch, epochs, step, steps, loss, ended } = event
          const share = step / steps
          validation = event.validation ?? validation
          tenths ??= Math.floor((10 * options.from) / steps)
          const due = Math.floor(10 * share) > tenths || ended === "patience"
          tenths = Math.floor(10 * share)
          if (options.json) {
            if (!due) return
            const told = { event: "progress", epoch, epochs, step, steps, ...loss }
            yield* Console.log(JSON.stringify(validation === undefined ? told : { ...told, validation }))
            return
          }
          const validated =
            validation === undefined
              ? ""
              : `, validation ${validation.nllMean.toFixed(3)} (best ${validation.bestNllMean.toFixed(3)})`
          const figures = `loss ${loss.negElboMean.toFixed(3)}${validated} ${options.unit} (KL ${loss.klNats.toFixed(1)} nats)`
          const columns = yield* terminal.columns // at each event, as a window may change
          if (columns > 0) {
            const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
            const filled = Math.round(BAR * share)
            const bar = `[${"#".repeat(filled)}${".".repeat(BAR - filled)}]`
            const eta =
              ended !== undefined
                ? `took ${time(seconds)}`
                : `ETA ${time((seconds * (steps - step)) / (step - options.from))}`
            const line = `${bar} ${String(Math.round(100 * share)).padStart(3)}%  ${eta}  ${figures}`.slice(
              0,
              columns - 1
            )
            lineOpen = ended === undefined
            yield* terminal.display(`\r${line.padEnd(columns - 1)}${lineOpen ? "" : "\n"}`)
          } else if (due) {
            yield* Console.log(`epoch ${epoch} of ${epochs}, step ${step} of ${steps}: ${figures}`)
          }
        })
        const closeLine = Effect.suspend(() => (lineOpen ? Effect.ignore(terminal.display("\n")) : Effect.void))
        return events.pipe(Stream.tap(display), Stream.ensuring(closeLine))
      })
    )
