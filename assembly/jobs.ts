/**
 * A kernel is cut into blocks; a block's result depends on its number alone, never on who computes it.
 *
 * `parallel(f.index, args, blocks, work)` calls f(args, block) for each block from 0, on this thread and on the workers of
 * its pool (pool.ts), if it has one and the work is worth it. Only outputs are cut, never a sum, so that the bits do
 * not depend on the number of threads. A block calls no `parallel`.
 */
import { publish, take, waitForAll } from "./pool"

/** The pool that this thread hands work to, 0 for none: each thread has an instance, so a global is its own. */
let pool: usize = 0
let patience: i32 = 0
let maySleep: bool = false
let worth: f64 = 0

/**
 * From now on this thread hands work to a pool, if it is at least so many nanoseconds of it. It gives up when no block
 * was done in `rounds` rounds of about 10 ms; it sleeps while it waits if it may (the main thread of a browser may not).
 */
export function setPool(pointer: usize, rounds: i32, sleeps: bool, nanoseconds: f64): void {
  pool = pointer
  patience = rounds
  maySleep = sleeps
  worth = nanoseconds
}

/** Calls the function at a table index for each block. `work` is about how many nanoseconds all of it takes. */
export function parallel(f: i32, args: usize, blocks: i32, work: f64): void {
  if (pool == 0 || blocks < 2 || work < worth) {
    for (let block = 0; block < blocks; block++) call_indirect<void>(f, args, block)
    return
  }
  publish(pool, f, args, blocks)
  take(pool)
  waitForAll(pool, patience, maySleep)
}
