// The kinds of likelihood at the ends of what float64 and float32 hold, and what each refuses.
import { ConfigError, Likelihood, ShapeError, Tensor } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"

const t = (values: Tensor.Nested, dtype: "float32" | "float64" = "float64") => Tensor.from(values, { dtype })
const numbers = (tensor: Tensor.Tensor) => [...Tensor.toFloat64Array(tensor)]
const ratio = (actual: number, expected: number) => Math.abs(actual / expected - 1)

describe("finite, and right, at the ends", () => {
  it("bernoulli at logits of 1e4, in both dtypes", () => {
    const self = Likelihood.bernoulli()
    for (const dtype of ["float32", "float64"] as const) {
      const [z, y] = [t([[1e4, -1e4, 1e4, -1e4]], dtype), t([[1, 0, 0, 1]], dtype)]
      expect(self.nll({}, z, y)).toBe(2e4)
      expect(numbers(self.nllGrad({}, z, y).dOutput)).toEqual([-0, 0, 1, -1])
    }
  })

  it("bernoulli keeps its digits where the target is all but certain", () => {
    const self = Likelihood.bernoulli()
    const tail = 4.248354255291589e-18 // e^-40, and log(1 + e^-40)
    for (const [z, y] of [
      [40, 1],
      [-40, 0]
    ] as const) {
      expect(ratio(self.nll({}, t([[z]]), t([[y]])), tail)).toBeLessThan(1e-15)
      const [d] = numbers(self.nllGrad({}, t([[z]]), t([[y]])).dOutput)
      expect(ratio(Math.abs(d!), tail)).toBeLessThan(1e-15)
      expect(ratio(numbers(self.probabilities({}, t([[z]])))[1 - y]!, tail)).toBeLessThan(1e-15)
    }
  })

  it("probabilities of classes at logits of 1e4 are 0 and 1", () => {
    expect(numbers(Likelihood.categorical().probabilities({}, t([[1e4, -1e4, 0]])))).toEqual([1, 0, 0])
    expect(numbers(Likelihood.bernoulli().probabilities({}, t([[1e4], [-1e4]])))).toEqual([0, 1, 1, 0])
  })

  it("poisson from no rate at all to the largest that exp can hold", () => {
    const self = Likelihood.poisson()
    const y = t([[3]])
    expect(self.nll({}, t([[-1e4]]), y)).toBeCloseTo(3e4 + Math.log(6), 10)
    expect(numbers(self.nllGrad({}, t([[-1e4]]), y).dOutput)).toEqual([-3])
    expect(ratio(self.nll({}, t([[709]]), y), Math.exp(709))).toBeLessThan(1e-12)
    expect(ratio(numbers(self.nllGrad({}, t([[709]]), y).dOutput)[0]!, Math.exp(709))).toBeLessThan(1e-12)
    const wide = self.nllGrad({}, t([[88]], "float32"), t([[3]], "float32"))
    expect(kernels("float32").allFinite(wide.dOutput)).toBe(true)
  })

  it("heteroscedastic at logStds of -50 and 50", () => {
    const self = Likelihood.heteroscedastic()
    const half = 0.5 * Math.log(2 * Math.PI)
    const [narrow, wide, target] = [t([[1, -50]]), t([[1, 50]]), t([[3]])]
    expect(ratio(self.nll({}, narrow, target), 2 * Math.exp(100))).toBeLessThan(1e-13)
    expect(self.nll({}, wide, target)).toBeCloseTo(50 + half, 12)
    const [dMean, dLogStd] = numbers(self.nllGrad({}, narrow, target).dOutput)
    expect(ratio(dMean!, -2 * Math.exp(100))).toBeLessThan(1e-13)
    expect(ratio(dLogStd!, -4 * Math.exp(100))).toBeLessThan(1e-13)
    expect(numbers(self.nllGrad({}, wide, target).dOutput)[1]).toBe(1)
    const lowest = self.nllGrad({}, t([[1, -44]], "float32"), t([[2]], "float32"))
    expect(kernels("float32").allFinite(lowest.dOutput)).toBe(true)
  })

  it("studentT far out: the pull of an outlier falls with its distance", () => {
    const self = Likelihood.studentT({ df: 4, scale: 1 })
    const pull = (y: number) => numbers(self.nllGrad({}, t([[0]]), t([[y]])).dOutput)[0]!
    for (const y of [1e3, 1e100]) expect(ratio(pull(y), -5 / y)).toBeLessThan(1e-5)
    expect(Number.isFinite(self.nll({}, t([[0]]), t([[1e100]])))).toBe(true)
  })

  it("studentT where the square of the residual in scales overflows", () => {
    const [self, zero] = [Likelihood.studentT({ df: 4, scale: 1e-150 }), t([[0]])]
    // log p = log(3/8) - 5/2 log(1 + z^2 / 4) - log scale, for z = 1e160
    const expected = 2.5 * (2 * 160 * Math.log(10) - Math.log(4)) - Math.log(3 / 8) - 150 * Math.log(10)
    expect(ratio(self.nll({}, zero, t([[1e10]])), expected)).toBeLessThan(1e-13)
    expect(ratio(numbers(self.nllGrad({}, zero, t([[1e10]])).dOutput)[0]!, -5e-10)).toBeLessThan(1e-13)
    const learned = Likelihood.studentTLearned({ df: 4, dtype: "float64" })
    const { dParams, dOutput } = learned.nllGrad({ logScale: t([-400]) }, zero, t([[1]]))
    expect([...numbers(dOutput), ...numbers(dParams.logScale)]).toEqual([-5, -4])
  })

  it("a residual of 0 is 0 scales, even where the scale underflows", () => {
    const self = Likelihood.heteroscedastic()
    const [output, target] = [t([[3, -1e4]]), t([[3]])]
    expect(self.nll({}, output, target)).toBeCloseTo(-1e4 + 0.5 * Math.log(2 * Math.PI), 10)
    expect(numbers(self.nllGrad({}, output, target).dOutput)).toEqual([0, 1])
  })

  it("studentT of a million degrees of freedom is a Gaussian to six digits", () => {
    const [output, target] = [t([[0.3, -2]]), t([[1, 1]])]
    const [a, b] = [Likelihood.studentT({ df: 1e6, scale: 0.7 }), Likelihood.gaussian({ std: 0.7 })]
    expect(ratio(a.nll({}, output, target), b.nll({}, output, target))).toBeLessThan(1e-5)
    const [p, q] = [a.conditional({}, output), b.conditional({}, output)]
    for (const i of [0, 1]) {
      expect(p.cdf(i, 1)).toBeCloseTo(q.cdf(i, 1), 6)
      expect(ratio(p.variance[i]!, q.variance[i]!)).toBeLessThan(3e-6)
    }
  })
})

