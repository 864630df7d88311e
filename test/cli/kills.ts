// A training killed without warning (SIGKILL) at seeded random moments, resumed each time until it ends.
import { readdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Key } from "effect-bayes"
import { expect } from "vitest"
import { folderOf, linearCsv, main, run, start } from "./run.ts"

const MODEL = "model.safetensors"
const ARGS = ["train", "linear.csv", "--target", "price", "--hidden", "8", "--epochs", "2000", "--batch", "20"]
const OPTIONS = ["--checkpoint-every", "25", "--test-fraction", "0.2", "--validation", "0.2", "--out", MODEL]

/** A temporary file that a checkpoint is being written to. */
const isPartial = (name: string): boolean => name.endsWith(".partial")

/** Whole milliseconds from 0 up to, not including, `limit`: the i-th of a seed. */
const random = (seed: number, i: number, limit: number): number =>
  Key.permutation(Key.fold(Key.make(seed), i), limit)[0]!

/**
 * Kills so many times; every other one as soon as a checkpoint's write is seen, the rest at any moment. A run that ends
 * has to have the bytes of the unbroken one, and another begins.
 */
export const checkKills = async (kills: number, seed: number) => {
  const folder = folderOf({ "linear.csv": linearCsv(60, 1) })
  const whole = await run(folder, ...ARGS, ...OPTIONS)
  expect([whole.code, whole.stderr]).toEqual([0, ""])
  const bytes = readFileSync(join(folder, MODEL))
  rmSync(join(folder, MODEL))

  const found = { killed: 0, amidWrite: 0, beforeAnyCheckpoint: 0, ended: 0 }
  const finish = (result: { readonly code: number | null; readonly stderr: string }) => {
    expect([result.code, result.stderr]).toEqual([0, ""])
    expect(readFileSync(join(folder, MODEL)).equals(bytes)).toBe(true)
    expect(readdirSync(folder).filter(isPartial)).toEqual([]) // what killed runs left behind is swept away
    rmSync(join(folder, MODEL))
    found.ended++
  }
  for (let attempt = 0; found.killed < kills; attempt++) {
    const { child, ended } = start(process.execPath, [main, ...ARGS, ...OPTIONS, "--resume"], folder)
    const old = new Set(readdirSync(folder))
    let over = false
    void ended.then(() => {
      over = true
    })
    await sleep(300 + random(seed, attempt, 1500))
    const seesWrite = () => readdirSync(folder).some((name) => isPartial(name) && !old.has(name))
    while (attempt % 2 === 0 && !over && !seesWrite()) await new Promise(setImmediate)
    child.kill("SIGKILL")
    const result = await ended
    if (child.signalCode !== "SIGKILL") {
      finish(result)
      continue
    }
    found.killed++
    const names = readdirSync(folder)
    if (names.some(isPartial)) found.amidWrite++
    if (!names.includes(MODEL)) found.beforeAnyCheckpoint++
  }
  finish(await run(folder, ...ARGS, ...OPTIONS, "--resume"))
  return found
}
