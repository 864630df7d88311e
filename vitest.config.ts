// How the tests run: quick ones always, `*.full.test.ts` only when FULL=1.
import { defineConfig } from "vitest/config"

const full = process.env.FULL === "1"
const source = (path: string) => new URL(`./src/${path}`, import.meta.url).pathname

export default defineConfig({
  resolve: {
    // Tests and doc examples import the package by its public names and get the sources.
    alias: [
      { find: /^effect-bayes$/, replacement: source("index.ts") },
      { find: /^effect-bayes\/(\w+)$/, replacement: source("$1/index.ts") }
    ]
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: full ? [] : ["test/**/*.full.test.ts"],
    setupFiles: ["test/setup.ts"],
    maxWorkers: 2,
    isolate: false, // the sources keep no state, so files may share what a worker has loaded: a third of the time less
    testTimeout: full ? 30 * 60_000 : 3 * 60_000 // against hangs alone: the longest quick test takes 15 s here
  }
})
