// Real data from its files, as they are: short runs by the command line, from the rows to predictions.
import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { cells, tools } from "./flowers.ts"
import { folderOf, jsonLines } from "./run.ts"

const data = join(process.cwd(), "../shared/data")

interface Figures {
  readonly rows: number
  readonly accuracy: number
  readonly rmse: ReadonlyArray<number>
}

describe.skipIf(!existsSync(data))("real data (skipped where ../shared/data is absent)", () => {
  const { ok } = tools(folderOf())

  it("mushrooms, gzipped and without a header: nearly every one is told by its looks", async () => {
    const file = join(data, "mushroom/agaricus-lepiota.data.gz")
    const model = join(folderOf(), "mushrooms.safetensors")
    const args = [
      "train",
      file,
      "--no-header",
      "--target",
      "column1",
      "--epochs",
      "1",
      "--draws",
      "5",
      "--hidden",
      "10"
    ]
    const lines = jsonLines(await ok([...args, "--out", model, "--json"]))
    expect(lines[0]).toMatchObject({
      task: "classification",
      taskFrom: "the target is text",
      trainRows: 7312,
      testRows: 812,
      classes: ["e", "p"],
      rowsDropped: 0
    })
    const { categories, dropped } = lines[0] as unknown as {
      readonly categories: Readonly<Record<string, number>>
      readonly dropped: ReadonlyArray<string>
    }
    // The data's description: 117 values of 22 attributes, of which column 17 has one alone.
    expect(Object.values(categories).reduce((a, b) => a + b, 0)).toBe(117)
    expect(dropped).toContain("column17=p")
    const { accuracy } = lines.at(-1) as unknown as Figures
    expect(accuracy).toBeGreaterThan(0.97)
    const [, ...predictions] = cells(await ok(["predict", model, file, "--no-header", "--draws", "2"]))
    expect(predictions.length).toBe(8124)
    expect(predictions.filter(([name]) => name === "e").length).toBeGreaterThan(4000) // of 4208
  })

  it("red wine, split at white space: the quality is learned better than by its mean", async () => {
    const file = join(data, "uci/wine-red/data.txt.gz")
    const args = ["train", file, "--no-header", "--target", "column12", "--epochs", "5", "--draws", "10", "--json"]
    const lines = jsonLines(await ok(args))
    expect(lines[0]).toMatchObject({ splitAt: "white space", task: "regression", trainRows: 1439, testRows: 160 })
    // The std of the quality is 0.81, that of its residuals under a linear map 0.65.
    expect((lines.at(-1) as unknown as Figures).rmse[0]).toBeLessThan(0.72)
  })

  it("mcycle: the numbers of its rows are no feature", async () => {
    const file = join(data, "small/mcycle.csv")
    const words = await ok(["train", file, "--target", "accel", "--epochs", "2", "--draws", "2"])
    expect(words).toContain("1 feature, target accel\n")
    expect(words).toContain("left out: rownames (it only numbers the rows)\n")
  })
})
