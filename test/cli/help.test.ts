// What the command line says of itself: help, the version, and completions of shells.
import { spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { stripVTControlCharacters } from "node:util"
import { describe, expect, it } from "vitest"
import { inside } from "./inside.ts"
import { folderOf, run } from "./run.ts"

const folder = folderOf({ "data.csv": "" })
const help = async (...command: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = await inside(folder, [...command, "--help"])
  expect([code, stderr]).toEqual([0, ""])
  return stripVTControlCharacters(stdout) // the tests themselves may run at a terminal
}

/** The flags that a help lists, each with what it is for. */
const flagsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.split("GLOBAL FLAGS")[0]!.matchAll(/^ {2}(--[a-z-]+)(?: \S+)? {2,}(\S.+)$/gm)].map(([, flag, what]) => [
      flag!,
      what!
    ])
  )

const data = ["--delimiter", "--no-header", "--missing"]
const expected: Readonly<Record<string, ReadonlyArray<string>>> = {
  train: [
    ...["--target", "--task", "--features", "--exclude", "--categorical", "--drop-missing"],
    ...["--test", "--test-target-file", "--test-fraction", "--validation", ...data, "--target-file"],
    ...["--hidden", "--activation", "--likelihood", "--prior", "--prior-std", "--estimator", "--temperature"],
    ...["--epochs", "--batch", "--learning-rate", "--patience", "--threads"],
    ...["--out", "--checkpoint-every", "--resume", "--force", "--draws", "--seed", "--json"]
  ],
  predict: ["--out", "--force", "--interval", "--drop-missing", ...data, "--threads", "--draws", "--seed", "--json"],
  evaluate: ["--drop-missing", ...data, "--target-file", "--threads", "--draws", "--seed", "--json"],
  info: ["--json"],
  demo: ["--out", "--epochs", "--temperature", "--draws", "--seed", "--json"]
}

describe("help", () => {
  it("lists the commands", async () => {
    const text = await help()
    const listed = [...text.split("SUBCOMMANDS")[1]!.matchAll(/^ {2}([a-z]+) {2,}\S.+$/gm)].map(([, name]) => name)
    expect(listed).toEqual(["train", "predict", "evaluate", "info", "demo"])
  })

  for (const [command, names] of Object.entries(expected)) {
    it(`of ${command} lists every flag with what it is for, its default and an example`, async () => {
      const text = await help(command)
      const flags = flagsOf(text)
      expect([...flags.keys()]).toEqual(names)
      const without = [...flags].filter(([, what]) => !/\(default/.test(what)).map(([flag]) => flag)
      // Toggles are off unless given; of these others nothing is the default.
      const none = ["--target", "--target-file", "--test", "--test-target-file", "--exclude", "--categorical"]
      const toggles = ["--drop-missing", "--no-header", "--resume", "--force", "--json"]
      expect(without.filter((flag) => !none.includes(flag) && !toggles.includes(flag))).toEqual([])
      expect(text).toMatch(new RegExp(`EXAMPLES[^]+effect-bayes ${command} `))
    })
  }

  it("says the defaults that are taken", async () => {
    const flags = flagsOf(await help("train"))
    const defaults = ["--hidden", "--activation", "--prior", "--prior-std", "--epochs", "--batch", "--learning-rate"]
    const said = [...defaults, "--test-fraction", "--checkpoint-every", "--draws", "--seed"].map((flag) => [
      flag,
      /\(default:? (.+?)\)/.exec(flags.get(flag)!)?.[1]
    ])
    expect(Object.fromEntries(said)).toEqual({
      "--hidden": "50",
      "--activation": "relu",
      "--prior": "normal",
      "--prior-std": "1",
      "--epochs": "what 20,000 steps need",
      "--batch": "32",
      "--learning-rate": "0.01",
      "--test-fraction": "0.1",
      "--checkpoint-every": "1000",
      "--draws": "200",
      "--seed": "42"
    })
  })

  it("has no colours where there is no terminal, and the version is the package's", async () => {
    const [plain, version] = await Promise.all([run(folder, "--help"), run(folder, "--version")])
    expect([plain.code, plain.stderr, version.code, version.stderr]).toEqual([0, "", 0, ""])
    expect(plain.stdout).toContain("USAGE")
    expect(plain.stdout).not.toContain("\u001b")
    const { version: number } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly version: string }
    expect(version.stdout).toBe(`effect-bayes v${number}\n`)
  })
})

const has = (shell: string) => spawnSync(shell, ["-c", "exit 0"]).status === 0

/** A script of completions in a file. */
const completions = async (shell: string) => {
  const { code, stdout } = await inside(folder, ["--completions", shell])
  expect(code).toBe(0)
  const path = join(folder, `completions.${shell}`)
  writeFileSync(path, stdout)
  return path
}

describe("completions", () => {
  it.skipIf(!has("bash"))("of bash complete commands, flags, choices and files (skipped without bash)", async () => {
    const path = await completions("bash")
    const complete = (...words: ReadonlyArray<string>): ReadonlyArray<string> => {
      const script = `
        source ${path}
        COMP_WORDS=(effect-bayes "$@"); COMP_CWORD=$#; COMP_LINE="\${COMP_WORDS[*]}"; COMP_POINT=\${#COMP_LINE}
        fn=$(complete -p effect-bayes | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        $fn effect-bayes "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
        printf '%s\\n' "\${COMPREPLY[@]}"`
      const { stdout } = spawnSync("bash", ["-c", script, "bash", ...words], { cwd: folder, encoding: "utf8" })
      return stdout.trim().split("\n")
    }
    expect(complete("ev")).toEqual(["evaluate"])
    expect(complete("train", "--pri")).toEqual(["--prior", "--prior-std"])
    expect(complete("train", "--likelihood", "")).toEqual([
      ...["gaussian", "heteroscedastic", "student-t", "poisson", "categorical"]
    ])
    expect(complete("train", "da")).toEqual(["data.csv"])
    expect(complete("train", "data.csv", "--test", "da")).toEqual(["data.csv"])
  })

  for (const shell of ["zsh", "fish"]) {
    it(`of ${shell} name every command and flag`, async () => {
      const path = await completions(shell)
      const script = readFileSync(path, "utf8")
      for (const [command, flags] of Object.entries(expected)) {
        expect(script).toContain(command)
        for (const flag of flags) expect(script).toContain(flag.slice(2))
      }
    })

    it.skipIf(!has(shell))(`of ${shell} are in its syntax (skipped without ${shell})`, async () => {
      const checked = spawnSync(shell, ["-n", await completions(shell)], { encoding: "utf8" })
      expect(checked).toMatchObject({ status: 0, stderr: "" })
    })
  }
})
