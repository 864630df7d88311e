// Taking turns, and a process of ours which is asked in lines.
import { expect, it } from "vitest"
import { configurations } from "../../bench/configurations.ts"
import { SideError, startSide } from "../../bench/side.ts"
import { takeTurns } from "../../bench/turns.ts"

it("warms everyone up, then lets them run one after the other, in each round in the opposite order", async () => {
  const order: Array<string> = []
  const run = (name: string, each: number) => async (duration: number) => {
    order.push(`${name} ${duration}`)
    return Array.from({ length: duration / each }, () => each)
  }
  const { times, busy } = await takeTurns([run("a", 10), run("b", 5)], { warm: 100, rounds: 3, turn: 40 })
  expect(order).toEqual(["a 100", "b 100", "a 40", "b 40", "b 40", "a 40", "a 40", "b 40"])
  expect(times.map((all) => [all.length, all[0]])).toEqual([
    [12, 10],
    [24, 5]
  ])
  expect(busy).toBeGreaterThanOrEqual(0)
  expect(busy).toBeLessThanOrEqual(1)
})

it("asks a process of ours, and tells why one does not answer", async () => {
  const side = await startSide([process.execPath, "bench/answers.ts"])
  const uci = configurations.find(({ name }) => name === "uci")!
  expect([side.modes, await side.prepare(uci, { mode: "ours", threads: 2 })]).toEqual([["ours"], 2 * 751])
  const [steps, draws] = [await side.time("step", 0), await side.time("predict", 100)]
  expect([steps.length, [...steps, ...draws].every((ms) => ms > 0)]).toEqual([3, true]) // three at least
  expect(draws.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(99.9) // but for the rounding of the sum
  expect(await side.peak()).toBeGreaterThan(20)
  side.close()
  await expect(side.time("step", 1)).rejects.toThrow(SideError)
})
