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

/** The candidate nearest to `name`, if at most half of the letters differ. @category strings @since 0.1.0 */
export const nearest = (name: string, candidates: ReadonlyArray<string>): string | undefined => {
  const scored = candidates.map((candidate) => ({
    candidate,
    distance: editDistance(name.toLowerCase(), candidate.toLowerCase())
  }))
  const best = scored.reduce<(typeof scored)[number] | undefined>(
    (a, b) => (a === undefined || b.distance < a.distance ? b : a),
    undefined
  )
  if (best === undefined) return undefined
  return 2 * best.distance <= Math.max(name.length, best.candidate.length) ? best.candidate : undefined
}