describe("weights", () => {
  const [output, target] = [
    t([
      [0, 1],
      [2, 3],
      [4, 5]
    ]),
    t([[0], [1], [1]])
  ]
  const all = [
    Likelihood.heteroscedastic(),
    Likelihood.categorical(),
    Likelihood.categorical({ classWeights: [1, 2] })
  ] as const

  it("of 0 take a row out, whatever stands in it", () => {
    const [padding, none] = [
      t([
        [0, 1],
        [Number.NaN, 3]
      ]),
      t([[0], [7]])
    ]
    for (const self of all) {
      const alone = self.nll({}, Tensor.rows(padding, 0, 1), Tensor.rows(none, 0, 1))
      expect(self.nll({}, padding, none, t([1, 0]))).toBe(alone)
      expect(numbers(self.nllGrad({}, padding, none, t([1, 0])).dOutput).slice(2)).toEqual([0, 0])
    }
  })

  it("that are none are refused by row, others by shape", () => {
    for (const self of all) {
      expect(() => self.nll({}, output, target, t([1, -1, 1]))).toThrow(
        "weight of row 1: expected a finite number from 0, got -1"
      )
      expect(() => self.nllGrad({}, output, target, t([1, 1]))).toThrow(
        "weights of the rows: expected float64 [3], got float64 [2]"
      )
      expect(() => self.nll({}, output, target, t([1, 1, 1], "float32"))).toThrow(ShapeError)
    }
  })

  it("of classes are for each class, finite and above 0", () => {
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => Likelihood.categorical({ classWeights: [1, bad] })).toThrow(
        `weight of class 1: expected a finite number above 0, got ${bad}`
      )
      expect(() => Likelihood.bernoulli({ positiveWeight: bad })).toThrow(
        `positiveWeight of a Bernoulli likelihood: expected a finite number above 0, got ${bad}`
      )
    }
    expect(() => Likelihood.categorical({ classWeights: [1, 2, 3] }).nll({}, output, target)).toThrow(
      "classWeights: expected one for each of 2 classes, got 3"
    )
  })
})

