// Turns the ```ts blocks of documentation into programs: tests, or (```ts no-test) files that only have to compile.
import { scan } from "./source.ts"

interface Block {
  /** The line of the opening fence, from 1. */
  readonly line: number
  readonly run: boolean
  readonly code: ReadonlyArray<string>
}

interface Example {
  readonly file: string
  readonly text: string
}

/** The ```ts blocks of a Markdown text, or of the doc comments of a TypeScript one. */
const blocks = (path: string, text: string): ReadonlyArray<Block> => {
  const found: Array<Block> = []
  let open: { line: number; run: boolean; code: Array<string> } | undefined
  for (const [i, raw] of text.split("\n").entries()) {
    if (path.endsWith(".ts") && !/^\s*\*( |$)/.test(raw)) continue
    const line = path.endsWith(".ts") ? raw.replace(/^\s*\* ?/, "") : raw
    const fence = /^\s*```(?:ts|typescript)\b(.*)$/.exec(line)
    if (open === undefined) {
      if (fence !== null) open = { line: i + 1, run: !/\bno-test\b/.test(fence[1] ?? ""), code: [] }
    } else if (/^\s*```\s*$/.test(line)) {
      found.push(open)
      open = undefined
    } else open.code.push(line)
  }
  if (open !== undefined) throw new Error(`${path}:${open.line}: this block is never closed`)
  return found
}

/** By how much a line opens more brackets than it closes. */
const depth = (code: string) => (code.match(/[([{]/g)?.length ?? 0) - (code.match(/[)\]}]/g)?.length ?? 0)

/** Groups lines into statements, so that an expression over several lines can be asserted as one. */
const statements = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const groups: Array<string> = []
  const code = scan(lines.join("\n")).code.split("\n")
  let open = 0
  for (const [i, line] of lines.entries()) {
    if (groups.length > 0 && (open > 0 || /^\s*\./.test(line))) groups.push(`${groups.pop()}\n${line}`)
    else groups.push(line)
    open += depth(code[i] ?? "")
  }
  return groups
}

/** `expr // => value` becomes an assertion; so does `const name = expr // => value`, about the name. */
const assertion = (statement: string): string => {
  const [, expression, expected] = /^([\s\S]*?);?\s*\/\/ => (.*)$/.exec(statement) ?? []
  if (expression === undefined) return statement
  const name = /^\s*(?:const|let)\s+(\w+)[\s\S]*=/.exec(expression)?.[1]
  if (name !== undefined) return `${expression}\nexpect(${name}).toEqual(${expected})`
  const printed = /^\s*console\.log\(([\s\S]*)\)$/.exec(expression)?.[1]
  return `expect(${(printed ?? expression).trim()}).toEqual(${expected})`
}

const program = (source: string, { code, run }: Block): string => {
  const header = `// From ${source}, by scripts/doc-examples.ts`
  if (!run) return [header, ...code, "export {}", ""].join("\n")
  const all = statements(code)
  const isImport = (statement: string) => /^import\s/.test(statement)
  return [
    header,
    'import { expect, test } from "vitest"',
    ...all.filter(isImport),
    `test(${JSON.stringify(source)}, async () => {`,
    ...all.filter((statement) => !isImport(statement)).map(assertion),
    "})",
    ""
  ].join("\n")
}

/** One file for each block, so that their imports and names cannot clash. */
export const examples = (path: string, text: string): ReadonlyArray<Example> =>
  blocks(path, text).map((block) => ({
    file: `${path.replace(/[^A-Za-z0-9]+/g, "_")}_${block.line}${block.run ? ".test" : ""}.ts`,
    text: program(`${path}:${block.line}`, block)
  }))
