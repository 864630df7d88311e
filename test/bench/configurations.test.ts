// The configurations: the sizes that the peers' script names, on both sides.
import { expect, it } from "vitest"
import { about, configurations } from "../../bench/configurations.ts"
import { best } from "../../bench/contenders.ts"
import { withOurs } from "../../bench/ours.ts"

const named = (name: string) => configurations.find((one) => one.name === name)!

it("has the networks of the peers' script", () => {
  expect(configurations.slice(0, 4).map(about)).toEqual([
    "1 - 16 - 16 - 1, batch 100",
    "13 - 50 - 1, batch 32",
    "784 - 400 - 400 - 10, batch 128",
    "784 - 1200 - 1200 - 10, batch 128"
  ])
  expect(about(named("convolution"))).toBe("1x28x28 - 8 5x5/2 - 16 3x3/2 - 10, batch 128")
  expect(about(named("local"))).toBe("784 - 400 - 400 - 10, batch 128, local reparameterization")
})

// 13 * 50 + 50 + 50 + 1 weights and biases; 1 * 8 * 25 + 8 + 8 * 16 * 9 + 16 + 400 * 10 + 10.
it.each([
  ["uci", 751],
  ["convolution", 5386]
])("trains and predicts with %s", async (name, weights) => {
  const count = await withOurs(named(name), 1, (ours) => {
    ours.step()
    ours.step()
    ours.predict()
    return ours.weights
  })
  expect(count).toBe(weights)
})

it("takes the variant whose trial was fastest, and says why where there is none", () => {
  const eager = { mode: "eager", threads: 1, step_ms: 2, predict_ms: 1 }
  const fused = { mode: "fused", threads: 2, step_ms: 1, predict_ms: 3 }
  const compiled = { mode: "compiled", threads: 2, error: "no compiler" }
  expect(best([compiled, eager, fused], "step")).toEqual({ mode: "fused", threads: 2 })
  expect(best([compiled, eager, fused], "predict")).toEqual({ mode: "eager", threads: 1 })
  expect(() => best([compiled], "step")).toThrow("nothing of it can be done: no compiler")
})
