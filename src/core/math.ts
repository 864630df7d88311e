/**
 * Elementary functions that give the same bits on every JavaScript engine.
 *
 * ECMAScript leaves the last bits of `Math.exp`, `Math.log`, `Math.cos` ... to the engine; only + - * / and sqrt are
 * exact everywhere. So everything here is made of those: reduce the argument, then a Taylor series short enough to
 * check by hand. **Numerics**: within 2 ulp of the true value in float64 (tested against high-precision values).
 *
 * @since 0.1.0
 */

const LN2_HI = 0.69314718036912381649 // ln 2 in two parts: the first has 21 trailing zero bits, so k * LN2_HI is exact
const LN2_LO = 1.90821492927058770002e-10
const LOG2_E = 1.4426950408889634
const SQRT_HALF = 0.7071067811865476

/** 1/0!, 1/1!, ... 1/22!, each one correctly rounded division. */
const INVERSE_FACTORIAL = (() => {
  const table = new Float64Array(23)
  let factorial = 1
  for (let n = 0; n < 23; n++) {
    factorial *= Math.max(1, n)
    table[n] = 1 / factorial
  }
  return table
})()

/** Powers of two from 2^-1074 to 2^1023. */
const POWERS = (() => {
  const table = new Float64Array(2098)
  table[1074] = 1
  for (let i = 1075; i < 2098; i++) table[i] = table[i - 1]! * 2
  for (let i = 1073; i >= 0; i--) table[i] = table[i + 1]! / 2
  return table
})()
const power2 = (k: number): number => POWERS[k + 1074]!

/** e^r - 1 for |r| <= ln(2) / 2: r + r^2/2! + ... + r^14/14!; the first term left out is below 1e-19 of the sum. */
const expm1Series = (r: number): number => {
  let sum = INVERSE_FACTORIAL[14]!
  for (let n = 13; n >= 2; n--) sum = sum * r + INVERSE_FACTORIAL[n]!
  return r + r * r * sum
}

/** e^x. @category elementary @since 0.1.0 */
export const exp = (x: number): number => {
  if (x !== x) return x
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY
  if (x < -745.1332191019412) return 0
  const k = Math.round(x * LOG2_E)
  const m = 1 + expm1Series(x - k * LN2_HI - k * LN2_LO)
  const half = Math.trunc(k / 2) // two exact factors: 2^k alone may be outside the range of float64
  return m * power2(half) * power2(k - half)
}

/** e^x - 1, exact to the last bits near 0 as well. @category elementary @since 0.1.0 */
export const expm1 = (x: number): number => {
  const k = Math.round(x * LOG2_E)
  if (k === 0) return expm1Series(x)
  if (!(k > -60 && k < 60)) return exp(x) - 1
  const scale = power2(k)
  return scale * expm1Series(x - k * LN2_HI - k * LN2_LO) + (scale - 1)
}

/**
 * e^x - 1 - x, which is x^2/2 + x^3/6 + ...: the difference that the Kullback-Leibler divergence of two normals is
 * made of. Taken literally it loses every digit near 0; here it keeps them, is never negative, and is 0 only at 0.
 *
 * @category elementary
 * @since 0.1.0
 */
export const expm1MinusX = (x: number): number => {
  if (!(x > -0.5 && x < 0.5)) return expm1(x) - x
  let sum = INVERSE_FACTORIAL[16]!
  for (let n = 15; n >= 2; n--) sum = sum * x + INVERSE_FACTORIAL[n]!
  return x * x * sum
}

const bits = new DataView(new ArrayBuffer(8))

/** Natural logarithm. @category elementary @since 0.1.0 */
export const log = (x: number): number => {
  if (x !== x || x === Number.POSITIVE_INFINITY) return x
  if (x <= 0) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  const subnormal = x < 2.2250738585072014e-308
  bits.setFloat64(0, subnormal ? x * 18014398509481984 : x) // 2^54
  const high = bits.getInt32(0)
  let k = (high >> 20) - 1023 - (subnormal ? 54 : 0)
  bits.setInt32(0, (high & 0x000fffff) | 0x3ff00000)
  let m = bits.getFloat64(0)
  if (m > 2 * SQRT_HALF) {
    m /= 2
    k += 1
  }
  return k * LN2_HI + (logSeries(m - 1) + k * LN2_LO)
}

/** ln(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)]: 2 atanh(s) with s = f / (2 + f), written f - s (f - R(s)). */
const logSeries = (f: number): number => {
  const s = f / (2 + f)
  const z = s * s
  let sum = 0
  for (let n = 23; n >= 3; n -= 2) sum = (sum + 2 / n) * z
  // 2 s = f - s f, so ln(1 + f) = 2 s + s sum = f - s (f - sum)
  return f - s * (f - sum)
}

/** ln(1 + x), exact to the last bits near 0 as well. @category elementary @since 0.1.0 */
export const log1p = (x: number): number => {
  if (x > -0.29 && x < 0.41) return logSeries(x)
  const u = 1 + x
  if (u === Number.POSITIVE_INFINITY || u <= 0) return log(u)
  return log(u) + (x - (u - 1)) / u // what rounding 1 + x took away
}