describe("what cannot be is refused by name", () => {
  it("targets that are no class and no count, with their row", () => {
    const z = t([
      [0, 0],
      [0, 0]
    ])
    expect(() =>
      Likelihood.bernoulli().nll(
        {},
        z,
        t([
          [0, 1],
          [1, 0.5]
        ])
      )
    ).toThrow("target 1 of row 1: expected 0 or 1, got 0.5")
    for (const bad of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      const self = Likelihood.poisson()
      const call = () =>
        self.nllGrad(
          {},
          z,
          t([
            [0, 3],
            [bad, 0]
          ])
        )
      expect(call).toThrow(ConfigError)
      expect(call).toThrow(`target 0 of row 1: expected a count: 0, 1, 2, ..., got ${bad}`)
    }
    const weighted = Likelihood.categorical({ classWeights: [1, 2] })
    for (const bad of [2, -1, 0.5]) {
      expect(() => weighted.nll({}, z, t([[0], [bad]]))).toThrow(/label of row 1: expected an integer from 0 to 1/)
    }
  })

  it("shapes that do not fit, with both sides", () => {
    expect(() => Likelihood.heteroscedastic().nll({}, t([[1, 2, 3]]), t([[1]]))).toThrow(
      "heteroscedastic likelihood: expected an output [B, 2T]: T means, then T logStds, got [1, 3]"
    )
    expect(() => Likelihood.heteroscedastic().nll({}, t([[1, 2]]), t([[1, 2]]))).toThrow(
      "gaussian likelihood, target: expected [1, 1], got [1, 2]. The network's outputs are for 1 targets a row, the data have 2"
    )
    expect(() => Likelihood.poisson().nll({}, t([1]), t([1]))).toThrow(
      "poisson likelihood: expected an output [B, T], got [1]"
    )
    expect(() => Likelihood.bernoulli().probabilities({}, t([[1, 2]]))).toThrow(
      "probabilities of a Bernoulli likelihood: expected an output [B, 1], as several targets are no single choice, got [1, 2]"
    )
    const product = Likelihood.product([
      { likelihood: Likelihood.categorical(), outputs: 3, targets: 1 },
      { likelihood: Likelihood.gaussian({ std: 1 }), outputs: 2, targets: 2 }
    ])
    expect(() => product.nll([{}, {}], t([[1, 2, 3]]), t([[0, 1, 1]]))).toThrow(
      "product likelihood, output: expected [B, 5], as its parts have 3 + 2 columns, got [1, 3]"
    )
    expect(() => product.nll([{}, {}], t([[1, 2, 3, 4, 5]]), t([[0, 1]]))).toThrow(
      "product likelihood, target: expected [B, 3], as its parts have 1 + 2 columns, got [1, 2]"
    )
  })

  it("outputs of another number of targets, or of other axes, when asked what they predict", () => {
    const [row, two] = [t([[1, 2, 3]]), t([0, 0])]
    const asked = [
      () => Likelihood.gaussian({ std: [1, 2] }).conditional({}, row),
      () => Likelihood.studentT({ df: 4, scale: [1, 2] }).conditional({}, row),
      () => Likelihood.gaussianLearned({ targets: 2 }).conditional({ logStd: two }, row),
      () => Likelihood.studentTLearned({ df: 4, targets: 2 }).conditional({ logScale: two }, row)
    ]
    for (const ask of asked) expect(ask).toThrow("conditional, logScale: expected float64 [3], got float64 [2]")
    expect(() => Likelihood.gaussian({ std: 1 }).conditional({}, t([1, 2]))).toThrow(
      "conditional: expected an output [B, T], got [2]"
    )
  })

  it("options out of range", () => {
    for (const df of [2, 1, 0, -3, 1e7, Number.NaN]) {
      expect(() => Likelihood.studentT({ df, scale: 1 })).toThrow(
        /df of a Student-t likelihood: expected a number above 2/
      )
      expect(() => Likelihood.studentTLearned({ df })).toThrow(ConfigError)
    }
    expect(() => Likelihood.studentT({ df: 4, scale: 0 })).toThrow(
      "scale of a Student-t likelihood: expected a finite scale above 0, got 0"
    )
    expect(() => Likelihood.studentTLearned({ df: 4, initialScale: -1 })).toThrow(
      "initialScale of a Student-t likelihood: expected a finite scale above 0, got -1"
    )
    expect(() => Likelihood.studentTLearned({ df: 4, targets: 1.5 })).toThrow(
      /^targets: expected a whole number above 0/
    )
    const part = { likelihood: Likelihood.poisson(), outputs: 1, targets: 1 }
    expect(() => Likelihood.product([part, { ...part, outputs: 0 }])).toThrow(
      "outputs of part 1 of a product: expected a whole number above 0, got 0"
    )
    expect(() => Likelihood.product([] as never)).toThrow("product: expected at least one likelihood, got none")
  })
})

