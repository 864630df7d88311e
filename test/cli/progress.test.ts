// The bar of a run: as wide as the terminal is at each event, whatever it was before.
import { Effect, Stream, Terminal } from "effect"
import { expect, it } from "vitest"
import { show } from "../../src/cli/progress.ts"

it("follows the width of the terminal as it changes", async () => {
  const widths = [60, 40, 50]
  const shown: Array<string> = []
  const terminal = Terminal.make({
    columns: Effect.sync(() => widths[shown.length]!),
    rows: Effect.succeed(24),
    size: Effect.die("not asked for"),
    readInput: Effect.die("not asked for"),
    readLine: Effect.die("not asked for"),
    display: (text) => Effect.sync(() => shown.push(text))
  })
  const loss = { negElboMean: 1.5, nllMean: 1, klNats: 50, klWeight: 1 }
  const event = (step: number) => ({ epoch: step, epochs: 3, step, steps: 3, loss })
  const events = Stream.make(event(1), event(2), { ...event(3), ended: "epochs" as const })
  await events.pipe(
    show({ json: false, from: 0, unit: "nats per datum" }),
    Stream.runDrain,
    Effect.provideService(Terminal.Terminal, terminal),
    Effect.runPromise
  )
  expect(shown.map((text) => text.replace(/\n$/, "").length)).toEqual(widths) // "\r", and one column is left free
  expect(shown.map((text) => /(\d+)%/.exec(text)?.[1])).toEqual(["33", "67", "100"])
  expect(shown.map((text) => text.endsWith("\n"))).toEqual([false, false, true])
})
