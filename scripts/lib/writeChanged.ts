// Writes a generated file, untouched where it is as it should be: others may be reading it.
import { existsSync, readFileSync, writeFileSync } from "node:fs"

export const writeChanged = (file: string, text: string): void => {
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text)
}
