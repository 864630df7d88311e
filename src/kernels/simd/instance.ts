/**
 * The compiled kernels on a memory: the WebAssembly module as text in, its exports out.
 *
 * The module asks for a shared memory. Where there is none, the flag in its import that says so is cleared: the code is
 * the same.
 */
import { EngineError } from "../../core/errors.ts"
import type { Exports } from "./Exports.ts"
import { pairsVectors } from "./flags.ts"
import { base64 } from "./module.generated.ts"

/** Kernels on a memory of their own. */
export interface Instance {
  readonly memory: WebAssembly.Memory
  readonly exports: Exports
  /** Whether the memory is shared: growing it then leaves typed arrays as they are. */
  readonly shared: boolean
  /** Where free memory begins, aligned to 64. */
  readonly start: number
}

const PAGE = 65536
const FIRST_PAGES = 16

/** Pages that a memory may grow to: 4 GiB where there is room for that many addresses, or less. */
const MOST_PAGES = [65536, 32768, 16384, 4096]

const compiled = new Map<boolean, WebAssembly.Module>()

/** Where the import of the memory says whether it is shared: behind its name and its kind. */
const flagAt = (bytes: Uint8Array): number => {
  const name = new TextEncoder().encode("memory")
  for (let i = 0; i < bytes.length; i++) {
    if (name.every((byte, j) => bytes[i + j] === byte)) return i + name.length + 1
  }
  throw new Error("the kernels import no memory: build them again (npm run kernels)")
}

/** The module for a shared memory or for one that is not, compiled once. */
export const compile = (shared: boolean): WebAssembly.Module => {
  const known = compiled.get(shared)
  if (known !== undefined) return known
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  bytes[flagAt(bytes)] = shared ? 3 : 1
  const made = new WebAssembly.Module(bytes)
  compiled.set(shared, made)
  return made
}

const newMemory = (shared: boolean): WebAssembly.Memory => {
  let refused: unknown
  for (const maximum of MOST_PAGES) {
    try {
      return new WebAssembly.Memory({ initial: FIRST_PAGES, maximum, shared })
    } catch (error) {
      refused = error
    }
  }
  throw refused
}

/** What a kernel calls when a worker has died with a part of its work. */
const lost = (): never => {
  const problem = "a worker thread died, or has done nothing for a long time"
  throw new EngineError({
    where: "the SIMD engine",
    problem,
    hint: "Go on from a checkpoint, if need be on one thread"
  })
}

/** The next multiple of 64. */
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** Kernels on a new memory. Throws what the platform throws where WebAssembly or such a memory is not to be had. */
export const instantiate = (shared: boolean): Instance => {
  const memory = newMemory(shared)
  const instance = new WebAssembly.Instance(compile(shared), { env: { memory, lost } })
  const exports = instance.exports as unknown as Exports
  exports.setPairs(pairsVectors())
  return { memory, exports, shared, start: aligned(exports.heapBase.value) }
}

/** Makes room for so many bytes. Throws a RangeError where there is none. */
export const reserve = (memory: WebAssembly.Memory, bytes: number): void => {
  if (bytes > PAGE * PAGE) throw new RangeError("more than an address of WebAssembly says") // `grow` has other errors
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE)
  if (missing > 0) memory.grow(missing)
}
