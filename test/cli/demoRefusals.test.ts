// What demo refuses: exit code 1, a message that names the problem, and no file touched.
import { describe, expect, it } from "vitest"
import { inside } from "./inside.ts"
import { refusing } from "./refusing.ts"
import { folderOf, snapshot } from "./run.ts"

const folder = folderOf({ "a-file": "not a folder", "out/curve.svg": "<svg/>", "out/curve.json": "{}" })
const expectRefused = refusing(folder)

describe("what demo refuses, the files of an earlier run staying as they were", () => {
  const refused: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["--out", "./out", "--epochs", "0"], "--epochs: expected a whole number above 0, got 0"],
    [
      ["--out", "./out", "--seed", "1e17"],
      "--seed: expected a safe integer (at most 2^53 - 1 in size), got 100000000000000000"
    ],
    [["--out", "./out", "--temperature", "-1"], "--temperature: expected a finite number from 0, got -1"],
    [
      ["--out", "./a-file"],
      `a-file: it cannot be written (EEXIST: file already exists, mkdir 'a-file'). Choose another place`
    ]
  ]
  for (const [flags, message] of refused) {
    it(`${flags.join(" ")}`, async () => expectRefused(await inside(folder, ["demo", ...flags]), `error: ${message}`))
  }

  it("--draws 0", async () => {
    const message = "error: --draws: expected a whole number from 1 to 1000000, got 0"
    expectRefused(await inside(folder, ["demo", "--out", "./out", "--draws", "0"]), message)
  })

  it("--temperature 1e300, at which training diverges", async () => {
    const result = await inside(folder, ["demo", "--out", "./out", "--temperature", "1e300"])
    const [, what] = /^error: training diverged at step 0: (.+) is not finite\. /.exec(result.stderr) ?? []
    expectRefused(result, `error: training diverged at step 0: ${what} is not finite. Try a smaller learning rate`)
  })

  it("a folder where curve.svg should go: it says so, and leaves nothing half written", async () => {
    const taken = folderOf({ "out/curve.svg/inside": "x", "out/curve.json": "{}" })
    const earlier = snapshot(taken)
    const { code, stderr } = await inside(taken, ["demo", "--epochs", "1", "--draws", "5", "--out", "./out"])
    const message = "out/curve.svg: it is a directory. Give the name of a file in it"
    expect({ code, stderr }).toEqual({ code: 1, stderr: `error: ${message}\n` })
    expect(snapshot(taken)).toEqual(earlier)
  })
})
