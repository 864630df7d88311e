// At a terminal: a bar that is one line, and colours unless they are not wanted.
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { folderOf, linearCsv, main, start } from "./run.ts"

const folder = folderOf({ "linear.csv": linearCsv(100, 1) })

// `script` of util-linux gives a program a terminal; elsewhere it is missing, or takes other arguments.
const script = "script"
const noTerminal = !(spawnSync(script, ["--version"], { encoding: "utf8" }).stdout ?? "").includes("util-linux")

describe.skipIf(noTerminal)("on a terminal (skipped where util-linux has no `script`)", () => {
  const COLUMNS = 90
  const onTerminal = (args: ReadonlyArray<string>, variables = "") => {
    const quoted = [process.execPath, main, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")
    return start(script, ["-qec", `stty cols ${COLUMNS}; ${variables} ${quoted}`, "/dev/null"], folder).ended
  }
  const training = ["train", "linear.csv", "--target", "price", "--hidden", "300,300"]
  /** The lines of a terminal that writes "\n" as "\r\n"; in each, what was written over what. */
  const linesOf = (stdout: string) => stdout.split("\r\n").map((line) => line.split("\r").filter((part) => part !== ""))

  it("the bar is one line, written over and over, from some percent to 100%, as wide as the terminal", async () => {
    const { code, stdout } = await onTerminal([...training, "--epochs", "40"])
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
    const { code, stdout } = await onTerminal([...training, "--epochs", "40", "--batch", "90", "--learning-rate", "4"])
    expect(code).toBe(1)
    const lines = linesOf(stdout).filter((line) => line.length > 0)
    expect(lines.at(-2)!.at(-1)).toMatch(/^\[#*\.+\] {2,3}\d+% {2}ETA /)
    expect(lines.at(-1)!.join("")).toMatch(/^error: training diverged at step \d+: /)
  })

  it("help has colours, unless NO_COLOR is set or the terminal is dumb", async () => {
    const outputs = await Promise.all(
      ["TERM=xterm", "TERM=xterm NO_COLOR=1", "TERM=dumb"].map((variables) => onTerminal(["--help"], variables))
    )
    expect(outputs.map(({ code, stdout }) => [code, stdout.includes("\u001b["), stdout.includes("USAGE")])).toEqual([
      [0, true, true],
      [0, false, true],
      [0, false, true]
    ])
  })
})
