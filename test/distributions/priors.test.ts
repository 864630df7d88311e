// Priors at their edges and where other libraries go wrong, and what they refuse.
import { ConfigError, Normal, Prior, ShapeError, Tensor } from "effect-bayes"
import { describe, expect, it } from "vitest"

const one = (w: number) => Tensor.from(new Float64Array([w]))
const slope = (prior: Prior.Prior, w: number) => Tensor.item(prior.logProbGrad(one(w)))
const normal = (mean: number, logStd: number): Normal.Normal => ({ mean: one(mean), logStd: one(logStd) })

describe("the scale mixture", () => {
  const blundell = Prior.scaleMixture({ weight: 0.25, std1: 1, std2: Math.exp(-8) })

  it("keeps the prior's gradient in its tails, which log(pdf + 1e-6) loses", () => {
    // At 10 stds of the wider normal its slope is -10, where log(pdf + 1e-6) has one of about -1e-15.
    expect(slope(blundell, 10)).toBe(-10)
    expect(slope(Prior.scaleMixture({ std1: 0.1, std2: 0.01 }), 1)).toBeCloseTo(-100, 10)
    const pdf = Math.exp(-50) / Math.sqrt(2 * Math.PI) / 0.1
    expect(Math.abs((-100 * 0.5 * pdf) / (0.5 * pdf + 1e-6))).toBeLessThan(1e-12)
  })

  it("is finite at 1e4 with a std of e^-8: value and slope are those of the wider normal", () => {
    for (const w of [1e4, -1e4]) {
      expect(slope(blundell, w)).toBe(-w)
      expect(blundell.logProb(one(w))).toBeCloseTo(Math.log(0.25) - 0.5 * Math.log(2 * Math.PI) - 0.5e8, 6)
    }
    const narrow = Prior.scaleMixture({ std1: Math.exp(-7), std2: Math.exp(-8) })
    expect(slope(narrow, 1e4) / (-1e4 * Math.exp(14))).toBeCloseTo(1, 14)
    expect(Number.isFinite(Tensor.item(narrow.logProbGrad(Tensor.from([1e4]))))).toBe(true)
  })

  it("near 0 is the narrower normal, and does not care which of the two comes first", () => {
    const swapped = Prior.scaleMixture({ weight: 0.75, std1: Math.exp(-8), std2: 1 })
    for (const w of [0, 1e-5, 3e-4, 1e-3, 2e-3, 0.1, 5]) {
      expect(swapped.logProb(one(w))).toBeCloseTo(blundell.logProb(one(w)), 12)
      expect(slope(swapped, w) / (slope(blundell, w) || 1)).toBeCloseTo(w === 0 ? 0 : 1, 12)
    }
    expect(slope(blundell, 1e-5) / (-1e-5 * Math.exp(16))).toBeCloseTo(1, 3)
  })

  it("of two equal normals is that normal", () => {
    const both = Prior.scaleMixture({ weight: 0.3, std1: 0.7, std2: 0.7 })
    const single = Prior.normal({ std: 0.7 })
    for (const w of [-3, 0, 0.2]) {
      expect(both.logProb(one(w))).toBeCloseTo(single.logProb(one(w)), 14)
      expect(slope(both, w)).toBeCloseTo(slope(single, w), 14)
    }
  })
})

describe("Laplace", () => {
  it("has its smallest KL at mean 0 and std scale sqrt(pi / 2): 1/2 - log(pi / 2)", () => {
    for (const scale of [0.01, 1, 20]) {
      const prior = Prior.laplace({ mean: 2, scale })
      const q = normal(2, Math.log(scale * Math.sqrt(Math.PI / 2)))
      expect(prior.kl(q)).toBeCloseTo(0.5 - Math.log(Math.PI / 2), 13)
      expect(Tensor.item(prior.klGrad(q).mean)).toBe(0)
      expect(Tensor.item(prior.klGrad(q).logStd)).toBeCloseTo(0, 14)
    }
  })

  it("has a KL of log(2 scale) + |mean| / scale - entropy where q is a point, even of std 0 in float64", () => {
    const prior = Prior.laplace({ scale: 0.5 })
    for (const logStd of [-30, -800]) {
      for (const mean of [0, 3, -3]) {
        const q = normal(mean, logStd)
        expect(prior.kl(q) / (Math.abs(mean) / 0.5 - Normal.entropy(q))).toBeCloseTo(1, 11)
        expect(Tensor.item(prior.klGrad(q).mean)).toBe(Math.sign(mean) / 0.5)
        expect(Tensor.item(prior.klGrad(q).logStd)).toBeCloseTo(-1, 12)
      }
    }
  })

  it("in closed form is the mean of the sampled one, which varies", () => {
    const prior = Prior.laplace({ scale: 0.5 })
    const sampled = Prior.sampled(prior)
    const q = normal(0.3, -1)
    const kls = [-1, 0, 1].map((eps) => sampled.kl(q, one(eps)))
    expect(new Set(kls).size).toBe(3)
    expect([prior.sampledKl, sampled.sampledKl]).toEqual([false, true])
  })

  it("has slope 0 at its kink", () => {
    const prior = Prior.laplace({ mean: 1, scale: 2 })
    expect([0, 1, 3].map((w) => slope(prior, w))).toEqual([0.5, 0, -0.5])
  })

  it("has no slope at a weight that is no number", () => {
    expect(slope(Prior.laplace({ scale: 2 }), Number.NaN)).toBeNaN()
  })
})

