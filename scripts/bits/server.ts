/**
 * Serves one page to a browser: a job (`page.ts`) with the built library and its packages, bundled. The page gets memory
 * that threads share only if the server says that it is isolated.
 */
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { rolldown } from "rolldown"

/** The page's program as one module: names of packages mean nothing to a browser, and some packages are no modules. */
export const bundlePage = async (): Promise<string> => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL("page.ts", import.meta.url)),
    platform: "browser",
    tsconfig: false, // which says that this package's name stands for src
    logLevel: "warn",
    // A package's own name, which bundlers do not know from inside it.
    plugins: [
      {
        name: "own-name",
        resolveId: (id) => (/^effect-bayes\b/.test(id) ? fileURLToPath(import.meta.resolve(id)) : null)
      }
    ]
  })
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false })
  return output[0].code
}

const HTML = '<!doctype html><meta charset="utf-8"><title>bits</title><script type="module" src="/page.js"></script>'

const ISOLATION = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Array<Uint8Array> = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  return JSON.parse(Buffer.concat(chunks).toString("utf8"))
}

export interface Server {
  /** Address of the page that does a job. */
  pageFor(job: unknown): string
  close(): void
}

/** Serves the page until it is closed, and gives what is posted. */
export const serve = async (
  script: string,
  isolated: boolean,
  onPost: (path: string, body: unknown) => void
): Promise<Server> => {
  const answer = async (request: IncomingMessage): Promise<readonly [status: number, type: string, body: string]> => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost")
    if (request.method === "POST") {
      onPost(pathname, await bodyOf(request))
      return [200, "text/plain", ""]
    }
    if (pathname === "/") return [200, "text/html", HTML]
    return pathname === "/page.js" ? [200, "text/javascript", script] : [404, "text/plain", "no such file"]
  }
  const server = createServer((request, response) => {
    answer(request).then(
      ([status, type, body]) =>
        response.writeHead(status, { ...(isolated ? ISOLATION : {}), "content-type": type }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error))
    )
  })
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  const { port } = server.address() as AddressInfo
  return {
    pageFor: (job) => `http://localhost:${port}/?job=${encodeURIComponent(JSON.stringify(job))}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
