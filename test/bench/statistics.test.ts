// What is made of measured times.
import { expect, it } from "vitest"
import { digits, median, rounded, timesOf } from "../../bench/statistics.ts"

it("takes the middle one, or the mean of the two in the middle, in any order", () => {
  expect([median([3]), median([9, 1, 2]), median([4, 1, 10, 2])]).toEqual([3, 2, 3])
  expect(() => median([])).toThrow("no median of nothing")
  const values = [2, 1]
  median(values)
  expect(values).toEqual([2, 1])
})

it("tells median and least in four digits", () => {
  expect(timesOf([0.0123456, 0.2, 0.0223456])).toEqual({ median_ms: 0.02235, min_ms: 0.01235 })
  expect(rounded(123456)).toBe(123500)
})

it.each([
  [0.0113, "0.0113"],
  [4.299, "4.30"],
  [52.06, "52.1"],
  [1234.4, "1234"],
  [9.999, "10.0"],
  [0, "0"]
])("writes %d as %s", (x, text) => {
  expect(digits(x)).toBe(text)
})
