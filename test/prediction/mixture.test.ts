// The predictive mixture: moments and densities against brute force, quantiles against the cdf they invert.
import { Key, Likelihood, Normal, Tensor } from "effect-bayes"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cdf, logDensity, type Mixture, moments, quantile } from "../../src/prediction/mixture.ts"

/** Matches numbers near this one, within half of 10^-digits. */
const near = (value: number, digits: number): unknown => expect.closeTo(value, digits)

interface Component {
  readonly mean: number
  readonly std: number
}

const one = ({ mean, std }: Component) =>
  Likelihood.gaussian({ std }).conditional({}, Tensor.from([[mean]], { dtype: "float64" }))

const mixtureOf = ([first, ...rest]: ReadonlyArray<Component>): Mixture => [one(first!), ...rest.map(one)]

const density = (components: ReadonlyArray<Component>, y: number) =>
  components.reduce(
    (sum, { mean, std }) => sum + Math.exp(-0.5 * ((y - mean) / std) ** 2) / (std * Math.sqrt(2 * Math.PI)),
    0
  ) / components.length

/** The integral of f times the density, by the trapezoidal rule, which is exact to rounding for sums of normals. */
const integral = (components: ReadonlyArray<Component>, f: (y: number) => number) => {
  const low = Math.min(...components.map(({ mean, std }) => mean - 9 * std))
  const high = Math.max(...components.map(({ mean, std }) => mean + 9 * std))
  const steps = Math.ceil((high - low) / (0.2 * Math.min(...components.map(({ std }) => std))))
  const width = (high - low) / steps
  return Array.from({ length: steps + 1 }, (_, i) => low + i * width).reduce(
    (sum, y) => sum + width * f(y) * density(components, y),
    0
  )
}

const moderate = fc.array(
  fc.record({
    mean: fc.double({ min: -20, max: 20, noNaN: true }),
    std: fc.double({ min: 0.2, max: 10, noNaN: true })
  }),
  { minLength: 1, maxLength: 6 }
)

describe("moments", () => {
  it("are those of the density, integrated: total variance = aleatoric + epistemic, within 1e-9", () => {
    fc.assert(
      fc.property(moderate, (components) => {
        const { mean, aleatoric, epistemic } = moments(mixtureOf(components), 0)
        expect(mean).toBeCloseTo(
          integral(components, (y) => y),
          9
        )
        const total = integral(components, (y) => (y - mean) ** 2)
        expect(Math.abs(aleatoric + epistemic - total) / total).toBeLessThan(1e-9)
      })
    )
  })

  it("part the variance: the noise where all draws agree, the draws where the noise is small", () => {
    const [agree, differ] = [
      [-4, -4, -4].map((mean) => ({ mean, std: 0.5 })),
      [-4, 0, 4].map((mean) => ({ mean, std: 1e-3 }))
    ]
    expect(moments(mixtureOf(agree!), 0)).toEqual({ mean: -4, aleatoric: near(0.25, 14), epistemic: 0 })
    const { mean, aleatoric, epistemic } = moments(mixtureOf(differ!), 0)
    expect([mean, aleatoric, epistemic]).toEqual([0, near(1e-6, 18), near(32 / 3, 14)])
  })

  it("keep a small spread around a large mean", () => {
    const { mean, epistemic } = moments(mixtureOf([1e8 - 0.5, 1e8 + 0.5].map((m) => ({ mean: m, std: 1 }))), 0)
    expect([mean, epistemic]).toEqual([1e8, 0.25])
  })

  it("are each number's own, over rows and targets", () => {
    const likelihood = Likelihood.gaussian({ std: [1, 3] })
    const draw = (rows: ReadonlyArray<ReadonlyArray<number>>) =>
      likelihood.conditional({}, Tensor.from(rows, { dtype: "float64" }))
    const mixture: Mixture = [
      draw([
        [1, 2],
        [3, 4]
      ]),
      draw([
        [1, 4],
        [7, 8]
      ])
    ]
    expect([0, 1, 2, 3].map((i) => moments(mixture, i))).toEqual(
      [
        [1, 1, 0],
        [3, 9, 1],
        [5, 1, 4],
        [6, 9, 4]
      ].map(([mean, aleatoric, epistemic]) => ({ mean, aleatoric: near(aleatoric!, 13), epistemic }))
    )
    expect([0, 1, 2, 3].map((i) => quantile(mixture, i, 0.5))).toEqual([1, 3, 5, 6].map((m) => near(m, 8)))
    expect(cdf(mixture, 2, 5)).toBeCloseTo(0.5, 14)
  })
})

