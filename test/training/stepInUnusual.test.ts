// What a tape or a pack must not be led astray by: batches of other shapes, states from elsewhere, tensors of odd kinds.
import { describe, expect, it } from "@effect/vitest"
import {
  type AnyLayer,
  adam,
  BayesianLinear,
  Key,
  type Layer,
  Likelihood,
  Linear,
  Normal,
  type Optimizer,
  ShapeError,
  Tensor,
  Training,
  Tree
} from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { open } from "../kernels/simd/workspaces.ts"

type Model = Parameters<typeof Training.stepIn>[1]

const normal = (seed: number, ...shape: ReadonlyArray<number>) =>
  Normal.standard(Key.make(seed), { shape, dtype: "float32" })

const optimizer: Optimizer.Optimizer<unknown> = adam({ learningRate: 0.05 })
const { axpy, affineBiasGrad } = kernels("float32")

const modelOf = (network: AnyLayer, likelihood: unknown = Likelihood.gaussian({ std: 0.5 })) =>
  ({ network, likelihood }) as Model

const dense = modelOf(BayesianLinear.make({ in: 2, out: 1 }))

const startOf = ({ network, likelihood }: Model, by = optimizer) =>
  Training.start({ network: network.init(Key.make(1)), likelihood: likelihood.init(Key.make(2)) }, by)

/** A network over a linear one that lets its weights alone. */
const over = (change: (inner: AnyLayer) => object): Layer<unknown, unknown> => {
  const inner: AnyLayer = Linear.make({ in: 2, out: 1 })
  return { ...inner, ...change(inner) }
}

const batchOf = (i: number) => ({ x: normal(100 + i, 3, 2), y: normal(200 + i, 3, 1) })

/** A state as plain data. */
const plain = (state: unknown): unknown => JSON.parse(JSON.stringify(state))

/** Whether each of some steps gives the same state as `Training.step`, whose structure is that of its optimizer too. */
const expectSame = (
  model: Model,
  steps = 9,
  noise = (i: number) => model.network.noise(Key.make(i), 3),
  by = optimizer
) => {
  const { memory } = open()
  const step = Training.step(model, by, { rows: 10 })
  const advance = Training.stepIn(memory, model, by, { rows: 10 })
  let state = startOf(model, by)
  let live: Training.Live<unknown, unknown> = Training.live(state)
  for (let i = 0; i < steps; i++) {
    state = step(state, batchOf(i), noise(i))[0]
    live = advance(live, batchOf(i), noise(i)).live
    expect(plain(live.state)).toEqual(plain(state))
  }
}

