// A training killed without warning (SIGKILL) at seeded random moments, resumed each time until it ends.
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Key } from "effect-bayes"
import { expect } from "vitest"
import { folderOf, linearCsv, main, run, start } from "./run.ts"

const MODEL = "model.safetensors"
const ARGS = ["train", "linear.csv", "--target", "price", "--hidden", "8", "--epochs", "1000", "--batch", "20"]
const OPTIONS = ["--checkpoint-every", "25", "--test-fraction", "0.2", "--validation", "0.2", "--out", MODEL]

/** A temporary file that a checkpoint is being written to. */
const isPartial = (name: string): boolean => name.endsWith(".partial")

/** A whole number from 0 up to, not including, `limit`: the i-th of a seed. */
const random = (seed: number, i: number, limit: number): number =>
  Key.permutation(Key.fold(Key.make(seed), i), limit)[0]!

const inode = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino

/** Waits until a file was replaced so many times, and a write is under way if asked for, or until `over`. */
const watch = async (folder: string, writes: number, amidWrite: boolean, over: () => boolean) => {
  const old = new Set(readdirSync(folder))
  const path = join(folder, MODEL)
  let last = inode(path)
  for (let seen = 0; seen < writes && !over(); ) {
    await sleep(1)
    const now = inode(path)
    if (now !== last) seen++
    last = now
  }
  const isWriting = () => readdirSync(folder).some((name) => isPartial(name) && !old.has(name))
  while (amidWrite && !isWriting() && !over()) await new Promise(setImmediate)
}

/**
 * Kills so many times: every eighth anywhere from the start on, the others after a random number of checkpoints, half of
 * them as soon as the next one's write is seen. A run that ends has to have the bytes of the unbroken one, and another
 * begins.
 */
export const checkKills = async (kills: number, seed: number) => {
  const folder = folderOf({ "linear.csv": linearCsv(60, 1) })
  const whole = await run(folder, ...ARGS, ...OPTIONS)
  expect([whole.code, whole.stderr]).toEqual([0, ""])
  const bytes = readFileSync(join(folder, MODEL))
  rmSync(join(folder, MODEL))

  const found = { killed: 0, amidWrite: 0, withoutModel: 0, ended: 0 }
  const finish = (result: { readonly code: number | null; readonly stderr: string }) => {
    expect([result.code, result.stderr]).toEqual([0, ""])
    expect(readFileSync(join(folder, MODEL)).equals(bytes)).toBe(true)
    expect(readdirSync(folder).filter(isPartial)).toEqual([]) // what killed runs left behind is swept away
    rmSync(join(folder, MODEL))
    found.ended++
  }
  for (let attempt = 0; found.killed < kills; attempt++) {
    const before = new Set(readdirSync(folder))
    const { child, ended } = start(process.execPath, [main, ...ARGS, ...OPTIONS, "--resume"], folder)
    let over = false
    void ended.then(() => {
      over = true
    })
    if (attempt % 8 === 7) await sleep(random(seed, attempt, 1000))
    else await watch(folder, random(seed, attempt, 20), attempt % 2 === 0, () => over)
    child.kill("SIGKILL")
    const result = await ended
    if (child.signalCode !== "SIGKILL") {
      finish(result)
      continue
    }
    found.killed++
    const names = readdirSync(folder)
    if (names.some((name) => isPartial(name) && !before.has(name))) found.amidWrite++
    if (!names.includes(MODEL)) found.withoutModel++
  }
  finish(await run(folder, ...ARGS, ...OPTIONS, "--resume"))
  return found
}