describe("Student's t", () => {
  it("with 1 degree of freedom is Cauchy's, with very many a normal", () => {
    const cauchy = Prior.studentT({ df: 1, scale: 2 })
    for (const w of [-3, 0, 5]) {
      expect(cauchy.logProb(one(w))).toBeCloseTo(-Math.log(2 * Math.PI * (1 + (w / 2) ** 2)), 13)
    }
    const many = Prior.studentT({ df: 1e12, mean: 1, scale: 0.3 })
    const limit = Prior.normal({ mean: 1, std: 0.3 })
    for (const w of [-1, 0, 1.5]) {
      // They differ by about z^4 / (4 df), below 2e-9 here.
      expect(many.logProb(one(w))).toBeCloseTo(limit.logProb(one(w)), 8)
      expect(slope(many, w)).toBeCloseTo(slope(limit, w), 8)
    }
  })
})

describe("a Student's t of any df and scale", () => {
  it("is finite at 1e4, where the square of the weight in scales overflows", () => {
    // log p = constant - (df + 1) / 2 log(1 + z^2 / df) - log scale; the slope is -(df + 1) / w.
    for (const df of [1e-150, 1e-3, 4]) {
      const prior = Prior.studentT({ df, scale: 1e-150 })
      const fall = prior.logProb(one(1e3)) - prior.logProb(one(1e4))
      expect(fall).toBeCloseTo((df + 1) * Math.log(10), 10)
      expect(slope(prior, 1e4) / (-(df + 1) / 1e4)).toBeCloseTo(1, 13)
    }
  })
})

describe("a normal with a mean and a std for each weight", () => {
  const mean = Tensor.from([
    [1, -2],
    [0, 0.25]
  ])
  const std = Tensor.from([
    [0.5, 1],
    [2, 4]
  ])

  it("is the sum of the normals of its weights, in both dtypes", () => {
    const prior = Prior.normal({ mean, std })
    for (const dtype of ["float64", "float32"] as const) {
      const values = [0.5, -1, 3, 0.25]
      const w = Tensor.from(values, { shape: [2, 2], dtype })
      const q = { mean: w, logStd: Tensor.full(w, -1) }
      const [ms, ss] = [Tensor.toFloat64Array(mean), Tensor.toFloat64Array(std)]
      const alone = values.map((_, i) => Prior.normal({ mean: ms[i]!, std: ss[i]! }))
      const part = (t: Tensor.Tensor, i: number) => Tensor.from(Tensor.toFloat64Array(t).slice(i, i + 1), { dtype })
      const sum = (f: (p: Prior.Prior, i: number) => number) => alone.reduce((total, p, i) => total + f(p, i), 0)
      expect(prior.logProb(w)).toBeCloseTo(
        sum((p, i) => p.logProb(part(w, i))),
        dtype === "float64" ? 12 : 5
      )
      expect(prior.kl(q)).toBeCloseTo(
        sum((p, i) => p.kl({ mean: part(w, i), logStd: part(q.logStd, i) })),
        12
      )
      for (const [i, d] of Tensor.toFloat64Array(prior.logProbGrad(w)).entries()) {
        expect(d).toBeCloseTo(Tensor.item(alone[i]!.logProbGrad(part(w, i))), 12)
      }
    }
  })

  it("takes a tensor for one of the two and a number for the other", () => {
    const w = Tensor.zeros(mean)
    const full = Prior.normal({ mean, std: Tensor.full(mean, 0.5) })
    expect(Prior.normal({ mean, std: 0.5 }).logProb(w)).toBe(full.logProb(w))
    const centred = Prior.normal({ mean: Tensor.zeros(std), std })
    expect(Prior.normal({ std }).logProb(w)).toBe(centred.logProb(w))
  })

  it("refuses weights of another shape, and stds that are none", () => {
    const prior = Prior.normal({ mean, std: 1 })
    for (const shape of [[4], [2, 3], []]) {
      const w = Tensor.zeros({ shape, dtype: "float32" })
      const q = { mean: w, logStd: w }
      for (const f of [() => prior.logProb(w), () => prior.logProbGrad(w), () => prior.kl(q), () => prior.klGrad(q)]) {
        expect(f).toThrow(ShapeError)
        expect(f).toThrow(`normal, mean: expected float32 [${shape.join(", ")}], got float32 [2, 2]`)
      }
    }
    expect(() => Prior.normal({ std: Tensor.from([1, 0]) })).toThrow(
      "std of a normal: expected a finite number above 0, got 0"
    )
    expect(() => Prior.normal({ mean: Tensor.from([1, Number.NaN]) })).toThrow(
      "mean of a normal: expected a finite number, got NaN"
    )
    expect(() => Prior.normal({ mean: Tensor.from(new Float64Array([0, 1e39])) })).toThrow(
      "mean of a normal: expected a number that float32 can hold, got float32 [2]"
    )
  })
})

