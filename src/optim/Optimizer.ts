/**
 * An optimizer is a pair of pure functions: `init` makes its state, `update` turns gradients into updates.
 *
 * Updates are added to the parameters (`apply`). Transformations compose with `chain`: the first scales or smooths the
 * gradient, the last multiplies by minus the learning rate. What an optimizer must remember is in its state, a plain
 * record, and nowhere else. **Source**: the design is optax's (DeepMind 2020).
 *
 * @since 0.1.0
 */
import * as Leaves from "../core/Leaves.ts"
import { kernels } from "../kernels/index.ts"

/** S: the state. @category models @since 0.1.0 */
export interface Optimizer<S> {
  /**
   * True where each element of an update, and of what is kept, follows from that element of the gradient, the parameter and
   * what was kept, and from numbers that are the same for all: then leaves may be put side by side and updated as one.
   */
  readonly elementwise?: boolean
  init(params: unknown): S
  update<P>(grads: P, state: S, params: P): readonly [updates: P, state: S]
}

/** The state of an optimizer. @category type-level @since 0.1.0 */
export type State<O> = O extends Optimizer<infer S> ? S : never

/** params + updates. @category combinators @since 0.1.0 */
export const apply = <P>(params: P, updates: P): P =>
  Leaves.zip(params, updates, (p, u) => kernels(p.dtype).axpy(1, u, p))

/**
 * One transformation after the other, as one. `chain()` leaves gradients as they are, and chaining is associative.
 *
 * @category combinators
 * @since 0.1.0
 */
export const chain = <const Os extends ReadonlyArray<Optimizer<unknown>>>(
  ...parts: Os
): Optimizer<{ readonly [K in keyof Os]: State<Os[K]> }> => {
  const chained: Optimizer<ReadonlyArray<unknown>> = {
    elementwise: parts.every((part) => part.elementwise === true),
    init: (params) => parts.map((part) => part.init(params)),
    update: <P>(grads: P, states: ReadonlyArray<unknown>, params: P) => {
      let updates = grads
      const next = parts.map((part, i) => {
        const [changed, state] = part.update(updates, states[i], params)
        updates = changed
        return state
      })
      return [updates, next] as const
    }
  }
  return chained as unknown as Optimizer<{ readonly [K in keyof Os]: State<Os[K]> }>
}
