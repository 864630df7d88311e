// A step that is replayed has the bits of the step, for every model and optimizer; what cannot be replayed is not.
import { describe, expect, it } from "@effect/vitest"
import {
  type AnyLayer,
  adam,
  BayesianLinear,
  bayesian,
  Conv2d,
  clipByGlobalNorm,
  Dropout,
  flatten,
  Key,
  type Layer,
  Likelihood,
  Linear,
  meanField,
  Normal,
  Optimizer,
  Prior,
  Reshape,
  relu,
  sequential,
  sgd,
  Tensor,
  Training,
  Tree,
  tanh
} from "effect-bayes"
import { kernels, tensorsOf, type Workspace } from "effect-bayes/kernels"
import fc from "fast-check"
import type { Batch, Weighting } from "../../src/training/objective.ts"
import { stepIn } from "../../src/training/stepIn.ts"
import { open } from "../kernels/simd/workspaces.ts"

const INPUTS = 4

const normal = (seed: number, ...shape: ReadonlyArray<number>) =>
  Normal.standard(Key.make(seed), { shape, dtype: "float32" })

interface Subject {
  readonly network: AnyLayer
  readonly likelihood: Parameters<typeof stepIn>[1]["likelihood"]
  readonly optimizer: Optimizer.Optimizer<unknown>
  /** The targets of some rows. */
  readonly targets: (seed: number, rows: number) => Tensor.Tensor
  readonly factor?: (step: number) => number
}

const real = (seed: number, rows: number) => normal(seed, rows, 1)
const classes = (seed: number, rows: number) => Tensor.from(Array.from({ length: rows }, (_, i) => [(i + seed) % 3]))
const events = (seed: number, rows: number) => Tensor.from(Array.from({ length: rows }, (_, i) => [(i + seed) % 2]))

const dense = (out = 1, options: object = {}) =>
  sequential(
    BayesianLinear.make({ in: INPUTS, out: 5, ...options }),
    tanh,
    BayesianLinear.make({ in: 5, out, ...options })
  )

const gaussian = Likelihood.gaussian({ std: 0.5 })
const usual: Subject = {
  network: dense(),
  likelihood: gaussian,
  optimizer: adam({ learningRate: 0.05 }),
  targets: real
}

/** Moves by the gradient of the step before. */
const keeping: Optimizer.Optimizer<unknown> = {
  elementwise: true,
  init: (params) => ({ last: Tree.zerosLike(params) }),
  update: <P>(grads: P, state: unknown) => [
    Tree.map((state as { readonly last: P }).last, (g) => kernels("float32").scale(-0.05, g)),
    { last: grads }
  ]
}

/** A function that makes a number of each tensor once, and remembers it. */
const remembering = (f: (t: Tensor.Tensor) => number) => {
  const known = new WeakMap<Tensor.Tensor, number>()
  return (t: Tensor.Tensor): number => {
    const number = known.get(t) ?? f(t)
    known.set(t, number)
    return number
  }
}

const { dot } = kernels("float32")

/** Squares that are remembered by the tensors that they are of: of parameters in the KL, of outputs and targets in the likelihood. */
const remembered: Subject = (() => {
  const network: AnyLayer = dense()
  const square = remembering((t) => dot(t, t))
  return {
    ...usual,
    network: { ...network, kl: (params) => tensorsOf(params).reduce((sum, t) => sum + square(t), 0) },
    likelihood: { ...gaussian, nll: (_, output, y) => square(output) + square(y) } as Subject["likelihood"]
  }
})()

