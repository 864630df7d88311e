// Times this library against PyTorch on this machine: npm run bench -- [flags], which --help lists.
import { timed } from "./duel.ts"
import { FlagError, type Flags, flagsOf, USAGE } from "./flags.ts"
import { machine } from "./machine.ts"
import { type Peer, PeerError, startPeer } from "./peer.ts"
import { aligned, cells, HEAD } from "./table.ts"

/** How PyTorch is started, and its version, if it is to be had. An interpreter that was named must have it. */
const findPeer = async (): Promise<{ readonly version: string; readonly start: () => Promise<Peer> } | undefined> => {
  const named = process.env.PYTHON
  const start = () => startPeer(named ?? "python3")
  try {
    const peer = await start()
    peer.close()
    return { version: peer.version, start }
  } catch (error) {
    if (!(error instanceof PeerError)) throw error
    if (named !== undefined) throw new FlagError(`PYTHON=${named} has no PyTorch: ${error.message}`)
    console.error(`ours alone: python3 has no PyTorch (${error.message}); PYTHON names an interpreter that has it`)
    return undefined
  }
}

const run = async (flags: Flags): Promise<void> => {
  const peer = await findPeer()
  const about = machine(peer?.version)
  if (!flags.json) console.log(`${Object.values(about).join(", ")}\n`)
  const table: Array<ReadonlyArray<string>> = [HEAD]
  for (const configuration of flags.configurations) {
    const { rounds, threads } = flags
    const row = await timed(configuration, { rounds, threads, ...(peer === undefined ? {} : { start: peer.start }) })
    if (flags.json) console.log(JSON.stringify({ ...row, machine: about }))
    else console.error(cells(row).join("  "))
    table.push(cells(row))
  }
  if (!flags.json) console.log(aligned(table).join("\n"))
}

try {
  const flags = flagsOf(process.argv.slice(2))
  if (flags.help) console.log(USAGE)
  else await run(flags)
} catch (error) {
  console.error(error instanceof FlagError ? `${error.message}\n\n${USAGE}` : error)
  process.exitCode = 1
}
