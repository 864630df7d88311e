// Bundles what formulas need of mathjs into src/distributions/mathjs.generated.ts. Its own entry makes all of mathjs as
// it is imported, which takes 0.2 s and 60 MB; the bundle is a function, which a program without formulas never calls.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { rolldown } from "rolldown"
import { writeChanged } from "./lib/writeChanged.ts"

const SOURCE = `
import { create, derivativeDependencies, parseDependencies } from "mathjs/number"
export { isConstantNode, isFunctionNode, isOperatorNode, isParenthesisNode, isSymbolNode } from "mathjs/number"
export const { parse, derivative } = create({ ...parseDependencies, ...derivativeDependencies })
`
const FILE = "src/distributions/mathjs.generated.ts"

/** The folders of the packages that modules are from. */
const packagesOf = (modules: ReadonlyArray<string>): ReadonlyArray<string> => {
  const folders = modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [])
  return [...new Set(folders)].sort()
}

/** A package's name, version and whatever it says of its licence. */
const licenceOf = (folder: string): string => {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file))
  if (files.length === 0) throw new Error(`${folder} says nothing of its licence`)
  return [`--- ${name} ${version} ---`, ...files.map((file) => readFileSync(join(folder, file), "utf8").trim())].join(
    "\n\n"
  )
}

const bundle = await rolldown({
  input: "formulas",
  platform: "neutral",
  tsconfig: false,
  resolve: { mainFields: ["module", "main"], conditionNames: ["import", "default"] },
  plugins: [
    {
      name: "formulas",
      resolveId: (id) => (id === "formulas" ? join(process.cwd(), "formulas.js") : null),
      load: (id) => (id.endsWith("formulas.js") ? SOURCE : null)
    }
  ]
})
const { output } = await bundle.generate({ format: "iife", name: "formulas", minify: true })
await bundle.close()
const [chunk] = output
const licences = packagesOf(chunk.moduleIds).map(licenceOf).join("\n\n").replaceAll("*/", "* /")
const text = `// @ts-nocheck
/*! Made by scripts/build-parser.ts from the packages below: not to be edited.

${licences}
*/
export const load = (): unknown => {
  ${chunk.code.trim()}
  return formulas
}
`
writeChanged(FILE, text)
console.error(`${FILE}: ${chunk.code.length} characters of mathjs`)
