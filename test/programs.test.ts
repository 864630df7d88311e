// The programs in examples/ run as they stand, from the built package, and print what they printed before.
import { execFileSync } from "node:child_process"
import { readFileSync, statSync } from "node:fs"
import { expect, it } from "vitest"

const run = (file: string): string => execFileSync("node", [`examples/${file}`], { encoding: "utf8" })

it("pure.ts prints shapes, the KL and a gradient", () => {
  expect(run("pure.ts")).toBe(
    [
      "output [ 4, 2 ]",
      "KL to the prior 27.773 nats",
      "gradient by the bias' means [ -11.098252296447754, -10.344998359680176 ]",
      ""
    ].join("\n")
  )
})

it("regression.ts learns the prices to about the noise in them, whose std is 15", () => {
  const [, rmse] = /test RMSE ([\d.]+);/.exec(run("regression.ts")) ?? []
  expect(Number(rmse)).toBeGreaterThan(10)
  expect(Number(rmse)).toBeLessThan(20)
})

it("makeHousing.ts writes the file that is there", () => {
  const file = new URL("../examples/housing.csv", import.meta.url)
  const before = readFileSync(file, "utf8")
  run("makeHousing.ts")
  expect(readFileSync(file, "utf8")).toBe(before)
})

it("the built command may be executed, after every build", () => {
  expect(statSync("dist/cli/main.js").mode & 0o111).toBe(0o111)
})
