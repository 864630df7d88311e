// Where a platform has no WebAssembly, or no memory that can be shared: other engines, the same programs.
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { expect, it } from "vitest"

interface Seen {
  readonly engine: string
  readonly kernels: string
  readonly nll: number
  readonly hash: string
  readonly warnings: ReadonlyArray<string>
}

/** What the program saw on a platform that lacks something. */
const seenWithout = async (what: string): Promise<Seen> => {
  const program = new URL("./fallbackProgram.ts", import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [program, what])
  return JSON.parse(stdout) as Seen
}

it("trains and predicts on the reference engine where WebAssembly is blocked or missing, and says so once", async () => {
  const whole = await seenWithout("nothing")
  expect(whole).toMatchObject({ engine: "simd", kernels: "simd", warnings: [] })
  for (const [what, reason] of [
    ["compilation", "CompileError: blocked by a content security policy"],
    ["WebAssembly", "ReferenceError: WebAssembly is not defined"]
  ] as const) {
    const seen = await seenWithout(what)
    const warning = `Computing without WebAssembly, on the reference engine, which is many times slower: ${reason}`
    expect(seen).toMatchObject({ engine: "reference", kernels: "reference", warnings: [warning] })
    // The same noise and steps, each number of which is rounded to 6e-8 of itself: some tens of roundings in a row.
    expect(Math.abs(seen.nll - whole.nll)).toBeLessThan(1e-6 * Math.abs(whole.nll))
  }
})

it("computes in memory of its own where none can be shared, with the same bits", async () => {
  const [whole, unshared] = await Promise.all(["nothing", "SharedArrayBuffer"].map(seenWithout))
  expect(unshared).toEqual(whole)
})
