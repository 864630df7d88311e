/**
 * Plain data that says how to make a thing again: what a model's spec keeps of its layers.
 *
 * A `Definition` ties a kind ("linear") to the schema of its fields and to the function that makes it; a registry is a
 * list of definitions. Registries are values: to add a layer of your own, pass a longer list.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as SchemaIssue from "effect/SchemaIssue"
import { attempt } from "./attempt.ts"
import { cut } from "./cut.ts"
import { ConfigError, ShapeError } from "./errors.ts"
import { formatSpec } from "./Shape.ts"
import * as Tensor from "./Tensor.ts"
import * as Tree from "./Tree.ts"

/** @category models @since 0.1.0 */
export interface Spec {
  readonly kind: string
  readonly [field: string]: unknown
}

/** How a kind of thing is made from its spec. @category models @since 0.1.0 */
export interface Definition<A, Context = void> {
  readonly kind: string
  readonly make: (spec: Spec, context: Context) => A
}

/** The schema of a nested spec. @category schemas @since 0.1.0 */
export const SpecSchema = /*#__PURE__*/ Schema.declare(
  (u): u is Spec => typeof u === "object" && u !== null && "kind" in u && typeof u.kind === "string"
)

/** The numbers of a tensor, nested to one depth per axis. */
const isNested = (u: unknown): u is Tensor.Nested => typeof u === "number" || (Array.isArray(u) && u.every(isNested))

const Written = /*#__PURE__*/ Schema.Struct({
  dtype: Schema.Literals(["float32", "float64"]),
  shape: Schema.Array(Schema.Int),
  values: Schema.declare(isNested)
})

/**
 * The schema of a tensor in a spec: the tensor itself, or what it is as JSON.
 *
 * @category schemas
 * @since 0.2.0
 */
export const TensorSchema = /*#__PURE__*/ Schema.Union([
  Schema.declare(Tensor.isTensor),
  Written.pipe(
    Schema.decodeTo(Schema.declare(Tensor.isTensor), {
      decode: SchemaGetter.transformEffect(({ values, shape, dtype }) =>
        Effect.mapError(
          attempt(() => Tensor.from(values, { shape, dtype }), ShapeError),
          ({ message }) => new SchemaIssue.InvalidValue({ message })
        )
      ),
      encode: SchemaGetter.transform((t) => ({ values: Tensor.toArray(t), shape: t.shape, dtype: t.dtype }))
    })
  )
])

const SHOWN = 500

/**
 * What a schema has to say of plain data: tensors are shown by their shapes, and messages stay short, whatever the data
 * are. **Errors**: `ConfigError`.
 */
export const decodeSpec = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  spec: unknown,
  { option, expected }: { readonly option: string; readonly expected: string }
): S["Type"] => {
  const decoded = Schema.decodeUnknownResult(schema)(spec)
  if (Result.isSuccess(decoded)) return decoded.success
  const shown = Tree.mapWith(Tree.isEnd, (end) => (Tensor.isTensor(end) ? formatSpec(end) : end), spec)
  throw new ConfigError({
    option,
    expected,
    actual: cut(JSON.stringify(shown) ?? "undefined", SHOWN),
    hint: cut(decoded.failure.message, SHOWN)
  })
}

/** A definition whose fields are decoded by a schema before `make` sees them. @category constructors @since 0.1.0 */
export const define = <S extends Schema.ConstraintDecoder<unknown>, A, Context = void>(
  kind: string,
  schema: S,
  make: (fields: S["Type"], context: Context) => A
): Definition<A, Context> => ({
  kind,
  make: (spec, context) =>
    make(decodeSpec(schema, spec, { option: `the spec of a "${kind}"`, expected: "the fields of its schema" }), context)
})

/** Makes the thing that a spec describes. **Errors**: `ConfigError` for an unknown kind or wrong fields. */
export const rebuild = <A, Context>(
  what: string,
  registry: ReadonlyArray<Definition<A, Context>>,
  spec: Spec,
  context: Context
): A => {
  const definition = registry.find((d) => d.kind === spec.kind)
  if (definition !== undefined) return definition.make(spec, context)
  throw new ConfigError({
    option: `the kind of a ${what}`,
    expected: `one of ${registry.map((d) => d.kind).join(", ")}`,
    actual: cut(String(spec.kind), SHOWN),
    hint: "A kind of your own is registered by adding its definition to the list"
  })
}