describe("what cannot be", () => {
  it("a scale of 0 or below, infinite, NaN or beyond 1e150 is refused by name", () => {
    const makers = {
      "std of a normal": (v: number) => Prior.normal({ std: v }),
      "scale of a Laplace prior": (v: number) => Prior.laplace({ scale: v }),
      "scale of a Student-t prior": (v: number) => Prior.studentT({ df: 3, scale: v }),
      "df of a Student-t prior": (v: number) => Prior.studentT({ df: v, scale: 1 }),
      "std1 of a scale mixture prior": (v: number) => Prior.scaleMixture({ std1: v, std2: 1 }),
      "std2 of a scale mixture prior": (v: number) => Prior.scaleMixture({ std1: 1, std2: v })
    }
    for (const [option, make] of Object.entries(makers)) {
      for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => make(value)).toThrow(ConfigError)
        expect(() => make(value)).toThrow(`${option}: expected a finite number above 0, got ${value}`)
      }
      expect(() => make(1e-151)).toThrow(`${option}: expected a number from 1e-150 to 1e+150, got 1e-151`)
    }
  })

  it("a weight outside (0, 1), and a mean that is not finite", () => {
    for (const weight of [0, 1, -0.1, 1.1, Number.NaN]) {
      expect(() => Prior.scaleMixture({ weight, std1: 1, std2: 0.1 })).toThrow(
        `weight of a scale mixture prior: expected a number between 0 and 1, got ${weight}`
      )
    }
    expect(() => Prior.laplace({ mean: Number.NaN, scale: 1 })).toThrow(
      "mean of a Laplace prior: expected a finite number, got NaN"
    )
    expect(() => Prior.studentT({ df: 1, mean: Number.POSITIVE_INFINITY, scale: 1 })).toThrow(
      "mean of a Student-t prior: expected a finite number, got Infinity"
    )
  })

  it("a sampled KL without noise: the error says what to pass", () => {
    for (const prior of [Prior.scaleMixture({ std1: 1, std2: 0.1 }), Prior.studentT({ df: 3, scale: 1 })]) {
      for (const f of [() => prior.kl(normal(0, 0)), () => prior.klGrad(normal(0, 0))]) {
        expect(f).toThrow(
          `KL to a prior "${prior.spec.kind}": expected the noise of the weights, as it has no closed form, got none. ` +
            "Pass the eps of the forward pass: layer.kl(params, eps)"
        )
      }
    }
  })

  it("a logStd of another shape than the mean", () => {
    const q = { mean: Tensor.zeros({ shape: [2], dtype: "float64" }), logStd: Tensor.scalar(0, "float64") }
    for (const f of [Prior.laplace({ scale: 1 }).kl, Prior.laplace({ scale: 1 }).klGrad]) {
      expect(() => f(q)).toThrow("KL from a Laplace distribution, logStd of q: expected float64 [2], got float64 []")
    }
  })
})
