// The reference engine at the sizes 0, 1 and many, against plain sums written here, and its refusals.
import { ConfigError, Key, type Shape, ShapeError, Tensor } from "effect-bayes"
import { kernels, reference } from "effect-bayes/kernels"
import { describe, expect, it } from "vitest"

const random = (seed: number, ...shape: ReadonlyArray<number>) =>
  reference.standardNormal(Key.make(seed), { shape, dtype: "float64" })
const at = (t: Tensor.Tensor, i: number) => Tensor.toFloat64Array(t)[i]!
const close = (actual: Tensor.Tensor, shape: Shape.Shape, expected: (i: number) => number) => {
  expect(actual.shape).toEqual(shape)
  for (const [i, a] of Tensor.toFloat64Array(actual).entries()) expect(a).toBeCloseTo(expected(i), 11)
}

for (const [rows, inputs, outputs] of [
  [1, 1, 1],
  [0, 3, 2],
  [4, 3, 2],
  [2, 1, 5],
  [33, 17, 9],
  [1, 130, 1]
] as const) {
  it(`affine and its three products, ${rows} x ${inputs} -> ${outputs}`, () => {
    const [x, w, b, dy] = [
      random(1, rows, inputs),
      random(2, outputs, inputs),
      random(3, outputs),
      random(4, rows, outputs)
    ]
    const sum = (n: number, f: (i: number) => number) =>
      Array.from({ length: n }, (_, i) => f(i)).reduce((s, v) => s + v, 0)
    const product = (r: number, o: number) => sum(inputs, (i) => at(x, r * inputs + i) * at(w, o * inputs + i))
    const row = (i: number, n: number) => Math.floor(i / n)
    close(reference.affine(x, w, undefined), [rows, outputs], (i) => product(row(i, outputs), i % outputs))
    close(reference.affine(x, w, b), [rows, outputs], (i) => product(row(i, outputs), i % outputs) + at(b, i % outputs))
    close(reference.affineWeightGrad(x, dy), [outputs, inputs], (k) =>
      sum(rows, (r) => at(dy, r * outputs + row(k, inputs)) * at(x, r * inputs + (k % inputs)))
    )
    close(reference.affineBiasGrad(dy), [outputs], (o) => sum(rows, (r) => at(dy, r * outputs + o)))
    close(reference.affineInputGrad(dy, w), [rows, inputs], (k) =>
      sum(outputs, (o) => at(dy, row(k, inputs) * outputs + o) * at(w, o * inputs + (k % inputs)))
    )
  })
}

