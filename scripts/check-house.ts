// Prints every breach of the house rules (scripts/lib/house.ts) as file:line, and fails if there is one.
import { globSync, readFileSync } from "node:fs"
import { checkHouse } from "./lib/house.ts"

const paths = globSync("{src,assembly,test,scripts,examples,experiments,bench}/**/*.ts", {
  exclude: ["test/generated/**", "**/*.generated.ts"]
})
const findings = checkHouse(new Map(paths.sort().map((path) => [path, readFileSync(path, "utf8")])))

for (const { path, line, rule, advice } of findings) console.log(`${path}:${line} ${rule}: ${advice}`)
console.log(`${paths.length} files, ${findings.length} breaches`)
if (paths.length === 0 || findings.length > 0) process.exitCode = 1
