/**
 * Browsers without a window: a process and a page a job, with a profile of its own.
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Doing, type Environment, linesOf, watched } from "./environment.ts"
import { findProgram } from "./installed.ts"
import type { Outcome } from "./job.ts"
import { bundlePage, serve } from "./server.ts"

interface Browser {
  readonly name: string
  /** The variable that names its program, and the names under which it is looked for. */
  readonly variable: string
  readonly programs: ReadonlyArray<string>
  /** Arguments before the page's address. */
  args(profile: string): ReadonlyArray<string>
}

const CHROMIUM: Browser = {
  name: "Chromium",
  variable: "CHROMIUM",
  programs: ["chromium", "chromium-browser", "google-chrome"],
  args: (profile) => [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), // which the system refuses to root
    `--user-data-dir=${profile}`
  ]
}

const FIREFOX: Browser = {
  name: "Firefox (SpiderMonkey)",
  variable: "FIREFOX",
  programs: ["firefox-esr", "firefox"],
  args: (profile) => ["--headless", "--no-remote", "--profile", profile]
}

const find = ({ variable, programs }: Browser): string => {
  const found = process.env[variable] ?? findProgram(programs)
  if (found === undefined)
    throw new Error(`no ${programs.join(" or ")} is installed; ${variable} names another program`)
  return found
}

type Posted = { readonly isolated: boolean } | { readonly error: string }

const doing =
  (browser: Browser, program: string, isolated: boolean): Doing =>
  async (job) => {
    const profile = mkdtempSync(join(tmpdir(), "effect-bayes-bits-"))
    const outcomes: Array<Outcome> = []
    const ends: Array<Posted> = []
    let said = (): void => {}
    const server = await serve(await bundlePage(), isolated, (path, body) => {
      said()
      if (path === "/outcome") outcomes.push(body as Outcome)
      else {
        ends.push(body as Posted)
        child.kill()
      }
    })
    const child = spawn(program, [...browser.args(profile), server.pageFor(job)], { stdio: "ignore" })
    const watch = watched(child)
    said = watch.touch
    try {
      await new Promise<void>((done, fail) => child.on("error", fail).on("exit", () => done()))
    } finally {
      watch.stop()
      server.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
    }
    const [end = { error: "the browser has ended, or has said nothing for a long time" }] = ends
    if ("error" in end) throw new Error(end.error)
    if (end.isolated !== isolated) throw new Error(`the page is ${isolated ? "not" : "nevertheless"} isolated`)
    return outcomes
  }

const inBrowser = (browser: Browser, isolated: boolean, threads: ReadonlyArray<number>): Environment => ({
  name: isolated ? browser.name : `${browser.name}, page not isolated, memory not shared`,
  threads,
  ...(isolated ? {} : { oneThread: true }),
  open: async () => {
    const program = find(browser)
    const [version = ""] = await linesOf(program, ["--version"])
    return { version: /\d[\d.]+\w*/.exec(version)?.[0] ?? version, run: doing(browser, program, isolated) }
  }
})

export const chromium = (isolated: boolean, threads: ReadonlyArray<number>) => inBrowser(CHROMIUM, isolated, threads)
export const firefox = (isolated: boolean, threads: ReadonlyArray<number>) => inBrowser(FIREFOX, isolated, threads)
