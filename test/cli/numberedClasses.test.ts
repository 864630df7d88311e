// A classifier made from code, whose labels are numbers without names: the command line calls the classes by them.
import { join } from "node:path"
import { NodeServices } from "@effect/platform-node"
import { Effect, Layer } from "effect"
import {
  BayesianLinear,
  Dataset,
  Key,
  Likelihood,
  Model,
  Noise,
  Prediction,
  Standardizer,
  Tensor,
  Training
} from "effect-bayes"
import { expect, it } from "vitest"
import { inside } from "./inside.ts"
import { folderOf, jsonLines } from "./run.ts"

it("predict gives the class and its probabilities, and info the task", async () => {
  const folder = folderOf({ "new.csv": "x0\n-2\n0.5\n3\n" })
  const data = Dataset.make({
    x: [[-3], [-2], [-1], [1], [2], [3]],
    y: [[0], [0], [1], [1], [2], [2]]
  })
  const { p, total, epistemic, label } = await Effect.runPromise(
    Effect.gen(function* () {
      const fit = yield* Training.fit(Model.classification(data, { hidden: [4] }), data, { epochs: 30 })
      yield* Model.save(join(folder, "m"), fit)
      const classified = yield* Prediction.classify(fit, Tensor.from([[-2], [0.5], [3]]), { draws: 7 })
      const list = (t: Tensor.Tensor) => Array.from(Tensor.toFloat64Array(t))
      const { probabilities, total, epistemic, label } = classified
      return { p: list(probabilities), total: list(total), epistemic: list(epistemic), label: list(label) }
    }).pipe(Effect.provide(Layer.mergeAll(NodeServices.layer, Noise.layer(1))))
  )
  const rows = [0, 1, 2].map((i) => ({
    class: String(label[i]),
    p_0: p[3 * i],
    p_1: p[3 * i + 1],
    p_2: p[3 * i + 2],
    total: total[i],
    mutual_information: epistemic[i]
  }))
  const json = await inside(folder, ["predict", "./m", "./new.csv", "--draws", "7", "--json"])
  expect([json.code, jsonLines(json.stdout)]).toEqual([0, rows])
  const csv = await inside(folder, ["predict", "./m", "./new.csv", "--draws", "7"])
  expect(csv.stdout).toBe(
    `${[Object.keys(rows[0]!), ...rows.map((row) => Object.values(row))].map((cells) => cells.join()).join("\n")}\n`
  )
  const info = await inside(folder, ["info", "./m", "--json"])
  expect(jsonLines(info.stdout)[0]!.task).toBe("classification")
})

const answers = (outputs: number) => {
  const y = [0, 0, 1, 0, 1, 1].map((answer) => new Array<number>(outputs).fill(answer))
  const data = Dataset.make({ x: [[-3], [-2], [-1], [1], [2], [3]], y })
  const model = Model.make({
    network: BayesianLinear.make({ in: 1, out: outputs }),
    likelihood: Likelihood.bernoulli(),
    inputs: Standardizer.identity(1),
    targets: Standardizer.identity(outputs),
    columns: data.columns
  })
  return { model, params: Model.init(model, Key.make(1)), data }
}
const provided = Effect.provide(Layer.mergeAll(NodeServices.layer, Noise.layer(1)))

it("a Bernoulli likelihood has two classes of one output", async () => {
  const folder = folderOf({ "new.csv": "x0\n-2\n3\n", "test.csv": "x0,y0\n-2,0\n3,1\n" })
  const { model, params } = answers(1)
  const [no, yes] = await Effect.runPromise(
    Effect.gen(function* () {
      yield* Model.save(join(folder, "m"), { model, params })
      const { probabilities } = yield* Prediction.classify({ model, params }, Tensor.from([[-2]]), { draws: 7 })
      return Array.from(Tensor.toFloat64Array(probabilities))
    }).pipe(provided)
  )
  const { stdout } = await inside(folder, ["predict", "./m", "./new.csv", "--draws", "7", "--seed", "1", "--json"])
  expect(jsonLines(stdout)[0]).toMatchObject({ class: no! >= yes! ? "0" : "1", p_0: no, p_1: yes })
  expect(jsonLines((await inside(folder, ["info", "./m", "--json"])).stdout)[0]!.task).toBe("classification")
})

it("several Bernoulli targets, which are no single choice, are refused before anything is printed", async () => {
  const folder = folderOf({ "new.csv": "x0\n-2\n" })
  const { model, params } = answers(2)
  await Effect.runPromise(Model.save(join(folder, "m"), { model, params }).pipe(provided))
  expect(await inside(folder, ["predict", "./m", "./new.csv"])).toEqual({
    code: 1,
    stdout: "",
    stderr:
      "error: probabilities of a Bernoulli likelihood: expected an output [B, 1], as several targets are no single choice, got [1, 2]\n"
  })
})