describe("a step in a workspace", () => {
  it("refuses a batch that does not fit as the step does, however many steps have been replayed", () => {
    const { memory } = open()
    const advance = Training.stepIn(memory, dense, optimizer, { rows: 10 })
    let live: Training.Live<unknown, unknown> = Training.live(startOf(dense))
    const take = (i: number, batch: Training.Batch) => advance(live, batch, dense.network.noise(Key.make(i), 3))
    for (let i = 0; i < 6; i++) live = take(i, batchOf(i)).live
    const { x, y } = batchOf(7)
    expect(() => take(7, { x: normal(7, 3, 5), y })).toThrow(ShapeError)
    expect(() => take(7, { x, y: normal(7, 4, 1) })).toThrow(ShapeError)
    expect(() => take(7, { x: Tensor.cast(x, "float64"), y })).toThrow(ShapeError)
    const expected = Training.step(dense, optimizer, { rows: 10 })(
      live.state,
      { x, y },
      dense.network.noise(Key.make(7), 3)
    )
    expect(plain(take(7, { x, y }).live.state)).toEqual(plain(expected[0]))
  })

  it("refuses noise of other shapes as the step does", () => {
    const { memory } = open()
    const advance = Training.stepIn(memory, dense, optimizer, { rows: 10 })
    let live: Training.Live<unknown, unknown> = Training.live(startOf(dense))
    const noise = (i: number) => dense.network.noise(Key.make(i), 3)
    for (let i = 0; i < 6; i++) live = advance(live, batchOf(i), noise(i)).live
    const turned = { weight: normal(1, 2, 1), bias: normal(2, 1) }
    expect(() => Training.step(dense, optimizer, { rows: 10 })(live.state, batchOf(7), turned)).toThrow(ShapeError)
    expect(() => advance(live, batchOf(7), turned)).toThrow(ShapeError)
  })

  it("takes sequences of other lengths for others", () => {
    const sums = over((inner) => {
      const flat = (x: Tensor.Tensor): Tensor.Tensor => Tensor.reshape(x, [x.shape[1]!, 2])
      return {
        forward: (p: unknown, x: Tensor.Tensor, eps: unknown) => inner.forward(p, flat(x), eps),
        vjp: (p: unknown, x: Tensor.Tensor, eps: unknown) => inner.vjp(p, flat(x), eps)
      }
    })
    const model = modelOf(sums)
    const { memory } = open()
    const step = Training.step(model, optimizer, { rows: 10 })
    const advance = Training.stepIn(memory, model, optimizer, { rows: 10 })
    let state = startOf(model)
    let live: Training.Live<unknown, unknown> = Training.live(state)
    for (const [i, length] of [3, 3, 3, 3, 3, 5, 2, 3, 5].entries()) {
      const batch = { x: normal(i, 1, length, 2), y: normal(50 + i, length, 1) }
      state = step(state, batch, {})[0]
      live = advance(live, batch, {}).live
      expect(plain(live.state)).toEqual(plain(state))
    }
  })

  it("sees noise that somebody has looked at before", () => {
    const noisy = over((inner) => {
      const added = (y: Tensor.Tensor, eps: unknown) =>
        axpy(1, Tensor.reshape((eps as { readonly e: Tensor.Tensor }).e, [3, 1]), y)
      return {
        noise: (key: Key.Key) => ({ e: Normal.standard(key, { shape: [3], dtype: "float32" }) }),
        forward: (p: unknown, x: Tensor.Tensor, eps: unknown) => added(inner.forward(p, x, {}), eps),
        vjp: (p: unknown, x: Tensor.Tensor, eps: unknown) => {
          const { y, pullback } = inner.vjp(p, x, {})
          return { y: added(y, eps), pullback }
        }
      }
    })
    expectSame(modelOf(noisy), 9, (i) => {
      const eps = noisy.noise(Key.make(i), 3)
      expect(JSON.stringify(eps)).toContain("float32")
      return eps
    })
  })

  it("tells a likelihood's parameters from a network's of the same shapes", () => {
    const constant = over(() => ({
      shapes: { w: { shape: [1], dtype: "float32" } },
      init: () => ({ w: Tensor.from([0.5]) }),
      forward: (p: { w: Tensor.Tensor }, x: Tensor.Tensor) => kernels("float32").affine(x, Tensor.from([[1, 1]]), p.w),
      vjp: (p: { w: Tensor.Tensor }, x: Tensor.Tensor) => ({
        y: kernels("float32").affine(x, Tensor.from([[1, 1]]), p.w),
        pullback: (dy: Tensor.Tensor) => ({ dParams: { w: affineBiasGrad(dy) } })
      }),
      kl: () => 0,
      klGrad: (p: object) => Tree.zerosLike(p)
    }))
    expectSame(modelOf(constant, Likelihood.gaussianLearned()))
  })

  it("takes an optimizer that names the parts of the parameters", () => {
    const { scale } = kernels("float32")
    const down = (part: unknown, rate: number) => Tree.map(part, (t) => scale(-rate, t))
    type Parts = { readonly network: unknown; readonly likelihood: unknown }
    const byParts: Optimizer.Optimizer<unknown> = {
      elementwise: true,
      init: (params) => ({ last: Tree.zerosLike((params as Parts).network) }),
      update: (grads) => {
        const { network, likelihood } = grads as Parts
        return [{ network: down(network, 0.05), likelihood: down(likelihood, 0.01) }, { last: network }] as never
      }
    }
    expectSame(modelOf(dense.network, Likelihood.gaussianLearned()), 9, undefined, byParts)
  })

  it("leaves parameters of another dtype alone", () => {
    const extra = () => Tensor.from(new Float64Array([0.25]))
    const mixed = over((inner) => ({
      init: (key: Key.Key) => ({ ...(inner.init(key) as object), extra: extra() }),
      vjp: ({ weight, bias }: Record<string, Tensor.Tensor>, x: Tensor.Tensor, eps: unknown) => {
        const { y, pullback } = inner.vjp({ weight, bias }, x, eps)
        return {
          y,
          pullback: (dy: Tensor.Tensor) => ({ dParams: { ...(pullback(dy).dParams as object), extra: extra() } })
        }
      },
      klGrad: (p: object) => Tree.zerosLike(p)
    }))
    expectSame(modelOf(mixed))
  })

  it("goes on from a state that was packed in another workspace, and packs that here", () => {
    const [one, other] = [open(), open()]
    const first = Training.stepIn(one.memory, dense, optimizer, { rows: 10 })
    const second = Training.stepIn(other.memory, dense, optimizer, { rows: 10 })
    let live: Training.Live<unknown, unknown> = Training.live(startOf(dense))
    const take = (i: number, advance: typeof first) => {
      live = advance(live, batchOf(i), dense.network.noise(Key.make(i), 3)).live
    }
    for (let i = 0; i < 4; i++) take(i, first)
    const before = one.engine.heap.used
    const { size } = one.engine.scratch
    for (let i = 4; i < 40; i++) take(i, second)
    expect([one.engine.heap.used, one.engine.scratch.size]).toEqual([before, size])
    const step = Training.step(dense, optimizer, { rows: 10 })
    let state = startOf(dense)
    for (let i = 0; i < 40; i++) state = step(state, batchOf(i), dense.network.noise(Key.make(i), 3))[0]
    expect(plain(live.state)).toEqual(plain(state))
  })

  it("leaves the state that its first step began with until the step after the next", () => {
    const { memory } = open()
    const take = (from: Training.Live<unknown, unknown>, i: number) =>
      Training.stepIn(memory, dense, optimizer, { rows: 10 })(from, batchOf(i), dense.network.noise(Key.make(i), 3))
        .live
    const from = Training.live(take(Training.live(startOf(dense)), 0).state)
    const before = plain(from.state)
    const after = take(from, 1)
    expect(plain(from.state)).toEqual(before)
    take(after, 2)
    expect(() => plain(from.state)).toThrow(ShapeError)
  })

  it("takes no more memory for steps that fail, one after another", () => {
    const { memory, engine } = open()
    const advance = Training.stepIn(memory, dense, optimizer, { rows: 10 })
    let live: Training.Live<unknown, unknown> = Training.live(startOf(dense))
    const take = (i: number, batch: Training.Batch) => advance(live, batch, dense.network.noise(Key.make(i), 3))
    for (let i = 0; i < 6; i++) live = take(i, batchOf(i)).live
    const fail = (i: number) => expect(() => take(i, { ...batchOf(i), x: normal(7, 3, 5) })).toThrow(ShapeError)
    fail(0)
    const { used } = engine.heap
    for (let i = 1; i < 50; i++) fail(i)
    expect(engine.heap.used).toBe(used)
  })
})
