// Runs commands side by side, keeps their output, and can stop all that still run.
import { type ChildProcess, spawn } from "node:child_process"

const running = new Set<ChildProcess>()

export const runCommand = (
  [command = "", ...args]: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv
): Promise<{ readonly ok: boolean; readonly output: string }> =>
  new Promise((done) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] })
    const chunks: Array<string> = []
    const end = (ok: boolean, note = "") => {
      running.delete(child)
      done({ ok, output: chunks.join("") + note })
    }
    running.add(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk))
    }
    child.on("error", (error) => end(false, `${error.message}\n`))
    child.on("close", (code, signal) => end(code === 0, signal === null ? "" : `stopped by ${signal}\n`))
  })

export const stopCommands = (): void => {
  for (const child of running) child.kill("SIGTERM")
}
