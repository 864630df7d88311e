/**
 * Integrals over the whole line and up to a point, by double exponential quadrature.
 *
 * **Source**: Takahasi & Mori 1974: the trapezoidal rule in t, after x = sinh(pi/2 sinh t) (the line) or
 * x = b - exp(pi/2 sinh t) (up to b). **Numerics**: its error falls exponentially with the density of points; for a
 * normal of std 0.05 or more, at most 10 away from 0, it is below 1e-12.
 *
 * @since 0.1.0
 */
import { exp } from "../core/math.ts"

const END = 4
const POINTS = 4001
const STEP = (2 * END) / (POINTS - 1)

interface Node {
  readonly x: number
  readonly weight: number
}

const nodes = (map: (u: number) => Node): ReadonlyArray<Node> =>
  Array.from({ length: POINTS }, (_, i) => {
    const t = i * STEP - END
    const grow = exp(t)
    const u = (Math.PI / 4) * (grow - 1 / grow)
    const du = (Math.PI / 4) * (grow + 1 / grow)
    const { x, weight } = map(u)
    return { x, weight: weight * du * STEP }
  })

/** Points of the line with their weights: the integral of f is the sum of weight f(x). @category quadrature @since 0.1.0 */
export const line: ReadonlyArray<Node> = /*#__PURE__*/ nodes((u) => {
  const e = exp(u)
  return { x: (e - 1 / e) / 2, weight: (e + 1 / e) / 2 }
})

/** Distances below a point, with their weights. */
const below: ReadonlyArray<Node> = /*#__PURE__*/ nodes((u) => ({ x: exp(u), weight: exp(u) }))

const sum = (points: ReadonlyArray<Node>, f: (x: number) => number): number =>
  points.reduce((total, { x, weight }) => {
    const value = f(x)
    return value === 0 ? total : total + weight * value // far out the weight may be infinite
  }, 0)

/** The integral of f over the line. @category quadrature @since 0.1.0 */
export const integrate = (f: (x: number) => number): number => sum(line, f)

/** The integral of f up to `end`. @category quadrature @since 0.1.0 */
export const integrateTo = (end: number, f: (x: number) => number): number => sum(below, (d) => f(end - d))
