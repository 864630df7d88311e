// Ctrl-C and its like: a run ends with a checkpoint, says how to go on, and goes on by that to the same bytes.
import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { folderOf, jsonLines, linearCsv, main, run, snapshot, start } from "./run.ts"

const folder = folderOf({ "linear.csv": linearCsv(100, 1), "out/curve.svg": "<svg/>", "out/curve.json": "{}" })

/** Waits for something to happen; a test that waits in vain fails by what it expects then. */
const until = async (happened: () => boolean) => {
  for (let i = 0; i < 600 && !happened(); i++) await sleep(50)
}

describe("a run that is kept", () => {
  it("goes on by the command that it prints, and ends with the bytes of the unbroken one", async () => {
    // A name that a shell has to be told in quotes. 90 rows are 3 batches, 60000 epochs 180000 steps: some seconds.
    const name = "it's a model.safetensors"
    const args = ["train", "linear.csv", "--target", "price", "--epochs", "60000", "--hidden", "4", "--draws", "3"]
    const keep = ["--checkpoint-every", "3000", "--out"]
    const first = start(process.execPath, [main, ...args, ...keep, name], folder)
    await until(() => existsSync(join(folder, name)))
    first.child.kill("SIGINT")
    const stopped = await first.ended
    const said =
      /^interrupted after step (\d+) of 180000, which is kept in it's a model\.safetensors; go on by\n {2}(.+)\n$/.exec(
        stopped.stderr
      )
    const [, step, command = ""] = said ?? []
    expect([stopped.code, Number(step) >= 3000, Number(step) < 180000]).toEqual([130, true, true])
    expect(command).toBe(`node ${main} ${[...args, ...keep].join(" ")} 'it'\\''s a model.safetensors' --resume`)

    const through = `PATH='${dirname(process.execPath)}':$PATH exec ${command} --json`
    const second = start("sh", ["-c", through], folder)
    await until(() => second.printed().includes('"progress"'))
    second.child.kill("SIGTERM")
    const terminated = await second.ended
    expect([terminated.code, terminated.stderr]).toEqual([143, ""])
    const interrupted = jsonLines(terminated.stdout).at(-1)
    expect(interrupted).toMatchObject({
      event: "interrupted",
      steps: 180000,
      out: name,
      resume: `${command.replace(" --resume", "")} --json --resume`
    })
    expect(Number(interrupted!.step)).toBeGreaterThan(Number(step))

    const [last, unbroken] = await Promise.all([
      start("sh", ["-c", through], folder).ended,
      run(folder, ...args, "--json", "--out", "unbroken.safetensors")
    ])
    expect([last.code, last.stderr, unbroken.code]).toEqual([0, "", 0])
    expect(jsonLines(last.stdout)[1]).toEqual({ event: "start", out: name, step: interrupted!.step })
    expect(readFileSync(join(folder, name)).equals(readFileSync(join(folder, "unbroken.safetensors")))).toBe(true)
    expect(jsonLines(last.stdout).at(-1)).toEqual(jsonLines(unbroken.stdout).at(-1))
  })
})

describe.concurrent("a run that is not kept", () => {
  const before = snapshot(folder)["out/curve.svg"]

  it("of train, says so", async () => {
    const args = ["train", "linear.csv", "--target", "price", "--epochs", "200000", "--hidden", "4"]
    const { child, ended, printed } = start(process.execPath, [main, ...args], folder)
    await until(() => printed().includes("epoch "))
    child.kill("SIGINT")
    const { code, stderr } = await ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/^interrupted after step \d+ of 600000; without --out, nothing is kept\n$/)
  })

  it("of demo, ends without a word, and touches no file", async () => {
    const { child, ended, printed } = start(
      process.execPath,
      [main, "demo", "--out", "out", "--epochs", "100000"],
      folder
    )
    await until(() => printed().includes("1000 points"))
    await sleep(300) // amid the training that follows
    child.kill("SIGINT")
    const { code, stderr } = await ended
    expect([code, stderr]).toEqual([130, ""])
    expect(snapshot(folder)["out/curve.svg"]).toBe(before)
  })
})

describe("a reader that has enough", () => {
  const piped = (...args: ReadonlyArray<string>) => {
    const command = [process.execPath, main, "train", "linear.csv", "--target", "price", "--hidden", "4", ...args]
    const quoted = command.map((word) => `'${word}'`).join(" ")
    return start("sh", ["-c", `{ ${quoted}; echo "code $?" >&2; } | head -n 1`], folder).ended
  }
  const line = "linear.csv: 90 rows to train on, 10 to test on; 3 features, target price\n"

  it("ends a command without an error", async () => {
    const { code, stdout, stderr } = await piped("--epochs", "100000")
    expect([code, stdout, stderr]).toEqual([0, line, "code 0\n"])
  })

  it("does not end a run that is kept", async () => {
    const { code, stdout, stderr } = await piped("--epochs", "500", "--draws", "2", "--out", "alone.safetensors")
    expect([code, stdout, stderr]).toEqual([0, line, "code 0\n"])
    const { stdout: info } = await run(folder, "info", "alone.safetensors")
    expect(info).toContain("  training    step 1500 of 1500, finished\n")
  })
})
