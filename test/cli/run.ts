// The command line as its users meet it: a process of its own, in a folder of its own.
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Key, Normal, Tensor } from "effect-bayes"
import { atEndOfFile } from "../leftovers.ts"

export const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url))

/** No variable asks for colours or forbids them. */
const { NO_COLOR: _no, FORCE_COLOR: _force, ...env } = process.env

export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A process that runs, and what it will have been. */
export const start = (command: string, args: ReadonlyArray<string>, cwd: string) => {
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] })
  atEndOfFile(() => child.kill("SIGKILL"))
  let [stdout, stderr] = ["", ""]
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text))
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
  const ended = new Promise<Result>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, stdout, stderr }))
  })
  return { child, ended, printed: () => stdout }
}

/** `effect-bayes` with these arguments, to its end. */
export const run = (cwd: string, ...args: ReadonlyArray<string>): Promise<Result> =>
  start(process.execPath, [main, ...args], cwd).ended

/** A folder with these files. */
export const folderOf = (files: Readonly<Record<string, string | Uint8Array>> = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), "effect-bayes-cli-"))
  atEndOfFile(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Every file below a folder, with its bytes and the time it was written. */
export const snapshot = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .toSorted()
      .map((name) => {
        const stat = statSync(join(folder, name))
        const content = stat.isFile() ? readFileSync(join(folder, name), "base64") : "a folder"
        return [name, `${stat.isFile() ? stat.mtimeMs : ""} ${content}`]
      })
  )

/** The lines of an output as JSON. */
export const jsonLines = (stdout: string): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)

/** Rows of price = 2 a - 3 b + 1 + N(0, 0.1^2), with a column that is always 7. */
export const linearCsv = (rows: number, seed: number, header = "a,b,seven,price"): string => {
  const z = Tensor.toFloat64Array(Normal.standard(Key.make(seed), { shape: [rows, 3], dtype: "float64" }))
  const lines = Array.from({ length: rows }, (_, i) => {
    const [a, b, e] = [z[3 * i]!, z[3 * i + 1]!, 0.1 * z[3 * i + 2]!]
    return [a, b, 7, 2 * a - 3 * b + 1 + e].join()
  })
  return `${[header, ...lines].join("\n")}\n`
}