describe("quantile", () => {
  // Known values, those of the decimal levels; rounding 0.999999 to a double moves its quantile by 6e-12.
  const standard = [
    [1e-10, -6.361340902404056],
    [1e-6, -4.753424308822899],
    [0.01, -2.3263478740408408],
    [0.05, -1.6448536269514726],
    [0.25, -0.6744897501960817],
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.975, 1.959963984540054],
    [0.995, 2.5758293035489],
    [0.999999, 4.753424308822899]
  ] as const
  it("of one normal is the textbook's, within 1e-9 standard deviations", () => {
    for (const [level, z] of standard) {
      for (const { mean, std } of [
        { mean: 0, std: 1 },
        { mean: -7, std: 1e-3 },
        { mean: 40, std: 1e3 }
      ]) {
        const found = (quantile(mixtureOf([{ mean, std }]), 0, level) - mean) / std
        expect(Math.abs(found - z), `${level} of N(${mean}, ${std}^2)`).toBeLessThan(1e-9)
        const same = mixtureOf([mean, mean, mean].map((m) => ({ mean: m, std })))
        expect(Math.abs((quantile(same, 0, level) - mean) / std - z)).toBeLessThan(1e-9)
      }
    }
  })

  /** Means from one place to 2e6 apart, standard deviations from 1e-6 to 1e3. */
  const wild = fc.array(
    fc.record({
      mean: fc.oneof(fc.double({ min: -10, max: 10, noNaN: true }), fc.constantFrom(0, 1e3, -1e3, 1e6, -1e6)),
      std: fc.oneof(fc.double({ min: -6, max: 3, noNaN: true }), fc.constantFrom(-6, 3)).map((power) => 10 ** power)
    }),
    { minLength: 1, maxLength: 6 }
  )
  const tail = fc.double({ min: -6, max: -1, noNaN: true }).map((power) => 10 ** power)
  const level = fc.oneof(
    fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
    tail,
    tail.map((p) => 1 - p),
    fc.constantFrom(1e-6, 0.25, 0.5, 0.75, 1 - 1e-6)
  )

  it("inverts the cdf within 1e-9 of the smallest standard deviation, however far the components are apart", () => {
    fc.assert(
      fc.property(wild, level, (components, p) => {
        const mixture = mixtureOf(components)
        const q = quantile(mixture, 0, p)
        const step = Math.max(1e-9 * Math.min(...components.map(({ std }) => std)), 2 ** -51 * Math.abs(q))
        expect(cdf(mixture, 0, q - step)).toBeLessThanOrEqual(p + 1e-12)
        expect(cdf(mixture, 0, q + step)).toBeGreaterThanOrEqual(p - 1e-12)
      }),
      { numRuns: 3000 }
    )
  })

  it("looks at few places where draws agree, and ends where a step arrives", () => {
    const looksAt = (means: ReadonlyArray<number>, std: number, level: number): number => {
      let looks = 0
      const [first, ...rest] = mixtureOf(means.map((mean) => ({ mean, std })))
      const look = (i: number, y: number): number => {
        looks++
        return first.cdf(i, y)
      }
      quantile([{ ...first, cdf: look }, ...rest], 0, level)
      return looks
    }
    const draws = Tensor.toFloat64Array(Normal.standard(Key.make(5), { shape: [100], dtype: "float64" }))
    for (const level of [0.05, 0.25, 0.5, 0.75, 0.95]) {
      for (const mean of [0, 1e5]) expect(looksAt([mean], 1, level), `N(${mean}, 1) at ${level}`).toBeLessThanOrEqual(4)
      const means = [...draws.map((z) => 0.3 * z)]
      expect(looksAt(means, 1, level), `100 draws at ${level}`).toBeLessThanOrEqual(6)
    }
  })

  it("does not fall as the level rises", () => {
    fc.assert(
      fc.property(wild, level, level, (components, a, b) => {
        const mixture = mixtureOf(components)
        const [low, high] = [quantile(mixture, 0, Math.min(a, b)), quantile(mixture, 0, Math.max(a, b))]
        const slack = 1e-9 * Math.min(...components.map(({ std }) => std)) + 2 ** -51 * Math.abs(high)
        expect(low).toBeLessThanOrEqual(high + slack)
      })
    )
  })

  it("finds the narrow components of a mixture that is a million times wider", () => {
    const mixture = mixtureOf([
      { mean: 0, std: 1e-6 },
      { mean: 1e6, std: 1e-3 }
    ])
    expect(Math.abs(quantile(mixture, 0, 0.25))).toBeLessThan(1e-15)
    expect(Math.abs(quantile(mixture, 0, 0.75) - 1e6)).toBeLessThan(1e-9)
  })

  it("of two humps is not mean +- 1.96 std, and holds exactly the share it says", () => {
    const components = [
      { mean: -3, std: 0.5 },
      { mean: 3, std: 0.5 }
    ]
    const mixture = mixtureOf(components)
    const { mean, aleatoric, epistemic } = moments(mixture, 0)
    expect(mean + 1.96 * Math.sqrt(aleatoric + epistemic)).toBeCloseTo(5.961, 3)
    // Up there the other hump has ended: 0.975 of both is 0.95 of the upper one.
    expect(quantile(mixture, 0, 0.975)).toBeCloseTo(3 + 0.5 * 1.6448536269514726, 9)

    const draws = 100_000
    const z = Tensor.toFloat64Array(Normal.standard(Key.make(4), { shape: [draws], dtype: "float64" }))
    const sample = z.map((value, i) => components[i % 2]!.mean + 0.5 * value)
    for (const p of [0.025, 0.05, 0.25, 0.45, 0.75, 0.95, 0.975]) {
      const q = quantile(mixture, 0, p)
      const share = sample.filter((y) => y <= q).length / draws
      expect(Math.abs(share - p), `level ${p}`).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / draws))
    }
  })
})

