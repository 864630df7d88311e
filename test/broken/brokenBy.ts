// Which laws a subject breaks, and how the mistakes are made that only scale something.
import { Tree } from "effect-bayes"
import { kernels } from "effect-bayes/kernels"
import type { Law } from "effect-bayes/testing"

/** The names of the laws that a subject breaks, without the name of the interface. */
export const brokenBy = (all: ReadonlyArray<Law>): ReadonlyArray<string> =>
  all.flatMap((law) => {
    try {
      law.check({ endOnFailure: true, numRuns: 20 })
      return []
    } catch {
      return [law.name.replace(/^\w+: /, "")]
    }
  })

/** Every number of the record times `by`. */
export const scaled = <P>(tree: P, by: number): P => Tree.map(tree, (leaf) => kernels(leaf.dtype).scale(by, leaf))

export const GRADIENT = "gradient = central difference"
