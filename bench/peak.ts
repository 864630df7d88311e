// Trains mnist1200 on as many threads as it is told and prints the most megabytes that it had: what memory.ts starts.
import { trainAndTell } from "./memory.ts"

await trainAndTell(Number(process.argv[2]))
