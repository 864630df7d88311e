// Writes the examples in the docs to test/generated, where they are type-checked and run like any other test.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { examples } from "./lib/examples.ts"

const into = "test/generated"
const paths = globSync(["src/**/*.ts", "{README,ARCHITECTURE,CONTRIBUTING}.md", "docs/**/*.md"]).sort()
const all = paths.flatMap((path) => examples(path, readFileSync(path, "utf8")))

rmSync(into, { recursive: true, force: true })
mkdirSync(into, { recursive: true })
for (const { file, text } of all) writeFileSync(`${into}/${file}`, text)
// With no example at all the type check would find no input; this file is always there.
writeFileSync(`${into}/index.ts`, "export {}\n")
console.log(`${all.length} examples`)
