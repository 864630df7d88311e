// A region that takes of its heap.
import { expect, it, vi } from "vitest"
import { Heap, NoRoom } from "../../../src/kernels/simd/Heap.ts"
import { instantiate } from "../../../src/kernels/simd/instance.ts"
import { Region } from "../../../src/kernels/simd/Region.ts"

const CHUNK = 1 << 18
const SMALL = CHUNK / 4 - 64
const LARGE = CHUNK / 4

const noRoom = () => new NoRoom({ where: "a new tensor", expected: "room", actual: "none" })

/** A region whose first chunk is full, and the calls by which it takes more. */
const full = () => {
  const heap = new Heap(instantiate(false))
  const region = new Region(heap)
  const first = [1, 2, 3, 4].map(() => region.bytes(SMALL))
  const take = vi.spyOn(heap, "take")
  const failsOnce = (error: Error) =>
    take.mockClear().mockImplementationOnce(() => {
      throw error
    })
  return { heap, region, first, take, failsOnce }
}

it("takes what it needs where there is no room for more, and hides no other failure", () => {
  const { region, take, failsOnce } = full()
  failsOnce(noRoom())
  const pointer = region.bytes(1000)
  expect(take.mock.calls).toEqual([[CHUNK], [1024]])
  expect(take.mock.results[1]).toEqual({ type: "return", value: { start: pointer, end: pointer + 1024 } })
  failsOnce(new TypeError("something else"))
  expect(() => region.bytes(1000)).toThrow("something else")
  expect(take.mock.calls).toEqual([[CHUNK]])
})

it("goes without the ranges that it has to spare where the heap has no others", () => {
  const { heap, region, take, failsOnce } = full()
  const give = vi.spyOn(heap, "give")
  const spare = region.bytes(8 * LARGE)
  region.reset()
  failsOnce(noRoom())
  const pointer = region.bytes(LARGE) // less than half of what is spare
  expect(give.mock.calls).toEqual([[{ start: spare, end: spare + 8 * LARGE }]])
  expect(take.mock.calls).toEqual([[LARGE], [LARGE]])
  expect(pointer).toBe(spare)
  failsOnce(noRoom())
  expect(() => region.bytes(10 * LARGE)).not.toThrow()
  take.mockImplementation(() => {
    throw noRoom()
  })
  expect(() => region.bytes(LARGE)).toThrow(NoRoom)
})

it("has the same places for the same pieces again, whatever their order, and gives back what was not asked for", () => {
  const { heap, region, first } = full()
  const sizes = [LARGE, 5 * LARGE, 3 * LARGE, LARGE]
  const places = (order: ReadonlyArray<number>) => {
    region.reset()
    for (const place of first) expect(region.bytes(SMALL)).toBe(place)
    return order.map((size) => region.bytes(size)).sort((a, b) => a - b)
  }
  const before = places(sizes)
  const { used } = heap
  expect(places(sizes)).toEqual(before)
  expect(places([...sizes].reverse())).toEqual(before)
  const give = vi.spyOn(heap, "give")
  const [kept] = places([LARGE])
  expect(before).toContain(kept)
  places([])
  expect(give.mock.calls.reduce((sum, [{ start, end }]) => sum + end - start, 0)).toBe(9 * LARGE)
  places(sizes)
  expect(heap.used).toBe(used)
})
