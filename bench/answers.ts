// Our side as a process: answers the requests of side.ts, as torch_peer.py does for PyTorch.
import { readFileSync } from "node:fs"
import { createInterface } from "node:readline"
import { VERSION } from "effect-bayes"
import { type Ours, withOurs } from "./ours.ts"
import type { Answer, Request } from "./side.ts"
import { calls } from "./timing.ts"

/** The most memory that this process had, in MB; Linux counts that of the process which started it in with maxRSS. */
const peak = (): number => {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
    if (kilobytes !== undefined) return Math.round(Number(kilobytes) / 1024)
  } catch {
    // not Linux
  }
  return Math.round(process.resourceUsage().maxRSS / 1024)
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const answer = (what: Answer): void => console.log(JSON.stringify(what))

/** Answers until there are no more requests. */
const serve = async (ours?: Ours): Promise<void> => {
  for (let line = await lines.next(); line.done !== true; line = await lines.next()) {
    const request = JSON.parse(line.value) as Request
    if (request.do === "hello") answer({ version: VERSION, modes: ["ours"] })
    else if (request.do === "peak") answer({ megabytes: peak() })
    else if ("duration" in request) answer({ milliseconds: calls(ours![request.do], request.duration) })
    else {
      await withOurs(request.configuration, request.threads, (ready) => {
        answer({ parameters: 2 * ready.weights })
        return serve(ready)
      })
    }
  }
}

await serve()
