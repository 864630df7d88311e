/**
 * Which text is a number: plain decimals that are finite.
 *
 * @since 0.3.0
 */

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/ // without ways to match one text twice: linear in its length

/** Powers of ten that are exact. */
const TENS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`))

/**
 * The number that a text without blanks around it is; NaN for any other text, such as "", "inf", "1e999", "0x1" and "1,5".
 *
 * **Numerics**: the nearest number, as `Number` reads it. Up to 15 digits without an exponent are a quotient of two exact
 * numbers, which is the nearest too, and ten times as fast.
 *
 * @category readers
 * @since 0.3.0
 */
export const parseNumber = (text: string): number => {
  const length = text.length
  if (length > 0 && length <= 17) {
    const sign = text.charCodeAt(0)
    let i = sign === 45 || sign === 43 ? 1 : 0
    let [digits, decimals, value] = [0, -1, 0]
    for (; i < length; i++) {
      const c = text.charCodeAt(i)
      if (c >= 48 && c <= 57) {
        value = value * 10 + (c - 48)
        digits++
        if (decimals >= 0) decimals++
      } else if (c === 46 && decimals < 0) decimals = 0
      else break
    }
    if (i === length && digits > 0 && digits <= 15) {
      const size = decimals > 0 ? value / TENS[decimals]! : value
      return sign === 45 ? -size : size
    }
  }
  if (!DECIMAL.test(text)) return Number.NaN
  const value = Number(text)
  return Number.isFinite(value) ? value : Number.NaN
}