/** Hyperbolic tangent. @category elementary @since 0.1.0 */
export const tanh = (x: number): number => {
  if (x > 20) return 1
  if (x < -20) return -1
  const t = expm1(2 * (x < 0 ? -x : x))
  const y = t / (t + 2)
  return x < 0 ? -y : x === 0 ? x : y
}

/** sin(pi y) and cos(pi y) for |y| <= 1/4, by their Taylor series in pi y. */
const sinSeries = (y: number): number => {
  const a = Math.PI * y
  const z = a * a
  let sum = 0
  for (let n = 19; n >= 3; n -= 2) sum = z * ((n % 4 === 3 ? -1 : 1) * INVERSE_FACTORIAL[n]! + sum)
  return a + a * sum
}
const cosSeries = (y: number): number => {
  const a = Math.PI * y
  const z = a * a
  let sum = 0
  for (let n = 18; n >= 2; n -= 2) sum = z * ((n % 4 === 2 ? -1 : 1) * INVERSE_FACTORIAL[n]! + sum)
  return 1 + sum
}

/** sin(pi x): the argument counts half turns, so that its reduction is exact. @category elementary @since 0.1.0 */
export const sinPi = (x: number): number => {
  const r = x - 2 * Math.round(x / 2) // [-1, 1], exact
  const quadrant = Math.round(2 * r) // -2 .. 2
  const y = r - quadrant / 2
  if (quadrant === 0) return sinSeries(y)
  if (quadrant === 1) return cosSeries(y)
  if (quadrant === -1) return -cosSeries(y)
  return -sinSeries(y)
}

/** cos(pi x). @category elementary @since 0.1.0 */
export const cosPi = (x: number): number => {
  const r = x - 2 * Math.round(x / 2)
  const quadrant = Math.round(2 * r)
  const y = r - quadrant / 2
  if (quadrant === 0) return cosSeries(y)
  if (quadrant === 1) return -sinSeries(y)
  if (quadrant === -1) return sinSeries(y)
  return -cosSeries(y)
}

const INVERSE_SQRT_2PI = 0.3989422804014327

/** log(2 pi) / 2. @category normal @since 0.2.0 */
export const HALF_LOG_2PI = 0.9189385332046727

/**
 * Density of the standard normal.
 *
 * x^2 / 2 rounded to float64 would leave its error, 1e-16 x^2 / 2, in the result; so x is split into a part of 24 bits,
 * whose square is exact, and the rest. **Numerics**: within 4 ulp where it is above 1e-300.
 *
 * @category normal
 * @since 0.1.0
 */
export const normalPdf = (x: number): number => {
  if (x <= -40 || x >= 40) return 0 // infinite x too, of which there is no rest
  const head = Math.fround(x)
  return INVERSE_SQRT_2PI * exp(-0.5 * head * head) * exp(-0.5 * (x - head) * (x + head))
}

/** The value at x of a quotient of polynomials, coefficients from the highest power down. */
const quotient = (above: ReadonlyArray<number>, below: ReadonlyArray<number>, x: number): number => {
  let numerator = 0
  let denominator = 0
  for (let i = 0; i < above.length; i++) {
    numerator = numerator * x + above[i]!
    denominator = denominator * x + below[i]!
  }
  return numerator / denominator
}

/** erf(y) / y in y^2, for y up to 0.46875. */
const ERF = [
  [0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694],
  [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.2368334391708]
] as const

/** e^(y^2) erfc(y) in y, for y up to 4. */
const ERFC = [
  [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
    881.9522212417691, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972
  ],
  [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
    4362.619090143247, 3439.3676741437216, 1230.3393548037495
  ]
] as const

/** (1 / sqrt(pi) - y e^(y^2) erfc(y)) y^2 in 1 / y^2, for y from 4 on. */
const ERFC_FAR = [
  [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
    0.0006587491615298378
  ],
  [1, 2.568520192289822, 1.8729528499234671, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918]
] as const

const INVERSE_SQRT_PI = 0.5641895835477563

/** e^(y^2) erfc(y) for y from 0.46875 on. */
const scaledErfc = (y: number): number => {
  if (y <= 4) return quotient(...ERFC, y)
  const z = 1 / (y * y)
  return (INVERSE_SQRT_PI - z * quotient(...ERFC_FAR, z)) / y
}

const HALF_SQRT_2PI = 1.2533141373155003

/**
 * Distribution function of the standard normal.
 *
 * By the error function of x / sqrt(2), whose quotients of polynomials are Cody's (1969, "Rational Chebyshev
 * Approximations for the Error Function"). **Numerics**: within 8 ulp where it is above 1e-300, 0 below -38.5.
 *
 * @category normal
 * @since 0.1.0
 */
export const normalCdf = (x: number): number => {
  if (x !== x) return x
  const a = x < 0 ? -x : x
  if (a > 38.6) return x < 0 ? 0 : 1
  const y = a * SQRT_HALF
  if (y <= 0.46875) return 0.5 + 0.5 * SQRT_HALF * x * quotient(...ERF, y * y)
  const tail = HALF_SQRT_2PI * normalPdf(a) * scaledErfc(y)
  return x < 0 ? tail : 1 - tail
}
