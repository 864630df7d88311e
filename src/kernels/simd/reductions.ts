/** Sums over all elements of a tensor, in float64 over fixed blocks: see `assembly/reductions.ts` and `normalKl.ts`. */
import { ShapeError } from "../../core/errors.ts"
import * as Shape from "../../core/Shape.ts"
import type { Tensor } from "../../core/Tensor.ts"
import type { NormalGrad, NormalParams } from "../Kernels.ts"
import * as reference from "../reference/normal.ts"
import { run } from "./current.ts"
import type { Engine } from "./Engine.ts"

/** Room for a number of each block. */
const partials = (engine: Engine, n: number): number =>
  engine.room(8 * Math.ceil(n / engine.exports.REDUCTION_BLOCK.value))

export const sum = (x: Tensor): number =>
  run((engine) => {
    const { size } = engine.bring(x)
    return engine.exports.sum(engine.pointer(x), size, partials(engine, size))
  })

export const dot = (x: Tensor, y: Tensor): number => {
  Shape.assertSame("dot", x, y)
  return run((engine) => {
    const { size } = engine.bring(x)
    return engine.exports.dot(engine.pointer(x), engine.pointer(y), size, partials(engine, size))
  })
}

export const allFinite = (x: Tensor): boolean =>
  run((engine) => {
    const { size } = engine.bring(x)
    return engine.exports.allFinite(engine.pointer(x), size, partials(engine, size)) === 1
  })

/** q's parameters give the shape of the variable, so neither may be a scalar that stands for many. */
const assertVariable = (q: NormalParams): void => {
  if (q.logStd.dtype === q.mean.dtype && Shape.equals(q.mean.shape, q.logStd.shape)) return
  throw new ShapeError({
    where: "normal, KL of q",
    expected: `mean and logStd of one shape, ${Shape.format(q.mean.shape)}`,
    actual: Shape.formatSpec(q.logStd)
  })
}

/** Whether a parameter of p has an element for each of the variable's (1), or is one scalar for all (0). */
export const stepOf = (where: string, variable: Tensor, parameter: Tensor): 0 | 1 => {
  if (parameter.shape.length === 0 && parameter.dtype === variable.dtype) return 0
  Shape.assertSame(where, variable, parameter)
  return 1
}

export const normalKl = (q: NormalParams, p: NormalParams): number => {
  assertVariable(q)
  const meanStep = stepOf("normal, mean", q.mean, p.mean)
  const logStdStep = stepOf("normal, logStd", q.mean, p.logStd)
  return run((engine) => {
    const { size } = engine.bring(q.mean)
    return engine.exports.normalKl(
      engine.pointer(q.mean),
      engine.pointer(q.logStd),
      engine.pointer(p.mean),
      meanStep,
      engine.pointer(p.logStd),
      logStdStep,
      size,
      partials(engine, size)
    )
  })
}

/** One prior that all weights share is the case there is a kernel for. */
export const normalKlGradPrior = (q: NormalParams, p: NormalParams): NormalGrad => {
  assertVariable(q)
  const meanStep = stepOf("normal, mean", q.mean, p.mean)
  const logStdStep = stepOf("normal, logStd", q.mean, p.logStd)
  if (meanStep === 1 || logStdStep === 1) return reference.normalKlGradPrior(q, p)
  return run((engine) => {
    const { size } = engine.bring(q.mean)
    const [mean, logStd] = [engine.pointer(q.mean), engine.pointer(q.logStd)]
    const [priorMean, priorLogStd] = [engine.pointer(p.mean), engine.pointer(p.logStd)]
    const room = partials(engine, size)
    const { normalKlByPriorMean, normalKlByPriorLogStd } = engine.exports
    return {
      mean: engine.scalar(normalKlByPriorMean(mean, logStd, priorMean, priorLogStd, 0, size, room)),
      logStd: engine.scalar(normalKlByPriorLogStd(mean, logStd, priorMean, 0, priorLogStd, size, room))
    }
  })
}
