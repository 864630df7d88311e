// The service that noise comes from: by seed, by Effect's own Random, replayed, or zero.
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Random } from "effect"
import { BayesianLinear, ConfigError, Key, Noise, relu, ShapeError, sequential, Tree } from "effect-bayes"

const network = sequential(BayesianLinear.make({ in: 3, out: 2 }), relu, BayesianLinear.make({ in: 2, out: 1 }))

const draw = (step: number) => Effect.flatMap(Noise.Noise, (noise) => noise.draw(network, step, 4))
const seedOf = Effect.map(Noise.Noise, (noise) => noise.seed)

describe("layer(seed)", () => {
  it.effect("draws the same for one seed and step, and other numbers for another", () =>
    Effect.gen(function* () {
      const first = yield* Effect.provide(draw(7), Noise.layer(42))
      expect(Tree.equals(first, yield* Effect.provide(draw(7), Noise.layer(42)))).toBe(true)
      expect(Tree.equals(first, yield* Effect.provide(draw(8), Noise.layer(42)))).toBe(false)
      expect(Tree.equals(first, yield* Effect.provide(draw(7), Noise.layer(43)))).toBe(false)
      expect(Tree.equals(first, yield* Effect.provide(draw(7), Noise.layer(-42)))).toBe(false)
    })
  )

  it.effect("draws step 7 alone as it does after others, in any order and concurrently", () =>
    Effect.gen(function* () {
      const alone = yield* Effect.provide(draw(7), Noise.layer(1))
      const steps = [3, 0, 9, 7, 1]
      const unbroken = yield* Effect.provide(Effect.forEach(steps, draw), Noise.layer(1))
      const together = yield* Effect.provide(Effect.forEach(steps, draw, { concurrency: "unbounded" }), Noise.layer(1))
      expect(Tree.equals(alone, unbroken[3])).toBe(true)
      expect(Tree.equals(unbroken, together)).toBe(true)
    })
  )

  it.effect("keeps purposes apart", () =>
    Effect.gen(function* () {
      const noise = yield* Noise.Noise
      const purposes = ["noise", "init", "shuffle", "split", "predict", "data"] as const
      const keys = purposes.flatMap((purpose) => [0, 1, 2].map((i) => JSON.stringify(noise.key(purpose, i))))
      expect(new Set(keys).size).toBe(18)
      const [train, predict] = [
        yield* noise.draw(network, 0, 1),
        yield* noise.draw(network, 0, 1, { purpose: "predict" })
      ]
      expect(Tree.equals(train, predict)).toBe(false)
      expect(Tree.equals(train, network.noise(noise.key("noise", 0), 1))).toBe(true)
    }).pipe(Effect.provide(Noise.layer(5)))
  )

  it("refuses what is no safe integer at once", () => {
    expect(() => Noise.layer(0.5)).toThrow(ConfigError)
    expect(() => Noise.layer(2 ** 53)).toThrow(/seed: expected a safe integer/)
  })
})

describe("layerRandom", () => {
  it.effect("takes its seed from Effect's Random, so withSeed rules it", () =>
    Effect.gen(function* () {
      const seeded = (seed: string) => seedOf.pipe(Effect.provide(Noise.layerRandom), Random.withSeed(seed))
      expect(yield* seeded("a")).toBe(yield* seeded("a"))
      expect(yield* seeded("a")).not.toBe(yield* seeded("b"))
      const noise = (seed: string) => draw(0).pipe(Effect.provide(Noise.layerRandom), Random.withSeed(seed))
      expect(Tree.equals(yield* noise("a"), yield* noise("a"))).toBe(true)
      expect(Tree.equals(yield* noise("a"), yield* noise("b"))).toBe(false)
    })
  )
})

describe("layerReplay", () => {
  const draws = [network.noise(Key.make(1), 4), network.noise(Key.make(2), 4)]

  it.effect("gives the listed draws", () =>
    Effect.gen(function* () {
      expect(Tree.equals(yield* draw(0), draws[0])).toBe(true)
      expect(Tree.equals(yield* draw(1), draws[1])).toBe(true)
    }).pipe(Effect.provide(Noise.layerReplay(draws)))
  )

  it.effect("fails past the end of its list, and for noise of other shapes", () =>
    Effect.gen(function* () {
      const past = yield* Effect.flip(Effect.provide(draw(2), Noise.layerReplay(draws)))
      expect(past).toBeInstanceOf(ConfigError)
      expect(past.message).toContain("2 draws, of which none is for step 2")
      const other = BayesianLinear.make({ in: 3, out: 5 }).noise(Key.make(0), 1)
      const misfit = yield* Effect.flip(Effect.provide(draw(0), Noise.layerReplay([[other, {}, draws[0]![2]]])))
      expect(misfit).toBeInstanceOf(ShapeError)
      expect(misfit.message).toBe('replayed noise of step 0 at "0.weight": expected float32 [2, 3], got float32 [5, 3]')
    })
  )
})

describe("layerZero", () => {
  it.effect("gives the output at the posterior's mean", () =>
    Effect.gen(function* () {
      const eps = yield* draw(3)
      expect(Tree.equals(eps, Tree.zerosLike(network.noise(Key.make(0), 4)))).toBe(true)
    }).pipe(Effect.provide(Noise.layerZero))
  )
})

it.effect("a source that throws is a defect, not a value", () =>
  Effect.gen(function* () {
    const source = {
      noise: (): never => {
        throw new ConfigError({ option: "rank", expected: "a whole number", actual: "x" })
      }
    }
    const exit = yield* Effect.exit(Effect.flatMap(Noise.Noise, (noise) => noise.draw(source, 0, 1)))
    expect(Exit.isFailure(exit)).toBe(true)
  }).pipe(Effect.provide(Noise.layer(0)))
)