describe("logDensity", () => {
  it("is the logarithm of the mean density, computed directly, within 1e-12", () => {
    fc.assert(
      fc.property(moderate, fc.double({ min: -25, max: 25, noNaN: true }), (components, y) => {
        const direct = density(components, y)
        fc.pre(direct > 1e-300)
        const expected = Math.log(direct)
        const found = logDensity(mixtureOf(components), 0, [y])
        expect(Math.abs(found - expected)).toBeLessThan(1e-12 * (1 + Math.abs(expected)))
      })
    )
  })

  it("is joint over a row's targets, which share their draw: not the product of their mixtures", () => {
    const likelihood = Likelihood.gaussian({ std: [1, 1] })
    const draw = (...rows: ReadonlyArray<ReadonlyArray<number>>) =>
      likelihood.conditional({}, Tensor.from(rows, { dtype: "float64" }))
    const mixture: Mixture = [draw([9, 9], [0, 0]), draw([9, 9], [4, 4])]
    const normal = (z: number) => Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
    const near = Math.log((normal(0) * normal(0) + normal(4) * normal(4)) / 2)
    const apart = Math.log((normal(0) * normal(4) + normal(4) * normal(0)) / 2)
    expect(logDensity(mixture, 2, [0, 0])).toBeCloseTo(near, 12)
    expect(logDensity(mixture, 2, [0, 4])).toBeCloseTo(apart, 12)
    const marginals = logDensity(mixture, 2, [0]) + logDensity(mixture, 3, [4])
    expect(marginals - apart).toBeGreaterThan(6)
  })

  it("stays exact where every density has underflowed to 0", () => {
    const components = [
      { mean: 0, std: 1 },
      { mean: 1, std: 0.5 },
      { mean: -2, std: 1 }
    ]
    for (const y of [100, 1e6, 1e100]) {
      // The nearest of the widest components outweighs the others by more than rounding.
      const expected = -0.5 * y * y - 0.5 * Math.log(2 * Math.PI) - Math.log(3)
      expect(density(components, y)).toBe(0)
      expect(Math.abs(logDensity(mixtureOf(components), 0, [y]) / expected - 1)).toBeLessThan(1e-14)
    }
    const equal = mixtureOf([components[0]!, components[0]!])
    expect(logDensity(equal, 0, [60])).toBeCloseTo(-1800 - 0.5 * Math.log(2 * Math.PI), 10)
  })
})
