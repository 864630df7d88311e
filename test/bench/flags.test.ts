// The command line of the benchmark: what it takes, and what it says of the rest.
import { spawnSync } from "node:child_process"
import { expect, it } from "vitest"
import { configurations } from "../../bench/configurations.ts"
import { flagsOf } from "../../bench/flags.ts"

const parts = (...args: ReadonlyArray<string>) => {
  const { configurations: some, kernels, scaling, memory } = flagsOf(args)
  return [some.map(({ name }) => name).join(), kernels, scaling, memory]
}
const everyName = configurations.map(({ name }) => name).join()

it("times every configuration unless told what", () => {
  expect(parts()).toEqual([everyName, false, false, false])
  expect(parts("--config", "uci,toy")).toEqual(["uci,toy", false, false, false])
  expect(parts("--kernels", "--memory")).toEqual(["", true, false, true])
  expect(parts("--scaling", "--config", "toy")).toEqual(["toy", false, true, false])
  expect(parts("--all")).toEqual([everyName, true, true, true])
})

it("reads numbers and files", () => {
  const { rounds, threads, json } = flagsOf("--rounds 3 --threads 1 --json".split(" "))
  expect([rounds, threads, json, flagsOf(["--write", "a.jsonl"]).write]).toEqual([3, 1, true, "a.jsonl"])
  expect([flagsOf([]).modes, flagsOf(["--modes", "eager,fused"]).modes]).toEqual([undefined, ["eager", "fused"]])
})

it.each([
  [["--config", "uci,moon"], 'no configuration "moon"; there is: toy, uci, mnist400'],
  [["--modes", "eager,slow"], 'no mode "slow"; there is: eager, fused, compiled, compiled+fused'],
  [["--rounds", "0"], '--rounds takes a whole number above 0, got "0"'],
  [["--threads", "two"], '--threads takes a whole number above 0, got "two"'],
  [["--threads", "1e1"], '--threads takes a whole number above 0, got "1e1"'],
  [["--write", "a.jsonl", "--all"], "--write FILE goes alone"],
  [["--confg", "uci"], "Unknown option '--confg'"],
  [["uci"], "Unexpected argument 'uci'"]
])("refuses %j", (args, message) => {
  expect(() => flagsOf(args)).toThrow(message)
})

it("ends with the error and what can be said instead", () => {
  const { status, stdout, stderr } = spawnSync("node", ["bench/main.ts", "--rounds", "none"], { encoding: "utf8" })
  expect([status, stdout]).toEqual([1, ""])
  expect(stderr).toMatch(/^--rounds takes a whole number above 0, got "none"\n\nnpm run bench -- \[flags\]/)
})

it("says so where the interpreter that PYTHON names is not there", () => {
  const env = { ...process.env, PYTHON: "/nowhere/python" }
  const { status, stderr } = spawnSync("node", ["bench/main.ts", "--config", "toy"], { encoding: "utf8", env })
  expect([status, stderr.split("\n")[0]]).toEqual([
    1,
    "PYTHON=/nowhere/python has no PyTorch: /nowhere/python bench/torch_peer.py: spawn /nowhere/python ENOENT"
  ])
})