describe("elementwise kernels at sizes 0, 1 and many", () => {
  for (const n of [0, 1, 2, 3, 1000]) {
    it(`of ${n}`, () => {
      const [x, y] = [random(1, n), random(2, n)]
      close(reference.axpy(3, x, y), [n], (i) => 3 * at(x, i) + at(y, i))
      close(reference.scale(-2, x), [n], (i) => -2 * at(x, i))
      close(reference.elementwise({ kind: "relu" }, x), [n], (i) => Math.max(0, at(x, i)))
      close(reference.elementwise({ kind: "tanh" }, x), [n], (i) => Math.tanh(at(x, i)))
      const tanh = reference.elementwise({ kind: "tanh" }, x)
      close(reference.elementwiseVjp({ kind: "tanh" }, x, tanh, y), [n], (i) => at(y, i) / Math.cosh(at(x, i)) ** 2)
      expect(reference.sum(x)).toBeCloseTo(
        Tensor.toFloat64Array(x).reduce((s, v) => s + v, 0),
        10
      )
      expect(reference.dot(x, y)).toBeCloseTo(
        Tensor.toFloat64Array(x).reduce((s, v, i) => s + v * at(y, i), 0),
        10
      )
      const laplace = { kind: "laplace", mean: 0.5, scale: 2 } as const
      expect(reference.logDensity(laplace, x)).toBeCloseTo(
        Tensor.toFloat64Array(x).reduce((s, v) => s - Math.abs(v - 0.5) / 2 - Math.log(4), 0),
        10
      )
      close(reference.logDensityGrad(laplace, x), [n], (i) => -Math.sign(at(x, i) - 0.5) / 2)
      const q = { mean: x, logStd: y }
      expect(reference.normalKl(q, q)).toBe(0)
      close(reference.normalSample(q, x), [n], (i) => at(x, i) + Math.exp(at(y, i)) * at(x, i))
      const { update, m, v } = reference.adam(x, y, reference.elementwise({ kind: "relu" }, y), {
        beta1: 0.9,
        beta2: 0.99,
        correction1: 0.1,
        correction2: 0.01,
        epsilon: 1e-8
      })
      close(m, [n], (i) => 0.9 * at(y, i) + 0.1 * at(x, i))
      close(v, [n], (i) => 0.99 * Math.max(0, at(y, i)) + 0.01 * at(x, i) ** 2)
      close(update, [n], (i) => at(m, i) / 0.1 / (Math.sqrt(at(v, i) / 0.01) + 1e-8))
      const rms = reference.rmsprop(x, reference.elementwise({ kind: "relu" }, y), { decay: 0.9, epsilon: 1e-4 })
      close(rms.v, [n], (i) => 0.9 * Math.max(0, at(y, i)) + 0.1 * at(x, i) ** 2)
      close(rms.update, [n], (i) => at(x, i) / (Math.sqrt(at(rms.v, i)) + 1e-4))
    })
  }

  it("samples from moments, products and scaled channels of 0, 1 and many", () => {
    for (const n of [0, 1, 2, 3, 1000]) {
      const [x, y, e] = [random(1, n), random(2, n), random(3, n)]
      const v = reference.multiply(y, y)
      close(v, [n], (i) => at(y, i) ** 2)
      close(reference.multiply(x, y), [n], (i) => at(x, i) * at(y, i))
      close(reference.momentsSample(x, v, e), [n], (i) => at(x, i) + Math.abs(at(y, i)) * at(e, i))
      close(reference.momentsSampleVjp(v, e, x), [n], (i) => (at(x, i) * at(e, i)) / (2 * Math.abs(at(y, i))))
    }
    const zero = Tensor.zeros(random(0, 3))
    expect(Tensor.toArray(reference.momentsSampleVjp(zero, random(1, 3), random(2, 3)))).toEqual([0, 0, 0])
    for (const [rows, channels, length] of [
      [1, 1, 1],
      [0, 3, 2],
      [4, 3, 2],
      [2, 1, 5],
      [3, 7, 0]
    ] as const) {
      const by = random(1, rows, channels)
      const [first, last] = [random(2, rows, channels, length), random(3, rows, length, channels)]
      const row = (i: number) => Math.floor(i / (channels * length))
      close(reference.scaleChannels(first, by, "first"), first.shape, (i) => {
        const channel = Math.floor(i / length) % channels
        return at(first, i) * at(by, row(i) * channels + channel)
      })
      close(reference.scaleChannels(last, by, "last"), last.shape, (i) => {
        return at(last, i) * at(by, row(i) * channels + (i % channels))
      })
      close(reference.scaleChannels(by, by, "last"), by.shape, (i) => at(by, i) ** 2)
    }
  })

  it("signs are +1 or -1: element i depends on the key and i alone", () => {
    const of = (n: number) =>
      Array.from(Tensor.toFloat64Array(reference.signs(Key.make(5), { shape: [n], dtype: "float32" })))
    expect(of(0)).toEqual([])
    expect(new Set(of(1000))).toEqual(new Set([-1, 1]))
    for (const n of [1, 2, 3, 999]) expect(of(n)).toEqual(of(1000).slice(0, n))
  })

  it("uniform numbers keep to their bounds in float32 too", () => {
    const u = reference.uniform(Key.make(0), { shape: [10_000], dtype: "float32" }, -0.1, 0.3)
    const values = Tensor.toFloat64Array(u)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(Math.fround(-0.1))
    expect(Math.max(...values)).toBeLessThanOrEqual(Math.fround(0.3))
  })

  it("allFinite finds a single NaN or infinity", () => {
    expect(reference.allFinite(random(0, 100))).toBe(true)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(reference.allFinite(Tensor.from([1, 2, bad]))).toBe(false)
    }
  })
})

