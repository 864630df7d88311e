// Reads TypeScript just well enough for the house rules: what is code, what is comment, what is imported where.

export interface Source {
  /** The text with comments and the insides of strings and regular expressions blanked out; offsets are kept. */
  readonly code: string
  /** The text with everything but comments blanked out. */
  readonly comments: string
}

const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*|[`{}]/g

const blank = (text: string) => text.replace(/[^\n]/g, " ")

/** A slash starts a regular expression unless what stands before it ends a value. */
const endsValue = (before: string) =>
  /[\w$)\]}]\s*$/.test(before) && !/\b(?:return|typeof|case|of|in|yield|await)\s*$/.test(before)

/** The end of the piece of a template literal that starts at `from`: behind its closing backtick or its `${`. */
const templateEnd = (text: string, from: number): number => {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "\\") i++
    else if (text[i] === "`") return i + 1
    else if (text[i] === "$" && text[i + 1] === "{") return i + 2
  }
  return text.length
}

export const scan = (text: string): Source => {
  const code = text.split("")
  const comments = blank(text).split("")
  const hide = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (code[i] !== "\n") code[i] = " "
  }
  const braces: Array<"block" | "template"> = []
  const template = (from: number) => {
    const end = templateEnd(text, from)
    const open = text.slice(end - 2, end) === "${"
    hide(from, end - (open ? 2 : 1))
    if (open) braces.push("template")
    return end
  }
  token.lastIndex = 0
  for (let m = token.exec(text); m !== null; m = token.exec(text)) {
    const [found] = m
    const end = m.index + found.length
    if (found === "{") braces.push("block")
    else if (found === "}") {
      if (braces.pop() === "template") token.lastIndex = template(end)
    } else if (found === "`") token.lastIndex = template(end)
    else if (found.startsWith("//") || found.startsWith("/*")) {
      hide(m.index, end)
      for (let i = m.index; i < end; i++) comments[i] = text[i] ?? " "
    } else if (found.startsWith("/") && endsValue(text.slice(Math.max(0, m.index - 40), m.index))) {
      token.lastIndex = m.index + 1
    } else hide(m.index + 1, end - 1)
  }
  return { code: code.join(""), comments: comments.join("") }
}

export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length

export interface Import {
  readonly specifier: string
  readonly line: number
}

/** Every module named by an import, a re-export or an `import(...)`, of values or of types. */
export const imports = (text: string, { code }: Source): ReadonlyArray<Import> =>
  [...code.matchAll(/\b(?:from|import)\s*\(?\s*(["'])( *)\1/g)].map((m) => {
    const end = m.index + m[0].length - 1
    return { specifier: text.slice(end - (m[2]?.length ?? 0), end), line: lineAt(text, m.index) }
  })
