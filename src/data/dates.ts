/**
 * Texts that are dates or times, which are neither numbers nor categories.
 *
 * @since 0.3.0
 */

const CLOCK = String.raw`\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]m)?( ?(z|utc|[+-]\d{2}:?\d{2}))?`
const MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
const DAYS = [
  String.raw`\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?`, // 2024-03-31, 2024/3/31, 2024-03
  String.raw`\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})`, // 31/03/2024, 3/31/24, 31.3.2024
  String.raw`\d{1,2}[- ]${MONTH}[- ,]+(\d{4}|\d{2})`, // 31 March 2024, 31-Mar-24
  String.raw`${MONTH} \d{1,2},? \d{4}` // March 31, 2024
]
const DATE = new RegExp(`^\\s*(((${DAYS.join("|")})([t ]+${CLOCK})?)|${CLOCK})\\s*$`, "i")

/** Whether at least half of these texts are dates or times. @category strings @since 0.3.0 */
export const mostlyDates = (texts: ReadonlyArray<string>): boolean =>
  texts.length > 0 && 2 * texts.filter((text) => DATE.test(text)).length >= texts.length
