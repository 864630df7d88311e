/**
 * The tables of docs/bits.md, which the command that found them out writes there itself.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { cpus } from "node:os"

const FILE = new URL("../../docs/bits.md", import.meta.url)

const PLACE = /(<!-- bits: .* -->\n)[\s\S]*(<!-- end of bits -->)/

/** Puts lines in place of those that the page has. */
export const report = (lines: ReadonlyArray<string>): void => {
  const page = readFileSync(FILE, "utf8")
  if (!PLACE.test(page)) throw new Error("docs/bits.md has no place for the tables")
  const text = [`On ${cpus()[0]?.model.trim() ?? "an unknown processor"}:`, "", ...lines].join("\n")
  writeFileSync(
    FILE,
    page.replace(PLACE, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`)
  )
}
