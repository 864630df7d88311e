// The commands of docs/command-line.md, one shell for all of them, in a folder with the files that they name.
import { spawnSync } from "node:child_process"
import { copyFileSync, cpSync, existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { folderOf, main } from "./run.ts"

const page = readFileSync(new URL("../../docs/command-line.md", import.meta.url), "utf8")

/** Blocks of commands; those that need data from outside of the repository say which, and under what name. */
const blocks = Array.from(
  page.matchAll(/(?:<!-- needs (\S+) (\S+) -->\n\n)?```sh\n(.*?)```/gs),
  ([, file, name, commands]) => ({ file, name, commands: commands! })
)
const [needy, others] = [
  blocks.filter(({ file }) => file !== undefined),
  blocks.filter(({ file }) => file === undefined)
]
const absent = needy.some(({ file }) => !existsSync(file!))

const shell = (folder: string, commands: string): string => {
  // No pipefail: a pipe into `head` ends what writes to it.
  const script = `effect-bayes() { "${process.execPath}" "${main}" "$@"; }\nset -eu\n${commands}`
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" })
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" })
  return stdout
}

it("every command does what the page says", () => {
  const folder = folderOf()
  cpSync("examples", join(folder, "examples"), { recursive: true })
  expect(others.length).toBe(3)
  const stdout = shell(folder, others.map(({ commands }) => commands).join("\n"))
  expect(stdout).toContain("wrote predictions.csv: 200 rows\n")
  expect(stdout).toMatch(/^\{"mean":[^\n]*\}\n\{"event":"info"/m)
  const predictions = readFileSync(join(folder, "predictions.csv"), "utf8").trimEnd().split("\n")
  expect([predictions[0], predictions.length]).toEqual(["mean,std,lower,upper", 201])
})

it.skipIf(absent)("the mushrooms are told apart (skipped where ../shared/data is absent)", () => {
  const folder = folderOf()
  for (const { file, name } of needy) copyFileSync(file!, join(folder, name!))
  const stdout = shell(folder, needy.map(({ commands }) => commands).join("\n"))
  expect(stdout).toMatch(/accuracy {13}(99\.\d|100\.0)%/)
  expect(stdout).toMatch(/^class,p_e,p_p,total,mutual_information\np,.*\ne,.*\ne,.*\n$/m)
})
