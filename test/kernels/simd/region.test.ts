// A region that takes of its heap.
import { expect, it, vi } from "vitest"
import { Heap, NoRoom } from "../../../src/kernels/simd/Heap.ts"
import { instantiate } from "../../../src/kernels/simd/instance.ts"
import { Region } from "../../../src/kernels/simd/Region.ts"

const CHUNK = 1 << 18

it("takes what it needs where there is no room for more, and hides no other failure", () => {
  const heap = new Heap(instantiate(false))
  const region = new Region(heap)
  const take = vi.spyOn(heap, "take")
  const failsOnce = (error: Error) =>
    take.mockClear().mockImplementationOnce(() => {
      throw error
    })
  failsOnce(new NoRoom({ where: "a new tensor", expected: "room", actual: "none" }))
  const pointer = region.bytes(1000)
  expect(take.mock.calls).toEqual([[CHUNK], [1024]])
  expect(take.mock.results[1]).toEqual({ type: "return", value: { start: pointer, end: pointer + 1024 } })
  failsOnce(new TypeError("something else"))
  expect(() => region.bytes(1000)).toThrow("something else")
  expect(take.mock.calls).toEqual([[CHUNK]])
})
