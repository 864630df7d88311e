// Each house rule is given a file that breaks it, and files that only look as if they did.
import { describe, expect, test } from "vitest"
import { checkHouse } from "../scripts/lib/house.ts"

const rulesBroken = (files: Record<string, string>) =>
  checkHouse(new Map(Object.entries(files))).map(({ path, line, rule }) => `${path}:${line} ${rule}`)

describe("a breach is caught where it stands", () => {
  test.each([
    ["an edge that climbs", "src/core/A.ts", '\nimport { b } from "../kernels/B.ts"', "2 edges"],
    ["a type-only edge", "src/optim/A.ts", 'import type * as B from "../layers/B.ts"', "1 edges"],
    ["a lazy edge", "src/core/A.ts", 'const b = await import("../data/B.ts")', "1 edges"],
    ["an import over lines", "src/core/A.ts", 'import {\n  b\n} from "../data/B.ts"', "3 edges"],
    ["cli behind the public surface", "src/cli/A.ts", 'export * from "../core/A.ts"', "1 edges"],
    ["index reaching testing", "src/index.ts", 'export * from "./testing/index.ts"', "1 edges"],
    ["src leaving src", "src/core/A.ts", 'import "../../test/setup.ts"', "1 edges"],
    ["src by its public name", "src/layers/A.ts", 'import { b } from "effect-bayes/core"', "1 edges"],
    ["a folder without a place", "src/extra/A.ts", 'import { b } from "../core/B.ts"', "1 edges"],
    ["Node in portable code", "src/data/A.ts", 'import { readFileSync } from "node:fs"', "1 node"],
    ["Effect's Node layer", "src/data/A.ts", 'import * as N from "@effect/platform-node/NodeServices"', "1 node"],
    ["storage above kernels", "src/layers/A.ts", 'import { s } from "../core/storage.ts"', "1 storage"],
    ["the barrel", "src/core/A.ts", 'import { Effect } from "effect"', "1 barrel"],
    ["Math.exp", "src/core/math.ts", "export const e = Math.exp(1)", "1 math"],
    ["Math.log2", "src/core/A.ts", "export const e = Math.log2(1)", "1 math"],
    ["Math.atan2 in a template", "src/cli/A.ts", "export const s = `a ${Math.atan2(1, 2)} b`", "1 math"],
    ["Math taken apart", "src/core/A.ts", "const { exp } = Math", "1 math"],
    ["the power operator", "src/core/A.ts", "export const f = (x: number) => x ** 2", "1 math"],
    ["hidden random", "src/core/A.ts", "export const r = Math.random()", "1 impure"],
    ["a clock", "src/cli/A.ts", "\n\nexport const t = new Date()", "3 impure"],
    ["any", "test/a.test.ts", "const f = (x: any) => x", "1 any"],
    ["an array of any", "scripts/a.ts", "const f = [] as Array<any>", "1 any"],
    ["a focused test", "test/a.test.ts", `it.${"only"}("a", () => {})`, "1 focus"],
    ["a skipped test", "test/a.test.ts", `describe.${"skip"}("a", () => {})`, "1 focus"],
    ["a silenced type error", "src/core/A.ts", `// @ts-${"ignore"}\nconst a = 1`, "1 suppress"],
    ["unfinished work", "scripts/a.ts", `const a = 1 // ${"TO"}DO later`, "1 unfinished"],
    ["a long file", "test/a.test.ts", "const a = 1\n".repeat(301), "301 length"]
  ])("%s", (_, path, text, expected) => {
    expect(rulesBroken({ [path]: text })).toEqual([`${path}:${expected}`])
  })

  test("a circle, once, where it closes", () => {
    const files = {
      "src/core/A.ts": 'import "./B.ts"',
      "src/core/B.ts": 'import "./C.ts"',
      "src/core/C.ts": '\nimport "./A.ts"'
    }
    expect(rulesBroken(files)).toEqual(["src/core/C.ts:2 circle"])
  })
})

test.each([
  ["comments and strings", "src/core/A.ts", '/** Math.exp(x) ** 2 */\nconst s = "any Math.exp" // any, new Date'],
  ["the text of a template", "src/core/A.ts", "const s = `Math.exp ${`${1}`} x ** 2`\nconst t = 1"],
  ["regular expressions", "src/core/A.ts", 'const r = /["`]\\/[/"]**/.test("any")'],
  ["exact Math", "src/core/A.ts", "const a = Math.fround(Math.sqrt(2) / 3) / Math.PI"],
  ["names that contain any", "src/core/A.ts", "const many = Effect.any(company)"],
  ["edges that go down", "src/training/A.ts", 'import "../optim/A.ts"\nimport "./B.ts"\nimport "effect/Effect"'],
  ["prediction on training", "src/prediction/A.ts", 'import "../training/A.ts"'],
  ["the command line", "src/cli/A.ts", 'import { Effect } from "effect"\nimport "../index.ts"\nimport "node:fs"'],
  ["a Node file", "src/kernels/threads.node.ts", 'import { Worker } from "node:worker_threads"'],
  ["storage in kernels", "src/kernels/A.ts", 'import { s } from "../core/storage.ts"'],
  ["Math outside src", "test/a.test.ts", "const a = Math.exp(1) + 2 ** 3"],
  ["300 lines", "test/a.test.ts", "const a = 1\n".repeat(300)]
])("no breach: %s", (_, path, text) => {
  expect(rulesBroken({ [path]: text })).toEqual([])
})
