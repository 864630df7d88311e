/** The command line that a user would type to start this program again. */

/** A word as a POSIX shell reads it. */
const quote = (word: string): string => (/^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

/** How the program was started, in words of a shell: by its name, by npx, or by node and the path of its file. */
const program = (file: string, npx: boolean): ReadonlyArray<string> => {
  if (!/(^|[\\/])effect-bayes$/.test(file)) return ["node", file]
  return npx ? ["npx", "effect-bayes"] : ["effect-bayes"]
}

/** The command line that was given, with `--resume` in place of `--force`. */
export const resumeCommand = (
  [file = "", ...args]: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>>
): string => {
  const flags = args.filter((word) => !/^--(force|resume)(=|$)/.test(word))
  const end = flags.includes("--") ? flags.indexOf("--") : flags.length
  const words = flags.toSpliced(end, 0, "--resume")
  return [...program(file, env.npm_command === "exec"), ...words].map(quote).join(" ")
}
