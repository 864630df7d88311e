/** The name that somebody probably meant. @since 0.1.0 */

/** Insertions, deletions and substitutions between two strings (Levenshtein 1966). */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution))
    }
    row = next
  }
  return row[b.length]!
}

/** Longer names are not compared, as the time for two grows with the product of their lengths. */
const LONGEST = 100

/** Whether names can be near: to differ in length is to differ in as many letters. */
const comparable = (a: string, b: string): boolean => {
  const [shorter, longer] = [Math.min(a.length, b.length), Math.max(a.length, b.length)]
  return longer <= LONGEST && 2 * (longer - shorter) <= longer
}

/**
 * The candidate nearest to `name`, if at most half of the letters differ; names of more than 100 letters are near to
 * none.
 *
 * @category strings
 * @since 0.1.0
 */
export const nearest = (name: string, candidates: ReadonlyArray<string>): string | undefined => {
  let [best, least]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
  for (const candidate of candidates) {
    if (!comparable(name, candidate)) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < least && 2 * distance <= Math.max(name.length, candidate.length))
      [best, least] = [candidate, distance]
  }
  return best
}
