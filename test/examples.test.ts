// The doc examples become programs that assert what they claim.
import { expect, test } from "vitest"
import { examples } from "../scripts/lib/examples.ts"

const fenced = (code: string, info = "ts") => `\`\`\`${info}\n${code}\n\`\`\``
const texts = (path: string, text: string) => examples(path, text).map((example) => example.text)

test("an arrow comment becomes an assertion, imports stay on top", () => {
  const [text] = texts("README.md", `# Title\n${fenced('import { f } from "effect-bayes"\n\nf(1).x // => 2')}`)
  expect(text?.split("\n").slice(1)).toEqual([
    'import { expect, test } from "vitest"',
    'import { f } from "effect-bayes"',
    'test("README.md:2", async () => {',
    "",
    "expect(f(1).x).toEqual(2)",
    "})",
    ""
  ])
})

test.each([
  ["a declaration is asserted by its name", "const y = f(1) // => 2", "const y = f(1)\nexpect(y).toEqual(2)"],
  ["console.log is asserted by what it prints", "console.log(f(1)) // => 2", "expect(f(1)).toEqual(2)"],
  ["an expression may span lines", "f(\n  1\n)\n  .x // => [1, 2]", "expect(f(\n  1\n)\n  .x).toEqual([1, 2])"],
  ["other comments stay comments", "f(1) // once", "f(1) // once"]
])("%s", (_, code, expected) => {
  expect(texts("a.md", fenced(code))[0]).toContain(`async () => {\n${expected}\n})`)
})

test("doc comments give their blocks, code and other comments give none", () => {
  const source = `/**\n * Says.\n * ${fenced("f(1) // => 2").replaceAll("\n", "\n * ")}\n */\nconst a = 1\n// \`\`\`ts\n`
  const found = examples("src/core/A.ts", source)
  expect(found.map(({ file }) => file)).toEqual(["src_core_A_ts_3.test.ts"])
  expect(found[0]?.text).toContain("expect(f(1)).toEqual(2)")
})

test("a no-test block is compiled and not run; other languages are left alone", () => {
  const found = examples("a.md", `${fenced("await f(1)", "ts no-test")}\n${fenced("npm test", "sh")}`)
  expect(found.map(({ file }) => file)).toEqual(["a_md_1.ts"])
  expect(found[0]?.text).toMatch(/\nawait f\(1\)\nexport \{\}\n$/)
})

test("a block that never closes is an error that says where", () => {
  expect(() => examples("a.md", "\n```ts\nf(1)")).toThrow("a.md:2")
})