/** What is replayed. */
const replayed: Readonly<Record<string, Subject>> = {
  usual,
  "local reparameterization": { ...usual, network: dense(1, { estimator: "localReparameterization" }) },
  flipout: { ...usual, network: dense(1, { estimator: "flipout" }) },
  "a scale mixture": { ...usual, network: dense(1, { prior: Prior.scaleMixture({ std1: 1, std2: 0.1 }) }) },
  "a Laplace prior": { ...usual, network: dense(1, { prior: Prior.laplace({ scale: 1 }) }) },
  dropout: {
    ...usual,
    network: sequential(
      Linear.make({ in: INPUTS, out: 5 }),
      relu,
      Dropout.make({ rate: 0.3 }),
      Linear.make({ in: 5, out: 1 })
    )
  },
  convolution: {
    ...usual,
    network: sequential(
      Reshape.make({ shape: [1, 2, 2] }),
      bayesian(Conv2d.make({ in: 1, out: 2, kernel: 2, padding: 1 }), meanField()),
      flatten,
      BayesianLinear.make({ in: 18, out: 1 })
    )
  },
  "a learned noise": { ...usual, likelihood: Likelihood.gaussianLearned() },
  "Student's t": { ...usual, likelihood: Likelihood.studentTLearned({ df: 4 }) },
  categorical: { ...usual, network: dense(3), likelihood: Likelihood.categorical(), targets: classes },
  "class weights": {
    ...usual,
    network: dense(3),
    likelihood: Likelihood.categorical({ classWeights: [1, 2, 0.5] }),
    targets: classes
  },
  annealing: { ...usual, factor: (step) => Math.min(1, step / 7) },
  "no KL at first": { ...usual, factor: (step) => (step < 5 ? 0 : 1) },
  "sgd with momentum": { ...usual, optimizer: sgd({ learningRate: 0.01, momentum: 0.9, nesterov: true }) },
  "numbers that are remembered by tensors": remembered,
  "an optimizer that keeps the gradient": { ...usual, optimizer: keeping },
  schedule: { ...usual, optimizer: sgd({ learningRate: (step) => 0.05 / (1 + step) }) }
}

/** An unusual layer on top of a usual network, whose forward pass and pullback multiply by what `factor` makes of its input. */
const scaledBy = (factor: (x: Tensor.Tensor) => number): Layer<unknown, unknown> => {
  const inner: AnyLayer = dense()
  const { scale } = kernels("float32")
  return {
    ...inner,
    forward: (params, x, eps) => scale(factor(x), inner.forward(params, x, eps)),
    vjp: (params, x, eps) => {
      const by = factor(x)
      const { y, pullback } = inner.vjp(params, x, eps)
      return { y: scale(by, y), pullback: (dy, want) => pullback(scale(by, dy), want) }
    }
  }
}

/** What a tape would get wrong, so that there must be none, or it must not be played. */
const refused: Readonly<Record<string, Subject>> = {
  "a layer that looks at numbers": { ...usual, network: scaledBy((x) => Math.sign(Tensor.toFloat64Array(x)[0]!)) },
  "a layer that goes by a sum": { ...usual, network: scaledBy((x) => kernels("float32").sum(x)) },
  "targets that are looked at": { ...usual, likelihood: Likelihood.bernoulli(), targets: events },
  "an output that is cut on the heap": { ...usual, network: dense(2), likelihood: Likelihood.heteroscedastic() },
  "weights, which are looked at": usual,
  "an optimizer that looks at all leaves": {
    ...usual,
    optimizer: Optimizer.chain(clipByGlobalNorm(0.1), adam({ learningRate: 0.05 }))
  },
  "noise by a key that is no tensor": {
    ...usual,
    network: {
      ...dense(),
      noise: (key: Key.Key) => ({ key }),
      forward: (params: never, x: Tensor.Tensor, eps: { key: Key.Key }) =>
        dense().forward(params, x, dense().noise(eps.key, 1)),
      vjp: (params: never, x: Tensor.Tensor, eps: { key: Key.Key }) =>
        dense().vjp(params, x, dense().noise(eps.key, 1)),
      kl: (params: never) => dense().kl(params),
      klGrad: (params: never) => dense().klGrad(params)
    } as unknown as AnyLayer
  }
}

