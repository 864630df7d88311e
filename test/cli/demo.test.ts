// `demo`: the two files it writes, their content, that a seed fixes every byte, and that the README shows its picture.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import { Noise, Synthetic, Tensor } from "effect-bayes"
import { beforeAll, describe, expect, it } from "vitest"
import { folderOf, jsonLines, type Result, run } from "./run.ts"

interface Band {
  readonly lower: ReadonlyArray<number>
  readonly upper: ReadonlyArray<number>
}
interface Figures {
  readonly [field: string]: unknown
  readonly onData: { readonly rows: number; readonly rmse: ReadonlyArray<number>; readonly coverage90: number }
  readonly epistemicStdAt: Readonly<Record<"amidData" | "farFromData", { readonly x: number; readonly std: number }>>
}
interface Curve {
  readonly x: ReadonlyArray<number>
  readonly mean: ReadonlyArray<number>
  readonly std: ReadonlyArray<number>
  readonly epistemicStd: ReadonlyArray<number>
  readonly interval50: Band
  readonly interval90: Band
}

/** The names of the elements of an XML text; throws if tags do not match or an attribute or a text is malformed. */
const elements = (xml: string): ReadonlyArray<string> => {
  const open: Array<string> = []
  const seen: Array<string> = []
  const tag = /<(\/?)([a-z]+)((?:\s+[a-zA-Z0-9-]+="[^"<&]*")*)\s*(\/?)>|([^<]+)/gy
  let end = 0
  for (const [whole, closing, name, , empty, text] of xml.matchAll(tag)) {
    end += whole.length
    if (text !== undefined) {
      if (/[&>]/.test(text)) throw new Error(`a character that wants escaping in ${JSON.stringify(text)}`)
      if (open.length === 0 && text.trim() !== "") throw new Error(`text outside the root: ${text}`)
    } else if (closing === "/") {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`)
    } else {
      seen.push(name!)
      if (empty !== "/") open.push(name!)
    }
  }
  if (end !== xml.length) throw new Error(`no XML: ${xml.slice(end, end + 60)}`)
  if (open.length > 0) throw new Error(`${open.join()} not closed`)
  return seen
}

const args = ["demo", "--epochs", "20", "--draws", "60", "--out", "out/here"]
const folders = [folderOf(), folderOf(), folderOf()] as const
const read = (folder: string, name: string) => readFileSync(join(folder, "out/here", name), "utf8")
let [first, again, other]: ReadonlyArray<Result> = []

beforeAll(async () => {
  ;[first, again, other] = await Promise.all([
    run(folders[0], ...args, "--json"),
    run(folders[1], ...args, "--json"),
    run(folders[2], ...args, "--json", "--seed", "43")
  ])
}, 60_000)

describe("demo", () => {
  it("succeeds silently on stderr, and writes two files and nothing else, into a folder it makes", () => {
    for (const result of [first, again, other]) expect([result!.code, result!.stderr]).toEqual([0, ""])
    expect(readdirSync(join(folders[0], "out/here")).toSorted()).toEqual(["curve.json", "curve.svg"])
  })

  it("writes the same bytes for the same seed: both files and what it prints", () => {
    expect(again).toEqual(first)
    for (const name of ["curve.json", "curve.svg"]) expect(read(folders[1], name)).toBe(read(folders[0], name))
  })

  it("writes other bytes for another seed", () => {
    expect(other!.stdout).not.toBe(first!.stdout)
    for (const name of ["curve.json", "curve.svg"]) expect(read(folders[2], name)).not.toBe(read(folders[0], name))
  })

  it("prints progress and a result as JSON, the result being the file's without the curve", () => {
    const lines = jsonLines(first!.stdout)
    const { event, ...result } = lines.at(-1)!
    const { curve, ...figures } = JSON.parse(read(folders[0], "curve.json")) as Figures & { readonly curve: Curve }
    expect([event, result]).toEqual(["result", figures])
    expect(Object.keys(curve)).toEqual(["x", "mean", "std", "epistemicStd", "interval50", "interval90"])
    expect(lines.slice(0, -1).map((line) => line.event)).toEqual(lines.slice(1).map(() => "progress"))
    expect(lines.at(-2)).toMatchObject({ epoch: 20, epochs: 20, step: 200, steps: 200 })
    expect(figures).toMatchObject({
      seed: 42,
      epochs: 20,
      temperature: 1,
      draws: 60,
      batchSize: 100,
      learningRate: 0.03,
      step: 200
    })
    const { loss } = figures as unknown as {
      readonly loss: Readonly<Record<"negElboMean" | "nllMean" | "klNats", number>>
    }
    expect(loss.negElboMean).toBeCloseTo(loss.nllMean + loss.klNats / 1000, 12)
  })

  it("orders the intervals, holds the mean's spread in the whole spread, and spans x from -0.2 to 1.2", () => {
    const { curve, onData, epistemicStdAt } = JSON.parse(read(folders[0], "curve.json")) as Figures & {
      readonly curve: Curve
    }
    expect(curve.x).toEqual(Array.from({ length: 141 }, (_, i) => (i - 20) / 100))
    const { interval50, interval90, mean, std, epistemicStd } = curve
    for (const i of curve.x.keys()) {
      const [a, b, c, d] = [interval90.lower, interval50.lower, interval50.upper, interval90.upper].map((v) => v[i]!)
      expect([a! < b!, b! < c!, c! < d!, a! < mean[i]!, mean[i]! < d!]).toEqual(Array(5).fill(true))
      expect(epistemicStd[i]).toBeLessThan(std[i]!)
    }
    for (const values of [mean, std, epistemicStd]) expect(values.length).toBe(141)
    expect(epistemicStdAt).toEqual({
      amidData: { x: 0.25, std: epistemicStd[45] },
      farFromData: { x: 1, std: epistemicStd[120] }
    })
    expect(onData.rows).toBe(1000)
    // The targets' own spread is 0.36; a fit that has learned something is well below.
    expect(onData.rmse[0]).toBeLessThan(0.2)
    expect(onData.coverage90).toBeGreaterThan(0.8)
  })

  it("draws a well-formed picture: 1,000 points, the two bands, the mean, and what they are called", () => {
    const svg = read(folders[0], "curve.svg")
    const names = elements(svg)
    const count = (name: string) => names.filter((n) => n === name).length
    expect(names[0]).toBe("svg")
    expect([count("svg"), count("polygon"), count("polyline")]).toEqual([1, 2, 1])
    expect(count("circle")).toBe(1001) // one of them in the legend
    for (const text of ["90% interval", "50% interval", "mean", "data", "200 steps, seed 42"]) {
      expect(svg).toContain(text)
    }
    const numbers = [...svg.matchAll(/(?:points|cx|cy|x1|x2|y1|y2)="([^"]*)"/g)].flatMap(([, list]) =>
      list!.split(/[ ,]/).map(Number)
    )
    expect(numbers.length).toBeGreaterThan(2 * (1000 + 3 * 141))
    expect(numbers.filter((n) => !(n >= -10 && n <= 760))).toEqual([])
    expect(() => elements(svg.replace("</svg>", ""))).toThrow("svg not closed")
  })

  it("says in words where the network is sure, without colours, and where the files are", async () => {
    const folder = folderOf()
    const { code, stdout, stderr } = await run(folder, "demo", "--epochs", "2", "--draws", "20")
    expect([code, stderr]).toEqual([0, ""])
    expect(stdout).not.toMatch(/\r/)
    expect(stdout).not.toContain("\u001b")
    expect(stdout).toContain("1000 points of the curve of Blundell et al. 2015, section 5.2\n")
    const figures = JSON.parse(readFileSync(join(folder, "effect-bayes-demo/curve.json"), "utf8")) as Figures
    const { amidData, farFromData } = figures.epistemicStdAt
    expect(stdout).toContain(`amid the data, x = 0.25  ${amidData.std.toFixed(4)}\n`)
    expect(stdout).toContain(`far from it,   x = 1     ${farFromData.std.toFixed(4)}\n`)
    const paths = ["curve.svg", "curve.json"].map((name) => join("effect-bayes-demo", name))
    expect(stdout).toContain(`wrote ${paths.join(" and ")}\n`)
    expect(paths.map((path) => existsSync(join(folder, path)))).toEqual([true, true])
  })
})

it("without flags draws the README's picture", async () => {
  const folder = folderOf()
  expect((await run(folder, "demo")).code).toBe(0)
  const picture = readFileSync(join(folder, "effect-bayes-demo/curve.svg"), "utf8")
  const same = picture === readFileSync("docs/demo.svg", "utf8") // they are too long to be printed
  expect(same, "another than docs/demo.svg: npm run demo, and copy its curve.svg there").toBe(true)
})

it("draws the very points of the seed: x along the picture, y up it, within a tenth of a pixel", async () => {
  const noise = await Effect.runPromise(Noise.Noise.pipe(Effect.provide(Noise.layer(42))))
  const data = Synthetic.regressionCurve(noise.key("data"))
  const drawn = [...read(folders[0], "curve.svg").matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)]
  for (const [axis, values] of [Tensor.toFloat64Array(data.x), Tensor.toFloat64Array(data.y)].entries()) {
    const pixels = drawn.map((match) => Number(match[axis + 1]))
    const [low, high] = [values.indexOf(Math.min(...values)), values.indexOf(Math.max(...values))]
    const scale = (pixels[high]! - pixels[low]!) / (values[high]! - values[low]!)
    expect(Math.sign(scale)).toBe(axis === 0 ? 1 : -1)
    const off = Array.from(values, (v, i) => Math.abs(pixels[low]! + scale * (v - values[low]!) - pixels[i]!))
    expect(Math.max(...off)).toBeLessThan(0.11)
  }
})
