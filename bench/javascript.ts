/**
 * A program of this folder as JavaScript, as its users' programs are: Node takes the types out of one that is not with
 * 15 MB of memory. Packages stay outside.
 */
import { resolve } from "node:path"
import { rolldown } from "rolldown"

/** Writes the program, and says where. */
export const javascriptOf = async (program: string): Promise<string> => {
  const bundle = await rolldown({
    input: resolve(program),
    platform: "node",
    tsconfig: false, // which says that this package's name stands for src
    external: (id) => !/^[./]/.test(id)
  })
  const file = resolve("results", program.replace(/\.ts$/, ".js"))
  await bundle.write({ file, codeSplitting: false })
  await bundle.close()
  return file
}