/** A workspace that counts what is recorded and played. */
const counting = () => {
  const { memory } = open()
  const count = { recorded: 0, played: 0, wrong: 0 }
  const recorder = Object.create(memory.recorder!) as NonNullable<Workspace["recorder"]>
  const counted: Workspace = {
    threads: 1,
    step: (f, kept) => memory.step(f, kept),
    frame: (f) => memory.frame(f),
    hold: (t) => memory.hold(t),
    copyOut: (t) => memory.copyOut(t),
    recorder: Object.assign(recorder, {
      record: <A>(f: () => A, noise: ReadonlyArray<Tensor.Tensor>) => {
        count.recorded++
        const { result, tape } = memory.recorder!.record(f, noise)
        if (tape === undefined) return { result, tape }
        const play: typeof tape.play = (eps, number) => {
          const right = tape.play(eps, number)
          count[right ? "played" : "wrong"]++
          return right
        }
        return { result, tape: { play } }
      }
    })
  }
  return { memory: counted, count }
}

const weighting: Weighting = { rows: 50, temperature: 0.7 }

/** The state after each step, copied out, and its loss; batches are of these sizes. */
const run = (subject: Subject, sizes: ReadonlyArray<number>, weighted: boolean, how: "step" | "stepIn") => {
  const { network, likelihood, optimizer, targets, factor } = subject
  const model = { network, likelihood } as Parameters<typeof stepIn>[1]
  const { memory, count } = counting()
  const step = Training.step(model, optimizer, weighting, factor)
  const replaying = stepIn(memory, model, optimizer, weighting, factor)
  let live: Training.Live<unknown, unknown> = Training.live(
    Training.start({ network: network.init(Key.make(1)), likelihood: likelihood.init(Key.make(2)) }, optimizer)
  )
  const trace = sizes.map((rows, i) => {
    const batch: Batch = {
      x: normal(100 + i, rows, INPUTS),
      y: targets(200 + i, rows),
      ...(weighted ? { weights: Tensor.from(Array.from({ length: rows }, (_, j) => 0.5 + ((i + j) % 3))) } : {})
    }
    const eps = network.noise(Key.make(300 + i), rows, [INPUTS])
    if (how === "stepIn") {
      const taken = replaying(live, batch, eps)
      live = taken.live
      expect(taken.finite).toBe(true)
      return { loss: taken.loss, state: copied(live.state, memory) }
    }
    const { result } = memory.step(
      () => step(live.state, batch, eps),
      ([after]) => tensorsOf(after)
    )
    live = Training.live(result[0])
    return { loss: result[1], state: copied(live.state, memory) }
  })
  return { trace, count }
}

/** The state's bytes: parameters, and what the optimizer keeps. */
const copied = ({ params, optimizer, step }: Training.State<unknown, unknown, unknown>, memory: Workspace) => ({
  step,
  tensors: Tree.leaves([params, tensorsOf(optimizer)]).map(({ path, value }) => [
    path,
    value.shape,
    Array.from(Tensor.toFloat64Array(memory.copyOut(value)), (v) => (Object.is(v, -0) ? "-0" : v))
  ])
})

const SIZES = [6, 6, 6, 3, 6, 6, 3, 6, 6, 6, 3, 6]

describe("a step in a workspace", () => {
  it.each(Object.entries(replayed))("%s: replayed, with the bits of the step", (_, subject) => {
    const { trace, count } = run(subject, SIZES, false, "stepIn")
    expect(trace).toEqual(run(subject, SIZES, false, "step").trace)
    // Recorded are two sizes of batches, each in both places of the parameters, and perhaps the place of the first pack.
    expect([count.recorded + count.played, count.wrong]).toEqual([SIZES.length - 1, 0])
    expect(count.played).toBeGreaterThanOrEqual(4)
  })

  it.each(Object.entries(refused))("%s: not replayed", (name, subject) => {
    const { trace, count } = run(subject, SIZES, name === "weights, which are looked at", "stepIn")
    expect(trace).toEqual(run(subject, SIZES, name === "weights, which are looked at", "step").trace)
    expect(count.played).toBe(0)
    expect(count.wrong).toBeLessThanOrEqual(1)
  })

  it("whatever the batches", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(replayed)),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 20 }),
        fc.boolean(),
        (name, sizes, weighted) => {
          const subject = replayed[name]!
          expect(run(subject, sizes, weighted, "stepIn").trace).toEqual(run(subject, sizes, weighted, "step").trace)
        }
      ),
      { numRuns: 30 }
    )
  })
})