it("what is no count has no probability", () => {
  const { logPdf } = Likelihood.poisson().counts({}, t([[0.5]]))
  for (const y of [-1, 1.5, Number.POSITIVE_INFINITY]) expect(logPdf(0, y)).toBe(Number.NEGATIVE_INFINITY)
  expect(logPdf(0, Number.NaN)).toBeNaN()
})

describe("a product", () => {
  it("of real targets is continuous, of others not, and is typed so", () => {
    const normal = { likelihood: Likelihood.gaussian({ std: 1 }), outputs: 1, targets: 1 }
    const continuous: Likelihood.Continuous<unknown> = Likelihood.product([normal, normal])
    expect("conditional" in continuous).toBe(true)
    const mixed = Likelihood.product([normal, { likelihood: Likelihood.bernoulli(), outputs: 1, targets: 1 }])
    // @ts-expect-error: a Bernoulli target has no density
    const wrong: Likelihood.Continuous<unknown> = mixed
    expect("conditional" in wrong).toBe(false)
  })

  it("has the conditionals of its parts in the order of its columns", () => {
    const self = Likelihood.product([
      { likelihood: Likelihood.gaussian({ std: [1, 2] }), outputs: 2, targets: 2 },
      { likelihood: Likelihood.heteroscedastic(), outputs: 2, targets: 1 }
    ])
    const { mean, variance } = self.conditional(
      [{}, {}],
      t([
        [1, 2, 3, 0],
        [4, 5, 6, Math.log(3)]
      ])
    )
    expect([...mean]).toEqual([1, 2, 3, 4, 5, 6])
    expect([...variance].map((v) => v.toFixed(12))).toEqual([1, 4, 1, 1, 4, 9].map((v) => v.toFixed(12)))
  })
})

it("a likelihood of a kind of your own is found in the registry, inside a product too", () => {
  const own = (): Likelihood.Likelihood<unknown> => ({ ...Likelihood.poisson(), spec: { kind: "own" } })
  const registry = [...Likelihood.definitions, { kind: "own", make: own }]
  const { spec } = Likelihood.product([{ likelihood: own(), outputs: 1, targets: 1 }])
  expect(Likelihood.fromSpec(spec, registry).spec).toEqual(spec)
  expect(() => Likelihood.fromSpec(spec)).toThrow(/the kind of a likelihood: expected one of gaussian, /)
})
