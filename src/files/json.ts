/**
 * JSON from files that nobody vouches for: no deeper than what recursive functions bear, and no key twice.
 *
 * @since 0.3.0
 */

/** Arrays and records inside each other. */
const MAX_DEPTH = 200

const QUOTE = 34
const BACKSLASH = 92

/** Where the string that begins at `start` ends, at its closing quote. */
const endOf = (text: string, start: number): number => {
  let i = start + 1
  while (text.charCodeAt(i) !== QUOTE) i += text.charCodeAt(i) === BACKSLASH ? 2 : 1
  return i
}

/** Looks at the depth and at the keys of valid JSON. **Errors**: `SyntaxError`. */
const assertPlain = (text: string): void => {
  const open: Array<Set<string> | undefined> = [] // the keys of each record, from the outermost in; none of an array
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === "{" || c === "[") {
      open.push(c === "{" ? new Set() : undefined)
      if (open.length > MAX_DEPTH) throw new SyntaxError(`is nested deeper than ${MAX_DEPTH}`)
    } else if (c === "}" || c === "]") open.pop()
    else if (c === '"') {
      const start = i
      i = endOf(text, start)
      const keys = open.at(-1)
      let next = i + 1
      while (/\s/.test(text.charAt(next))) next++
      if (keys === undefined || text.charAt(next) !== ":") continue
      const key = JSON.parse(text.slice(start, i + 1)) as string
      if (keys.has(key)) throw new SyntaxError(`has the key ${JSON.stringify(key.slice(0, 100))} twice`)
      keys.add(key)
    }
  }
}

/**
 * Reads JSON. **Errors**: `SyntaxError` whose message goes on from a name for the text: "is no JSON", "is nested deeper
 * than 200", `has the key "a" twice`.
 *
 * @category decoding
 * @since 0.3.0
 */
export const parseJson = (text: string): unknown => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new SyntaxError("is no JSON")
  }
  assertPlain(text)
  return parsed
}
