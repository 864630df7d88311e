// The harness itself: what goes in comes out, padding is NaN, and a kernel that leaves its buffers is caught.
import { beforeEach, describe, expect, it } from "vitest"
import * as harness from "./harness.ts"

beforeEach(harness.reset)

describe("harness", () => {
  it("reads what was put in", () => {
    const [f, d, w] = [harness.floats([1, -0, 0.1]), harness.doubles([0.1, 2]), harness.words([1, 0xffffffff])]
    expect(harness.readFloats(f, 3)).toEqual(Float32Array.of(1, -0, 0.1))
    expect(harness.readDoubles(d, 2)).toEqual(Float64Array.of(0.1, 2))
    expect(harness.readWords(w, 2)).toEqual(Uint32Array.of(1, 0xffffffff))
    for (const pointer of [f, d, w]) expect(pointer % 64).toBe(0)
  })

  it("pads with NaN", () => {
    const pointer = harness.floats([1, 2, 3])
    expect(harness.readFloats(pointer, 16).slice(3)).toEqual(new Float32Array(13).fill(Number.NaN))
  })

  it("catches a write behind a buffer", () => {
    const pointer = harness.floats([1, 2, 3])
    harness.runOperation("opScale", 17, { out: pointer, a: harness.floats(new Float32Array(17)), b: 64, c: 64 }, [1])
    expect(() => harness.readFloats(pointer, 3)).toThrow("wrote behind the end")
  })

  it.each([0, 1, 15, 16, 17, 511, 512, 513, 1025])("runs an operation over %i elements", (n) => {
    const a = Float32Array.from({ length: n }, (_, i) => i)
    const b = Float32Array.from({ length: n }, (_, i) => 1 / (i + 1))
    expect(harness.operate("opAxpy", { a, b, scalars: [2] })).toEqual(a.map((x, i) => 2 * x + b[i]!))
  })
})
