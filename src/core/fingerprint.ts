/**
 * A short name for plain data with tensors in it: equal data have equal ones, other data others.
 *
 * @since 0.3.0
 */
import * as WebCrypto from "effect/crypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import { ConfigError } from "./errors.ts"
import { isTensor, type Tensor, toBytes } from "./Tensor.ts"
import * as Tree from "./Tree.ts"

/** Records with their keys sorted, so that the order in which they were written does not show. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

/** Numbers that JSON has no word for, or the one of another. */
const numberOf = (leaf: unknown): unknown =>
  typeof leaf === "number" && (Object.is(leaf, -0) || !Number.isFinite(leaf))
    ? { number: leaf === 0 ? "-0" : String(leaf) }
    : leaf

/**
 * The SHA-256, in hexadecimal digits, of the data as JSON (UTF-8, no spaces, keys sorted), where a tensor stands as
 * `{ "dtype", "sha256", "shape" }` with the SHA-256 of its numbers: row-major, little-endian, as wide as the dtype. The
 * numbers -0, NaN and the infinities stand as `{ "number" }` with their name.
 *
 * **Source**: Web Crypto, in the background of the thread. **Errors**: `ConfigError` where there is none, as on pages
 * that a browser did not get by https.
 *
 * @category getters
 * @since 0.3.0
 */
export const fingerprint: (data: unknown) => Effect.Effect<string, ConfigError> = Effect.fnUntraced(function* (data) {
  const crypto: Partial<Crypto> | undefined = yield* WebCrypto.WebCrypto
  const subtle = crypto?.subtle
  if (subtle === undefined) {
    const hint = "Browsers give it to pages that came by https or from localhost"
    return yield* new ConfigError({ option: "Web Crypto", expected: "crypto.subtle", actual: "none", hint })
  }
  const sha256 = (bytes: Uint8Array<ArrayBuffer>): Effect.Effect<string> =>
    Effect.map(
      Effect.promise(() => subtle.digest("SHA-256", bytes)),
      (digest) => Hex.encode(new Uint8Array(digest))
    )
  const digests = new Map<Tensor, string>()
  for (const { value } of Tree.leavesWith(Tree.isEnd, data)) {
    if (isTensor(value)) digests.set(value, yield* sha256(toBytes(value)))
  }
  const plain = Tree.mapWith(
    Tree.isEnd,
    (leaf) => (isTensor(leaf) ? { dtype: leaf.dtype, sha256: digests.get(leaf), shape: leaf.shape } : numberOf(leaf)),
    data
  )
  return yield* sha256(new TextEncoder().encode(JSON.stringify(plain, sorted)))
})
