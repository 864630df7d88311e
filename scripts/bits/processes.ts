/**
 * Node and Bun: a process a job.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Doing, type Engine, type Environment, linesOf } from "./environment.ts"
import { findProgram, installArmNode, installBun, installNode } from "./installed.ts"
import type { Job, Outcome } from "./job.ts"

const PROGRAM = fileURLToPath(new URL("process.ts", import.meta.url))

type Folders = { readonly stopped?: string; readonly resumed?: string }

const doing =
  (program: string, flags: ReadonlyArray<string>) =>
  async (job: Job & Folders): Promise<ReadonlyArray<Outcome>> => {
    const lines = await linesOf(program, [...flags, PROGRAM, JSON.stringify(job)])
    return lines.map((line) => JSON.parse(line) as Outcome)
  }

const engineOf = async (program: string, flags: ReadonlyArray<string> = []): Promise<Engine> => {
  const [version = ""] = await linesOf(program, [...flags, "--version"])
  return { version: version.replace(/^v/, ""), run: doing(program, flags) }
}

/** Node of a major version, started with flags of V8. */
export const node = (
  major: number,
  threads: ReadonlyArray<number>,
  { name = "", flags = [] }: { readonly name?: string; readonly flags?: ReadonlyArray<string> } = {}
): Environment => ({
  name: `Node ${major}${name === "" ? "" : `, ${name}`}`,
  threads,
  open: async () => {
    const program = installNode(major)
    const known = flags.length === 0 ? [] : await linesOf(program, ["--v8-options"])
    const unknown = flags.find(
      (flag) => !known.some((line) => line.trim().startsWith(`${flag.replace("--no-", "--")} `))
    )
    if (unknown !== undefined) throw new Error(`this V8 has no ${unknown}`)
    return engineOf(program, flags)
  }
})

/** Stopped in one Node, and gone on with from the files in another one. */
export const resumed = (stoppedIn: number, resumedIn: number, threads: number): Environment => ({
  name: `stopped in Node ${stoppedIn}, gone on in Node ${resumedIn}`,
  threads: [threads],
  open: async () => {
    const [first, second] = [installNode(stoppedIn), installNode(resumedIn)]
    const engines = [await engineOf(first), await engineOf(second)]
    const run: Doing = async (job) => {
      const folder = mkdtempSync(join(tmpdir(), "effect-bayes-bits-"))
      try {
        await doing(first, [])({ ...job, stopped: folder })
        return await doing(second, [])({ ...job, resumed: folder })
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    }
    return { version: engines.map(({ version }) => version).join(", "), run }
  }
})

export const bun = (threads: ReadonlyArray<number>): Environment => ({
  name: "Bun (JavaScriptCore)",
  threads,
  open: () => engineOf(installBun())
})

/** Where Debian keeps the C library for ARM64. */
const ARM_LIBRARIES = "/usr/aarch64-linux-gnu"

/** Node for another processor, whose instructions QEMU takes one by one. */
export const emulated = (major: number, threads: ReadonlyArray<number>): Environment => ({
  name: `Node ${major} for ARM64, emulated`,
  threads,
  without: { why: "too slow", has: ({ task }) => task.inputs === 784 },
  open: () => {
    const program = findProgram(["qemu-aarch64"])
    if (program === undefined || !existsSync(ARM_LIBRARIES)) {
      throw new Error("no qemu-aarch64 with libraries (Debian: qemu-user, libc6-arm64-cross, libstdc++6-arm64-cross)")
    }
    return engineOf(program, ["-L", ARM_LIBRARIES, installArmNode(major)])
  }
})
