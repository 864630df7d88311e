/**
 * A kernel is cut into blocks; a block's result depends on its number alone, never on who computes it.
 *
 * `parallel(f.index, args, blocks, work)` calls f(args, block) for each block from 0. Only outputs are cut, never a
 * sum, so that the bits do not depend on the number of threads.
 */

/** Calls the function at a table index for each block. `work` is about how many nanoseconds all of it takes. */
export function parallel(f: i32, args: usize, blocks: i32, work: f64): void {
  for (let block = 0; block < blocks; block++) call_indirect<void>(f, args, block)
}
