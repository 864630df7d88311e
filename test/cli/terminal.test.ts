// At the terminal: help, the version, a bar that is one line, and a prompt end at Ctrl-C.
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { folderOf, linearCsv, main, run, snapshot, start } from "./run.ts"

const folder = folderOf({
  "linear.csv": linearCsv(100, 1),
  "out/curve.svg": "<svg/>",
  "out/curve.json": "{}"
})

describe("help and version", () => {
  it("lists the commands, and prints the package's version", async () => {
    const [help, version] = await Promise.all([run(folder, "--help"), run(folder, "--version")])
    expect([help.code, help.stderr, version.code, version.stderr]).toEqual([0, "", 0, ""])
    expect(help.stdout).toMatch(/^ {2}demo {2,}\S/m)
    expect(help.stdout).toMatch(/^ {2}train {2,}\S/m)
    const { version: expected } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string }
    expect(version.stdout).toBe(`effect-bayes v${expected}\n`)
  })
})

describe("interruption", () => {
  const long: ReadonlyArray<readonly [string, ReadonlyArray<string>, string]> = [
    ["train", ["train", "linear.csv", "--target", "price", "--epochs", "1000000"], "dropped, because constant"],
    ["demo", ["demo", "--out", "out", "--epochs", "1000000"], "1000 points"]
  ]
  for (const [name, args, sign] of long) {
    it(`SIGINT stops ${name}, with code 130, no noise, and no file touched`, async () => {
      const before = snapshot(folder)
      const { child, ended, printed } = start(process.execPath, [main, ...args], folder)
      for (let i = 0; i < 300 && !printed().includes(sign); i++) await sleep(50)
      await sleep(500) // amid the training that follows the first line
      child.kill("SIGINT")
      const { code, stderr, stdout } = await ended
      expect([code, stderr]).toEqual([130, ""])
      expect(stdout).toContain(sign)
      expect(snapshot(folder)).toEqual(before)
    })
  }
})

// `script` of util-linux gives a program a terminal; elsewhere it is missing, or takes other arguments.
const script = "script"
const noTerminal = !(spawnSync(script, ["--version"], { encoding: "utf8" }).stdout ?? "").includes("util-linux")

describe.skipIf(noTerminal)("on a terminal (skipped where util-linux has no `script`)", () => {
  const COLUMNS = 90
  const onTerminal = (...args: ReadonlyArray<string>) => {
    const command = [process.execPath, main, "train", "linear.csv", "--target", "price", "--hidden", "300,300", ...args]
    const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")
    return start(script, ["-qec", `stty cols ${COLUMNS}; ${quoted}`, "/dev/null"], folder).ended
  }
  /** The lines of a terminal that writes "\n" as "\r\n"; in each, what was written over what. */
  const linesOf = (stdout: string) => stdout.split("\r\n").map((line) => line.split("\r").filter((part) => part !== ""))

  it("the bar is one line, written over and over, from some percent to 100%, as wide as the terminal", async () => {
    const { code, stdout } = await onTerminal("--epochs", "4")
    expect(code).toBe(0)
    const bars = linesOf(stdout).filter(([first]) => first?.startsWith("["))
    expect(bars.length).toBe(1)
    const [bar] = bars
    expect(bar!.length).toBeGreaterThan(3)
    for (const text of bar!) {
      expect(text.length).toBe(COLUMNS - 1)
      expect(text).toMatch(/^\[#*\.*\] {1,3}\d+% {2}(ETA|took) /)
    }
    const percents = bar!.map((text) => Number(/(\d+)%/.exec(text)?.[1]))
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
    expect(percents[0]).toBeLessThan(50)
    expect(bar!.at(-1)).toMatch(/^\[#{24}\] 100% {2}took \d+ s {2}loss /)
    expect(bar!.slice(0, -1).every((text) => text.includes("ETA"))).toBe(true)
    expect(
      linesOf(stdout)
        .flat()
        .some((text) => text.startsWith("on the 10 test rows"))
    ).toBe(true)
  })

  it("an error after the first bar stands on a line of its own", async () => {
    const { code, stdout } = await onTerminal("--learning-rate", "1e30")
    expect(code).toBe(1)
    const lines = linesOf(stdout).filter((line) => line.length > 0)
    expect(lines.at(-2)!.at(-1)).toMatch(/^\[\.+\] {3}0% {2}ETA /)
    expect(lines.at(-1)!.join("")).toMatch(/^error: training diverged at step \d+: /)
  })
})
