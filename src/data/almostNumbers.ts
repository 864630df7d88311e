/**
 * Texts that stand for numbers in another form, which are no categories: dates and times, and numbers with commas.
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

const COMMAS = /^[+-]?\d+(,\d+)+(\.\d+)?$/ // 1,5 and 1,234,567.8

const forms = [
  {
    pattern: DATE,
    what: "dates or times",
    hint: "Make a number of it, such as the days since the first, or leave it out by `exclude`"
  },
  {
    pattern: COMMAS,
    what: "numbers with commas",
    hint: "Write them with a decimal point and nothing else between the digits, or name the column in `categorical`"
  }
] as const

/** The form that at least half of these texts have, and what to do about it. @category strings @since 0.3.0 */
export const formOf = (texts: ReadonlyArray<string>): (typeof forms)[number] | undefined =>
  texts.length === 0
    ? undefined
    : forms.find(({ pattern }) => 2 * texts.filter((text) => pattern.test(text)).length >= texts.length)
