/**
 * What a benchmark ran on.
 */
import { readFileSync } from "node:fs"
import { cpus, totalmem } from "node:os"
import { VERSION } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memory_gb: number
  readonly system: string
  /** Its version and the flags that it runs under. */
  readonly node: string
  /** The version of this library and the name of its engine. */
  readonly library: string
  readonly engine: string
  readonly peer: string | null
}

/** The processor's name, with what tells apart those that virtual machines call alike. */
const cpuName = (): string => {
  const model = cpus()[0]?.model.trim() ?? "unknown"
  try {
    const info = readFileSync("/proc/cpuinfo", "utf8")
    const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, "m").exec(info)?.[1]
    const [family, number] = [field("cpu family"), field("model")]
    return family === undefined || number === undefined ? model : `${model} (family ${family}, model ${number})`
  } catch {
    return model // not Linux
  }
}

/** This machine; `peer` is PyTorch's version. */
export const machine = (peer: string | undefined): Machine => ({
  cpu: cpuName(),
  cores: cpus().length,
  memory_gb: Math.round(totalmem() / 2 ** 30),
  system: `${process.platform} ${process.arch}`,
  node: [process.version, ...process.execArgv].join(" "),
  library: VERSION,
  engine: kernels("float32").name,
  peer: peer ?? null
})

/** In a sentence or two. */
export const machineText = ({ cpu, cores, memory_gb, system, node, library, engine, peer }: Machine): string =>
  `${cpu}, ${cores} ${cores === 1 ? "core" : "cores"}, ${memory_gb} GB, ${system}. Node ${node}, ` +
  `effect-bayes ${library} (engine "${engine}")${peer === null ? "" : `, PyTorch ${peer}`}.`