describe("likelihoods", () => {
  it("stay finite for logits of any size, and give 0 for certainty", () => {
    const logits = Tensor.from(
      [
        [1e4, -1e4, 0],
        [-1e300, 1e300, 0]
      ],
      { dtype: "float64" }
    )
    expect(reference.categoricalNll(logits, Tensor.from([[0], [1]], { dtype: "float64" }))).toBe(0)
    expect(reference.categoricalNll(logits, Tensor.from([[1], [1]], { dtype: "float64" }))).toBe(2e4)
    expect(
      reference.allFinite(reference.categoricalNllGrad(logits, Tensor.from([[1], [0]], { dtype: "float64" })))
    ).toBe(true)
  })

  it("keep their digits where the label is all but certain, in both dtypes", () => {
    const right = 2.0611536181902037e-9 // 1 - p = 1 / (1 + e^20)
    for (const [dtype, tolerance] of [
      ["float32", 6e-8],
      ["float64", 1e-15]
    ] as const) {
      const [logits, label] = [Tensor.from([[0, 20]], { dtype }), Tensor.from([[1]], { dtype })]
      const gradient = reference.categoricalNllGrad(logits, label)
      expect(Math.abs(at(gradient, 0) / right - 1)).toBeLessThan(tolerance)
      expect(Math.abs(at(gradient, 1) / -right - 1)).toBeLessThan(tolerance)
      expect(Math.abs(reference.categoricalNll(logits, label) / 2.0611536203143e-9 - 1)).toBeLessThan(1e-12)
    }
  })

  it("softmax is in float64 and sums to 1 for logits of any size, and no logits are no probabilities", () => {
    for (const dtype of ["float32", "float64"] as const) {
      const p = reference.softmax(
        Tensor.from(
          [
            [1e4, -1e4, 0],
            [0, 0, 0],
            [0, 1, 2]
          ],
          { dtype }
        )
      )
      expect(p).toMatchObject({ shape: [3, 3], dtype: "float64" })
      const e = [1, Math.E, Math.E ** 2]
      close(p, [3, 3], (i) => [1, 0, 0, 1 / 3, 1 / 3, 1 / 3, ...e.map((v) => v / (e[0]! + e[1]! + e[2]!))][i]!)
    }
    expect(reference.softmax(random(0, 0, 3)).shape).toEqual([0, 3])
    expect(() => reference.softmax(random(0, 3))).toThrow("categorical likelihood: expected logits [B, C], got [3]")
  })

  it("hold 0 nats for no rows", () => {
    const none = (width: number) => Tensor.zeros({ shape: [0, width], dtype: "float64" })
    expect(reference.categoricalNll(none(3), none(1))).toBe(0)
    expect(reference.targetNll({ kind: "gaussian", logScale: random(0, 2) }, none(2), none(2))).toBe(0)
  })

  it("refuse labels outside the classes, and name the row", () => {
    const logits = random(0, 2, 3)
    for (const label of [3, -1, 0.5, Number.NaN]) {
      const labels = Tensor.from([[0], [label]], { dtype: "float64" })
      expect(() => reference.categoricalNll(logits, labels)).toThrow(ConfigError)
      expect(() => reference.categoricalNllGrad(logits, labels)).toThrow(
        /label of row 1: expected an integer from 0 to 2/
      )
    }
  })

  it("pass NaN on", () => {
    const nan = Tensor.from([[Number.NaN, 1]], { dtype: "float64" })
    expect(reference.categoricalNll(nan, Tensor.from([[0]], { dtype: "float64" }))).toBeNaN()
    expect(reference.targetNll({ kind: "gaussian", logScale: random(1, 2) }, nan, random(0, 1, 2))).toBeNaN()
  })
})

describe("a misfit is a ShapeError that names both sides", () => {
  const k = kernels("float64")
  it("for every kernel that takes more than one tensor", () => {
    const [v2, v3, m] = [random(0, 2), random(0, 3), random(0, 2, 3)]
    const misfits = [
      () => k.affine(m, random(0, 4, 2), undefined),
      () => k.affine(m, random(0, 4, 3), v3),
      () => k.affineWeightGrad(m, v3),
      () => k.affineInputGrad(m, m),
      () => k.axpy(1, v2, v3),
      () => k.elementwiseVjp({ kind: "tanh" }, v2, v2, v3),
      () => k.multiply(v2, v3),
      () => k.momentsSample(v2, v3, v2),
      () => k.momentsSampleVjp(v2, v2, v3),
      () => k.scaleChannels(m, v2, "last"),
      () => k.scaleChannels(v2, v2, "first"),
      () => k.normalSample({ mean: v2, logStd: v2 }, v3),
      () => k.normalKl({ mean: v2, logStd: v3 }, { mean: v2, logStd: v2 }),
      () => k.normalLogProb({ mean: v2, logStd: v2 }, v3),
      () => k.normalLogProb({ mean: Tensor.scalar(0, "float32"), logStd: v2 }, v2),
      () => k.targetNll({ kind: "gaussian", logScale: v3 }, m, v3),
      () => k.targetNll({ kind: "gaussian", logScale: v2 }, m, m),
      () => k.targetNll({ kind: "gaussian", logScale: v2 }, v2, v2),
      () => k.categoricalNll(m, v2),
      () => k.adam(v2, v3, v2, { beta1: 0, beta2: 0, epsilon: 1, correction1: 1, correction2: 1 }),
      () => k.rmsprop(v2, v3, { decay: 0, epsilon: 1 }),
      () => k.axpy(1, v2, Tensor.cast(v2, "float32"))
    ]
    for (const misfit of misfits) expect(misfit).toThrow(ShapeError)
    expect(misfits[4]).toThrow("axpy: expected float64 [3], got float64 [2]")
  })
})
