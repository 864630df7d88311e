// Damage done to valid files: bits flipped, parts cut off, doubled, replaced, and bytes put in that mean something there.
import fc from "fast-check"

type Damage = (bytes: ReadonlyArray<number>) => ReadonlyArray<number>

const at = (bytes: ReadonlyArray<number>, share: number) => Math.floor(share * (bytes.length + 1))
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

const damage = (telling: fc.Arbitrary<number>): fc.Arbitrary<Damage> =>
  fc.oneof(
    fc.tuple(share, fc.integer({ min: 0, max: 7 })).map(
      ([place, bit]): Damage =>
        (bytes) =>
          bytes.map((b, i) => (i === at(bytes, place) ? b ^ (1 << bit) : b))
    ),
    share.map(
      (place): Damage =>
        (bytes) =>
          bytes.slice(0, at(bytes, place))
    ),
    fc.tuple(share, fc.array(fc.oneof(telling, fc.integer({ min: 0, max: 255 })), { maxLength: 6 })).map(
      ([place, inserted]): Damage =>
        (bytes) =>
          bytes.toSpliced(at(bytes, place), 0, ...inserted)
    ),
    fc.tuple(share, telling).map(
      ([place, byte]): Damage =>
        (bytes) =>
          bytes.toSpliced(at(bytes, place), 1, byte)
    ),
    fc.tuple(share, share, share).map(
      ([a, b, place]): Damage =>
        (bytes) => {
          const [from, to] = [Math.min(a, b), Math.max(a, b)]
          return bytes.toSpliced(at(bytes, place), 0, ...bytes.slice(at(bytes, from), at(bytes, to)))
        }
    )
  )

/** One of these files with up to four injuries; `telling` are bytes that mean something in its format. */
export const damaged = (valid: ReadonlyArray<Uint8Array>, telling: ReadonlyArray<number>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom(...valid), fc.array(damage(fc.constantFrom(...telling)), { maxLength: 4 }))
    .map(([bytes, steps]) => Uint8Array.from(steps.reduce<ReadonlyArray<number>>((b, step) => step(b), [...bytes])))

/** One of these files with up to eight of its bytes changed and none moved, so that what points at others still does. */
export const altered = (valid: ReadonlyArray<Uint8Array>, telling: ReadonlyArray<number>): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...valid),
      fc.array(fc.tuple(share, fc.oneof(fc.constantFrom(...telling), fc.integer({ min: 0, max: 255 }))), {
        maxLength: 8
      })
    )
    .map(([bytes, changes]) => {
      const out = new Uint8Array(bytes)
      for (const [place, byte] of changes) out[Math.floor(place * out.length)] = byte
      return out
    })
