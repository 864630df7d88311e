// Times this library against PyTorch on this machine: npm run bench -- [flags], which --help lists.
import { readFileSync, writeFileSync } from "node:fs"
import type { Team } from "./contenders.ts"
import { timed } from "./duel.ts"
import { FlagError, type Flags, flagsOf, USAGE } from "./flags.ts"
import { javascriptOf } from "./javascript.ts"
import { kernelFigures } from "./kernels.ts"
import { linesOf, type Measured } from "./lines.ts"
import { machine, machineText } from "./machine.ts"
import { memoryOf } from "./memory.ts"
import { report } from "./report.ts"
import { scalingPoints } from "./scaling.ts"
import { type Command, SideError, startSide } from "./side.ts"
import { aligned, tablesOf } from "./table.ts"

const DOCUMENT = "docs/PERFORMANCE.md"

const ours = async (): Promise<Command> => [
  process.execPath,
  ...process.execArgv,
  await javascriptOf("bench/answers.ts")
]

/** A side's version and its modes; fails with a `SideError` where there is no such side. */
const found = async (product: string, command: Command): Promise<Team & { readonly version: string }> => {
  const start = () => startSide(command)
  const { version, modes, close } = await start()
  close()
  return { name: `${product} ${version}`, version, modes, start }
}

/** PyTorch, if it is to be had. An interpreter that was named must have it. */
const findPeer = async (modes: Flags["modes"]): Promise<(Team & { readonly version: string }) | undefined> => {
  const named = process.env.PYTHON
  try {
    const peer = await found("PyTorch", [named ?? "python3", "bench/torch_peer.py"])
    return { ...peer, modes: peer.modes.filter((mode) => modes?.includes(mode) ?? true) }
  } catch (error) {
    if (!(error instanceof SideError)) throw error
    if (named !== undefined) throw new FlagError(`PYTHON=${named} has no PyTorch: ${error.message}`)
    console.error(`ours alone: python3 has no PyTorch (${error.message}); PYTHON names an interpreter that has it`)
    return undefined
  }
}

/** Measures what the flags ask for, one thing after the other. */
async function* measured(flags: Flags, ours: Team, peer: Team | undefined): AsyncGenerator<Measured> {
  const { rounds, threads } = flags
  if (flags.memory) yield await memoryOf(threads, ours, peer)
  for (const configuration of flags.configurations) {
    console.error(`timing ${configuration.name}`)
    yield await timed(configuration, { ours, rounds, threads, ...(peer === undefined ? {} : { peer }) })
  }
  if (flags.kernels) yield* kernelFigures()
  if (flags.scaling) yield* await scalingPoints(ours, threads)
}

const run = async (flags: Flags): Promise<void> => {
  const peer = await findPeer(flags.modes)
  const about = machine(peer?.version)
  if (!flags.json) console.log(`${machineText(about)}\n`)
  const all: Array<Measured> = []
  for await (const one of measured(flags, await found("effect-bayes", await ours()), peer)) {
    if (flags.json) console.log(JSON.stringify({ ...one, machine: about }))
    all.push(one)
  }
  if (!flags.json) console.log(tablesOf(all).map(aligned).join("\n\n"))
}

const write = (file: string): void => {
  writeFileSync(DOCUMENT, report(linesOf(readFileSync(file, "utf8"))))
  console.log(`written: ${DOCUMENT}`)
}

try {
  const flags = flagsOf(process.argv.slice(2))
  if (flags.help) console.log(USAGE)
  else if (flags.write !== undefined) write(flags.write)
  else await run(flags)
} catch (error) {
  console.error(error instanceof FlagError ? `${error.message}\n\n${USAGE}` : error)
  process.exitCode = 1
}
