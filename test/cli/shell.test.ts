// The command line that a stopped run prints: a shell reads from it the words that were given.
import { spawnSync } from "node:child_process"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { resumeCommand } from "../../src/cli/shell.ts"

const npx = { npm_command: "exec" }
const noShell = spawnSync("sh", ["-c", "exit 0"]).status !== 0

describe("resumeCommand", () => {
  it("begins as the program was begun, and has --resume in place of --force", () => {
    const args = ["train", "a b.csv", "--target", "it's", "--force", "--out", "m.safetensors"]
    const rest = `train 'a b.csv' --target 'it'\\''s' --out m.safetensors --resume`
    expect(resumeCommand(["/usr/bin/effect-bayes", ...args], {})).toBe(`effect-bayes ${rest}`)
    expect(resumeCommand(["/p/node_modules/.bin/effect-bayes", ...args], npx)).toBe(`npx effect-bayes ${rest}`)
    expect(resumeCommand(["/p/dist/cli/main.js", ...args], npx)).toBe(`node /p/dist/cli/main.js ${rest}`)
  })

  it("has --resume once, and before the words that are no flags whatever they look like", () => {
    expect(resumeCommand(["effect-bayes", "train", "--resume", "x"], {})).toBe("effect-bayes train x --resume")
    expect(resumeCommand(["effect-bayes", "train", "--", "--x"], {})).toBe("effect-bayes train --resume -- --x")
  })

  it.skipIf(noShell)("is read by a shell as the words that were given (skipped without a shell)", () => {
    // No word has a NUL in it; those that begin with a dash may be flags that are left out.
    const marks = [
      "'",
      '"',
      "\\",
      "$",
      "`",
      "!",
      "*",
      "?",
      "~",
      "#",
      "&",
      "|",
      ";",
      "<",
      "(",
      "{",
      "[",
      " ",
      "\n",
      "-",
      "=",
      "é"
    ]
    const word = fc
      .oneof(fc.string(), fc.string({ unit: fc.constantFrom(...marks) }))
      .filter((text) => !text.includes("\0") && !text.startsWith("-"))
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 5 }), { minLength: 50, maxLength: 50 }), (lines) => {
        const commands = lines.map((words) => resumeCommand(["effect-bayes", ...words], {}))
        const script = `effect() { printf '%s\\0' "$@"; }\n${commands.map((c) => c.replace("effect-bayes", "effect")).join("\n")}`
        const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8" })
        expect(stdout).toBe(lines.map((words) => [...words, "--resume", ""].join("\0")).join(""))
      }),
      { numRuns: 10 }
    )
  })
})
