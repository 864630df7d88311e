// The program that runs experiments: what it says where it cannot.
import { spawnSync } from "node:child_process"
import { expect, it } from "vitest"

const run = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync("node", ["experiments/main.ts", ...args], { encoding: "utf8" })
  return [status, stdout, stderr]
}

it("lists what there is, for a name that is none", () => {
  const usage = "npm run experiment -- NAME [--data DIR] [--seed N]\n"
  expect(run("gradient")).toEqual([1, "", `no experiment "gradient"; there is: gradient-variance\n${usage}`])
})

it("says which file of the data is missing, and how to name its folder", () => {
  const problem = "no file nowhere/mnist/train-images-idx3-ubyte.gz: --data names the folder that holds mnist/train"
  expect(run("gradient-variance", "--data", "nowhere")[2]).toContain(problem)
})
