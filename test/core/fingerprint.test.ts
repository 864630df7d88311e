// Fingerprints of plain data: the stated layout, and what they tell apart.
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { WebCrypto } from "effect/crypto"
import { Tensor } from "effect-bayes"
import { fingerprint } from "../../src/core/fingerprint.ts"

describe("fingerprint", () => {
  it.effect("is the SHA-256 of the layout that it states, as Python's hashlib and json find it", () =>
    Effect.gen(function* () {
      // h = lambda b: hashlib.sha256(b).hexdigest()
      // x = {"dtype": "float64", "sha256": h(struct.pack("<4d", 1, -0.0, 2.5, 3)), "shape": [2, 2]}
      // w = {"dtype": "float32", "sha256": h(struct.pack("<2f", 1, 2)), "shape": [2]}
      // data = {"x": x, "names": ["ä", "b"], "deep": [{"w": w, "n": 0.1, "none": None}]}
      // h(json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
      const x = Tensor.from([1, -0, 2.5, 3], { dtype: "float64", shape: [2, 2] })
      const deep = [{ none: null, w: Tensor.from([1, 2]), n: 0.1 }]
      const expected = "ea848b57646365f5abcabafc92a59c7acb5d889c5ff9ef40f30cdef09e783297"
      expect(yield* fingerprint({ x, names: ["ä", "b"], deep })).toBe(expected)
      expect(yield* fingerprint({ deep, names: ["ä", "b"], x })).toBe(expected)
    })
  )

  it.effect("differs where a bit, a shape, a precision, a name or the place of a tensor does", () =>
    Effect.gen(function* () {
      const of = (values: ReadonlyArray<number>, more: object = {}) =>
        Tensor.from(values, { dtype: "float64", ...more })
      const data = [
        { x: of([1, 0]), name: "a" },
        { x: of([1, -0]), name: "a" },
        { x: of([1, Number.MIN_VALUE]), name: "a" },
        { x: of([1, 0], { shape: [2, 1] }), name: "a" },
        { x: of([1, 0], { dtype: "float32" }), name: "a" },
        { x: of([1, 0]), name: "b" },
        { y: of([1, 0]), name: "a" },
        { x: of([0, 1]), name: "a" },
        ...[0, -0, null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((n) => ({ n })),
        { x: of([0]), "": { x: of([1]) } }, // paths in which the empty key does not show
        { x: of([0]), "": { x: of([2]) } },
        { x: of([0]), "": { x: of([0]) } }
      ]
      const prints = yield* Effect.forEach(data, fingerprint)
      expect(new Set(prints).size).toBe(data.length)
      for (const print of prints) expect(print).toMatch(/^[0-9a-f]{64}$/)
    })
  )

  it.effect("fails, and says why, where a browser has no Web Crypto", () =>
    Effect.gen(function* () {
      for (const crypto of [{}, undefined]) {
        const error = yield* Effect.flip(fingerprint({})).pipe(Effect.provide(WebCrypto.layer(crypto as Crypto)))
        expect(error.message).toBe(
          "Web Crypto: expected crypto.subtle, got none. Browsers give it to pages that came by https or from localhost"
        )
      }
    })
  )
})
