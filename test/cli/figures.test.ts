// Figures in words: in what they are counted, and the score of the validation rows wherever training shows itself.
import { describe, expect, it } from "vitest"
import { tools } from "./flowers.ts"
import { folderOf, jsonLines } from "./run.ts"

const counts = Array.from({ length: 60 }, (_, i) => `${(i * 7) % 20},${i % 2 ? "x" : "y"},${(i * 3) % 8}`)
const folder = folderOf({ "counts.csv": `a,kind,count\n${counts.join("\n")}\n` })
const { ok } = tools(folder)
const training = ["train", "./counts.csv", "--hidden", "4", "--draws", "3"]
const shape = (line: string) =>
  line
    .replaceAll(/-?\d+\.\d+/g, "N")
    .replace(/ +/g, " ")
    .trim()

describe("units", () => {
  const units = async (...flags: ReadonlyArray<string>) => {
    const lines = (await ok([...training, "--epochs", "20", ...flags])).split("\n")
    const last = lines.findLast((line) => line.startsWith("epoch 20 of 20"))
    return [last!.replace(/^.*: /, ""), ...lines.slice(-5)].map(shape).filter((line) => line !== "")
  }
  const standardized = "loss N nats per standardized datum (KL N nats)"

  it("of numbers are those of standardized targets in training, and the target's own afterwards", async () => {
    const figures = ["RMSE N (in the target's unit)", "mean log-likelihood N nats per row (in the target's unit)"]
    const covered = "90% interval holds N% of the targets"
    expect(await units("--target", "count")).toEqual([standardized, ...figures, covered, "noise, std N"])
    const varied = "noise, std N (root mean square over the rows)"
    expect(await units("--target", "count", "--likelihood", "heteroscedastic")).toEqual([
      standardized,
      ...figures,
      covered,
      varied
    ])
    const ofCounts = ["loss N nats per datum (KL N nats)", ...figures, covered, varied]
    expect(await units("--target", "count", "--likelihood", "poisson")).toEqual(ofCounts)
  })

  it("of classes are the same", async () => {
    const [loss, ...figures] = await units("--target", "kind")
    expect(loss).toBe("loss N nats per datum (KL N nats)")
    expect(figures.slice(-2)).toEqual(["accuracy N% of the classes", "mean log-likelihood N nats per row"])
  })
})

describe("the validation rows", () => {
  it("are in each line of progress, in JSON, in the summary and in info", async () => {
    const args = [...training, "--target", "count", "--epochs", "150", "--batch", "8", "--validation", "0.2"]
    const lines = jsonLines(await ok([...args, "--json"]))
    const looks = lines.filter(({ event }) => event === "progress").map(({ validation }) => validation)
    expect(looks.filter((look) => look !== undefined).length).toBeGreaterThan(2)
    const { nllMean, bestNllMean, bestStep } = looks.at(-1) as Record<string, number>
    expect(bestNllMean).toBeLessThanOrEqual(nllMean!)
    const words = await ok([...args, "--out", "./best.safetensors"])
    const fixed = (value: number | undefined) => value!.toFixed(3)
    const progress = words.split("\n").filter((line) => line.startsWith("epoch "))
    expect(
      progress.map((line) => /, validation (\S+ \(best \S+\)) nats per standardized datum \(KL /.exec(line)?.[1])
    ).toEqual(
      looks.map((look) => {
        const seen = look as Record<string, number> | undefined // none before the first look
        return seen && `${fixed(seen.nllMean)} (best ${fixed(seen.bestNllMean)})`
      })
    )
    const best = `${bestNllMean!.toFixed(4)} nats per standardized datum`
    expect(words).toContain(`step ${bestStep} did best on the validation rows, at ${best}: its parameters are taken\n`)
    expect(await ok(["info", "./best.safetensors"])).toContain(`validation  ${best} at step ${bestStep}, the best\n`)
  })
})
