// Runs every check of the project and counts what passed: `npm test`, or `npm run test:full` for the long tests too.
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join, resolve } from "node:path"
import { readReport } from "./lib/report.ts"
import { runCommand, stopCommands } from "./lib/run.ts"

interface Stage {
  readonly name: string
  readonly command: ReadonlyArray<string>
  /** Stages whose results this one reads: it starts after them, and not at all if one has failed. */
  readonly needs?: ReadonlyArray<string>
  /** What the output must match, for a tool that can succeed without having looked at anything. */
  readonly shows?: RegExp
}

const { name, version } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string; version: string }
const scratch = mkdtempSync(join(tmpdir(), `${name}-check-`))
const tarball = join(scratch, `${name}-${version}.tgz`)
const report = join(scratch, "tests.json")

const stages: ReadonlyArray<Stage> = [
  { name: "build", command: ["npm", "run", "build"] },
  { name: "types", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "types without Node", command: ["tsc", "-p", "tsconfig.portable.json"] },
  { name: "format and lint", command: ["biome", "check", "--error-on-warnings"] },
  { name: "lint with types", command: ["oxlint", "--type-aware", "--deny-warnings"] },
  {
    name: "Effect diagnostics",
    command: ["effect-tsgo", "diagnostics", "--project", "tsconfig.json", "--strict", "--format", "text"],
    shows: /Checked [1-9]/
  },
  { name: "house rules", command: ["node", "scripts/check-house.ts"] },
  { name: "unused code", command: ["knip", "--no-config-hints"] },
  { name: "doc examples", command: ["node", "scripts/doc-examples.ts"] },
  { name: "types of doc examples", command: ["tsc", "-p", "tsconfig.docs.json"], needs: ["doc examples"] },
  { name: "pack", command: ["npm", "pack", "--ignore-scripts", "--pack-destination", scratch], needs: ["build"] },
  { name: "package", command: ["publint", "run", tarball, "--strict"], needs: ["pack"] },
  { name: "package types", command: ["attw", tarball, "--profile", "esm-only"], needs: ["pack"] },
  // Last and alone, so that nothing competes with tests that measure time.
  {
    name: "tests",
    command: ["vitest", "run", "--reporter=minimal", "--reporter=json", `--outputFile.json=${report}`],
    needs: ["doc examples"]
  }
]

const env = {
  ...process.env,
  PATH: [resolve("node_modules/.bin"), process.env.PATH].join(delimiter),
  NO_COLOR: "1",
  ...(process.argv.includes("--full") ? { FULL: "1" } : {})
}

type Outcome = "passed" | "failed" | "skipped"
const outcomes = new Map<string, Promise<Outcome>>()

const runStage = async (stage: Stage): Promise<Outcome> => {
  for (const need of stage.needs ?? []) {
    if ((await outcomes.get(need)) !== "passed") {
      console.log(`skip ${stage.name}: ${need} did not pass`)
      return "skipped"
    }
  }
  const started = performance.now()
  const { ok, output } = await runCommand(stage.command, env)
  const passed = ok && (stage.shows?.test(output) ?? true)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(passed ? `ok   ${stage.name} (${seconds} s)` : `FAIL ${stage.name} (${seconds} s)\n${output.trimEnd()}`)
  return passed ? "passed" : "failed"
}

const finish = () => {
  stopCommands()
  rmSync(scratch, { recursive: true, force: true })
}
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    finish()
    process.exit(130)
  })
}

for (const stage of stages) {
  if (stage.name === "tests") await Promise.all(outcomes.values())
  outcomes.set(stage.name, runStage(stage))
}
const results = await Promise.all(outcomes.values())
const tests = readReport(report)
finish()

const count = (outcome: Outcome) => results.filter((result) => result === outcome).length
for (const test of tests.skipped) console.log(`skip ${test}`)
const failed = count("failed") + tests.failed
if (tests.passed === 0) console.log("FAIL no test has run")
console.log(
  `${count("passed") + tests.passed} passed, ${failed} failed, ${count("skipped") + tests.skipped.length} skipped`
)
process.exitCode = failed > 0 || tests.passed === 0 ? 1 : 0
