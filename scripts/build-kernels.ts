// Compiles assembly/ into src/kernels/simd/module.generated.ts: the WebAssembly module as text, so that nothing has to be fetched.
// -O2 and not -O3, which reorders unrolled code until its sums no longer fit the registers: today's kernels are as fast under
// both, and test/kernels/simd/tile.test.ts counts what the loops of products keep.
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { writeChanged } from "./lib/writeChanged.ts"

const folder = mkdtempSync(join(tmpdir(), "effect-bayes-kernels-"))
const wasm = join(folder, "kernels.wasm")
const asc = join(createRequire(import.meta.url).resolve("assemblyscript/package.json"), "../bin/asc.js")
const options = [
  "-O2",
  "--noAssert",
  "--runtime",
  "stub",
  "--importMemory",
  "--sharedMemory",
  "--enable",
  "simd,threads"
]
const memory = ["--initialMemory", "16", "--maximumMemory", "65536"]
try {
  execFileSync(process.execPath, [asc, "assembly/index.ts", ...options, ...memory, "-o", wasm], { stdio: "inherit" })
  const bytes = readFileSync(wasm)
  const text = `// Made by scripts/build-kernels.ts from assembly/: not to be edited.\nexport const base64 =\n  "${bytes.toString("base64")}"\n`
  const file = "src/kernels/simd/module.generated.ts"
  writeChanged(file, text)
  console.error(`${file}: ${bytes.length} bytes of WebAssembly`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
