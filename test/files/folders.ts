// Folders for tests that write files, and a small disk that fills up.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { atEndOfFile } from "../leftovers.ts"

export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "effect-bayes-files-"))
  atEndOfFile(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A disk of so many bytes, or nothing where none can be mounted (which wants the rights of root). */
export const smallDisk = (bytes: number): string | undefined => {
  const folder = newFolder()
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder])
  if (status !== 0) return undefined
  atEndOfFile(() => spawnSync("umount", [folder]))
  return folder
}

/** Every file of a folder and its text. */
export const contents = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]))
