// What every refusal of the command line has: exit code 1, its message alone on standard error, and no file touched.
import { expect } from "vitest"
import { type Result, snapshot } from "./run.ts"

/** For a folder as it is now: what expects a refusal with this message. */
export const refusing = (folder: string) => {
  const before = snapshot(folder)
  return ({ code, stdout, stderr }: Result, message: string) => {
    expect({ code, stderr: stderr.trim() }).toEqual({ code: 1, stderr: message })
    expect(stderr).not.toMatch(/\n\s+at /) // no stack trace
    expect(`${stdout}${stderr}`).not.toContain("\u001b")
    expect(stdout).not.toContain("USAGE") // nobody asked for help, and it would hide the message
    expect(stdout).not.toContain("RMSE")
    expect(snapshot(folder)).toEqual(before)
  }
}
