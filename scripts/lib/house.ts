// The house rules: which folder may import which, what portable code may not use, and how a file may look.
import { posix } from "node:path"
import { type Import, imports, lineAt, type Source, scan } from "./source.ts"

export interface Finding {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly advice: string
}

interface File extends Source {
  readonly path: string
  readonly text: string
  readonly imports: ReadonlyArray<Import>
}

const below = ["core", "kernels", "distributions", "layers"]
const trainable = [...below, "optim", "files", "data"]
const library = [...trainable, "training", "prediction"]

/** What each folder of src may import, besides itself and packages; "index" is src/index.ts, the public surface. */
const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
  core: [],
  kernels: ["core"],
  distributions: ["core", "kernels"],
  layers: ["core", "kernels", "distributions"],
  optim: ["core", "kernels"],
  files: ["core"],
  data: ["core", "files", "kernels"],
  training: trainable,
  prediction: [...trainable, "training"],
  testing: library,
  cli: ["index"],
  index: library
}

const inSrc = (path: string) => path.startsWith("src/")
const folderOf = (path: string) => (path.split("/")[1] ?? "").replace(/\.ts$/, "")
const target = (file: File, i: Import) =>
  i.specifier.startsWith(".") ? posix.join(posix.dirname(file.path), i.specifier) : undefined

type Rule = (file: File) => ReadonlyArray<Omit<Finding, "path" | "rule">>

const onImports =
  (advise: (file: File, i: Import) => string | undefined): Rule =>
  (file) =>
    inSrc(file.path)
      ? file.imports.flatMap((i) => {
          const advice = advise(file, i)
          return advice === undefined ? [] : [{ line: i.line, advice }]
        })
      : []

const edges = onImports((file, i) => {
  if (/^effect-bayes(\/|$)/.test(i.specifier)) return "inside src, import by relative path"
  const to = target(file, i)
  if (to === undefined) return undefined
  if (!inSrc(to)) return "src may not import from outside src"
  const [from, into] = [folderOf(file.path), folderOf(to)]
  if (from === into || allowed[from]?.includes(into)) return undefined
  return allowed[from] === undefined
    ? `folder ${from} is unknown: give it its place in scripts/lib/house.ts`
    : `${from} may import only ${allowed[from].join(", ") || "packages"}, not ${into}: move the code down or pass it in`
})

const nodeOnly = onImports((file, { specifier }) =>
  /^(node:|@effect\/platform-node(\/|$))/.test(specifier) &&
  folderOf(file.path) !== "cli" &&
  !file.path.endsWith(".node.ts")
    ? `only src/cli and *.node.ts may import ${specifier}: take an Effect service instead`
    : undefined
)

const storage = onImports((file, i) =>
  ["src/core/storage.ts", "src/core/TensorRecord.ts"].includes(target(file, i) ?? "") &&
  !["core", "kernels"].includes(folderOf(file.path))
    ? "only core and kernels touch a tensor's storage: use Tensor or a kernel"
    : undefined
)

const barrel = onImports((file, { specifier }) =>
  specifier === "effect" && folderOf(file.path) !== "cli"
    ? 'import the module itself ("effect/Effect"): the barrel is heavy in browsers'
    : undefined
)

/** A rule that forbids a pattern in the code, the comments or both. */
const forbid =
  (
    where: "code" | "comments",
    pattern: RegExp,
    advice: string,
    applies: (path: string) => boolean = () => true
  ): Rule =>
  (file) =>
    applies(file.path)
      ? [...file[where].matchAll(pattern)].map((m) => ({
          line: lineAt(file.text, m.index),
          advice: `${m[0].trim()}: ${advice}`
        }))
      : []

const math =
  /\bMath\s*\.\s*(?:exp|expm1|log\w*|pow|sinh?|cosh?|tanh?|asinh?|acosh?|atanh?|atan2|cbrt|hypot)\b|\bMath\b(?!\s*\.)|\*\*/g
const impure = /\bMath\s*\.\s*random\b|\bDate\s*\.\s*now\b|\bperformance\s*\.\s*now\b|\bnew\s+Date\b/g

const rules: Readonly<Record<string, Rule>> = {
  edges,
  node: nodeOnly,
  storage,
  barrel,
  math: forbid("code", math, "its last bits differ between engines; use src/core/math.ts", inSrc),
  impure: forbid(
    "code",
    impure,
    "results may depend on no clock and no hidden random; use Key, or Effect's Clock",
    inSrc
  ),
  any: forbid("code", /(?<![.\w$])any(?![\w$(:])/g, "say the type, or unknown"),
  focus: forbid("code", /\.(?:only|skip|todo)\s*\(/g, "run every test; state a condition with skipIf"),
  suppress: forbid("comments", /@ts-(?:ignore|nocheck)/g, "fix the type, or use @ts-expect-error with a reason"),
  unfinished: forbid("comments", /\b(?:TO-?DO|FIX-?ME|X{3})\b/g, "finish it, or write it down as an issue"),
  length: (file) => {
    const lines = file.text.trimEnd().split("\n").length
    return lines > 300 ? [{ line: 301, advice: `${lines} lines: find the two ideas in it and split them` }] : []
  }
}

/** The circles of imports in src, each reported once, where it closes. */
const circles = (files: ReadonlyArray<File>): ReadonlyArray<Finding> => {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const findings: Array<Finding> = []
  const done = new Set<string>()
  const visit = (file: File, trail: ReadonlyArray<string>): void => {
    const path = [...trail, file.path]
    for (const i of file.imports) {
      const next = byPath.get(target(file, i) ?? "")
      if (next === undefined) continue
      const start = path.indexOf(next.path)
      if (start >= 0) {
        const circle = [...path.slice(start), next.path].join(" -> ")
        findings.push({ path: file.path, line: i.line, rule: "circle", advice: `break the circle ${circle}` })
      } else if (!done.has(next.path)) visit(next, path)
    }
    done.add(file.path)
  }
  for (const file of files) if (inSrc(file.path) && !done.has(file.path)) visit(file, [])
  return findings
}

/** Checks files given as path from the root -> text. */
export const checkHouse = (texts: ReadonlyMap<string, string>): ReadonlyArray<Finding> => {
  const files = [...texts].map(([path, text]): File => {
    const source = scan(text)
    return { path, text, ...source, imports: imports(text, source) }
  })
  const broken = files.flatMap((file) =>
    Object.entries(rules).flatMap(([rule, check]) => check(file).map((found) => ({ path: file.path, rule, ...found })))
  )
  return [...broken, ...circles(files)]
}
