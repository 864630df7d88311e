// The innermost loops of products, as they were compiled: what they keep in registers. V8 has 15 to give. A compiler that
// orders sums otherwise (asc -O3 does where k is unrolled: one chain for each sum, all loads before it) or a wider tile
// needs more, spills, and takes half as long again, which no test of values sees. So this counts the vectors that are alive
// at a time in the text of the module. Not timed: that would tell of the machine.
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it } from "vitest"
import { base64 } from "../../../src/kernels/simd/module.generated.ts"

/** An instruction with its operands, which come before it. */
type Instruction = ReadonlyArray<string | Instruction>

/** The module as text, by the disassembler that comes with AssemblyScript. */
const disassembled = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "effect-bayes-tile-"))
  try {
    const wasm = join(folder, "kernels.wasm")
    writeFileSync(wasm, Buffer.from(base64, "base64"))
    const compiler = createRequire(createRequire(import.meta.url).resolve("assemblyscript/package.json"))
    const dis = join(compiler.resolve("binaryen/package.json"), "../bin/wasm-dis")
    return execFileSync(process.execPath, [dis, wasm], { encoding: "utf8", maxBuffer: 2 ** 28 })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const parsed = (text: string): Instruction => {
  const open: Array<Array<string | Instruction>> = [[]]
  for (const [token] of text.matchAll(/\(|\)|"[^"]*"|[^\s()]+/g)) {
    if (token === "(") open.push([])
    else if (token === ")") {
      const done = open.pop()!
      open.at(-1)!.push(done)
    } else open.at(-1)!.push(token)
  }
  return open[0]!
}

const isInstruction = (u: string | Instruction): u is Instruction => typeof u !== "string"
const childrenOf = (one: Instruction) => one.filter(isInstruction)

/** An instruction and all in it, in the order in which they run: operands first. */
const inOrder = (one: Instruction): ReadonlyArray<Instruction> => [...childrenOf(one).flatMap(inOrder), one]

const named = (all: ReadonlyArray<Instruction>, ...names: ReadonlyArray<string>) =>
  all.filter(([name]) => names.includes(String(name)))

/** What runs in each innermost loop of five rows by eight columns. */
const loops = (): ReadonlyArray<ReadonlyArray<Instruction>> =>
  named(inOrder(parsed(disassembled())), "loop")
    .map(inOrder)
    .filter((body) => ["f32x4.add", "f32x4.mul"].every((name) => named(body, name).length === 10))
    .filter((body) => named(body, "loop").length === 1 && named(body, "v128.load32_splat").length === 5)

/** The most vectors in variables at a time: those that go round live all the time, the others from first to last use. */
const aliveAtMost = (body: ReadonlyArray<Instruction>): number => {
  const variables = new Map<string, { first: number; last: number; read: boolean }>()
  const vectors = new Set(
    named(body, "local.set", "local.tee")
      .filter((set) => /^(v128|f32x4)\./.test(String(childrenOf(set)[0]?.[0])))
      .map(([, name]) => String(name))
  )
  for (const [i, [what, name]] of body.entries()) {
    if (!String(what).startsWith("local.") || !vectors.has(String(name))) continue
    const known = variables.get(String(name))
    if (known === undefined) variables.set(String(name), { first: i, last: i, read: what === "local.get" })
    else known.last = i
  }
  const ranges = [...variables.values()].map(({ first, last, read }) => (read ? [0, body.length] : [first, last]))
  return Math.max(...body.map((_, i) => ranges.filter(([first, last]) => first! <= i && i <= last!).length))
}

it("keeps ten sums, two vectors of b and an element of a, in the loops of tile.ts and slim.ts, and loads nothing twice", () => {
  const found = loops()
  expect(found.map((body) => [named(body, "v128.load").length, aliveAtMost(body)])).toEqual([
    [2, 13],
    [2, 13]
  ])
})
