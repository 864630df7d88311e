// Imports the library and uses it, then a formula, with a parser that only says that somebody makes it; in a process of
// its own. Prints, as JSON, what was loaded of mathjs and when the parser was wanted.
import { registerHooks } from "node:module"

const ofMathjs: Array<string> = []
registerHooks({
  load: (url, context, next) => {
    if (/\bmathjs\b/.test(url)) ofMathjs.push(url.replace(/^.*\//, ""))
    if (!url.endsWith("/mathjs.generated.ts")) return next(url, context)
    const source = 'export const load = () => { throw new Error("a parser is wanted") }'
    return { format: "module", source, shortCircuit: true }
  }
})

const wanted = (f: () => unknown): boolean => {
  try {
    f()
    return false
  } catch (error) {
    if (error instanceof Error && error.message === "a parser is wanted") return true
    throw error
  }
}

const { Key, Model, Prior, Synthetic } = await import("../../src/index.ts")
const data = Synthetic.regressionCurve(Key.make(0), 10)
const without = wanted(() => Model.init(Model.regression(data, { hidden: [2] }), Key.make(0)))
const withFormula = wanted(() => Prior.fromExpression("-abs(w)"))
console.log(JSON.stringify({ ofMathjs, without, withFormula }))
