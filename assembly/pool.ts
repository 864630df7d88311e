/**
 * A pool: a record in shared memory by which one thread, the caller, shares the blocks of a job with its workers.
 *
 * Why no block is lost or done twice, and no job is mixed with the next:
 *  - REMAINING counts the blocks that nobody has taken. Whoever subtracts 1 and finds r > 0 has block `blocks - r` to
 *    itself, as no other subtraction can have found that r since the job was published. Who finds r <= 0 has nothing.
 *  - UNFINISHED counts the blocks that are not done. The caller publishes the next job only when it is 0, so from a
 *    successful subtraction to the end of the block the fields of the job (f, args, blocks) stand still; they are read
 *    in that time alone. A worker that is late remembers nothing of an old job: it knows what it takes only after it
 *    has taken it. Its subtraction falls before the next publication, finds r <= 0 (every block of a finished job has
 *    been taken) and is written over; or after it, and takes a block of the new job like any other.
 *  - All these accesses are sequentially consistent: a taker sees the fields that were stored before REMAINING, and
 *    the caller, having read UNFINISHED = 0, sees all that the blocks wrote.
 *
 * The caller works itself and waits for blocks, not for workers: one that sleeps or comes late costs nothing but its
 * help, and a wake-up that got lost could only cost time. None does: a worker says that it sleeps before it waits for
 * EPOCH to change, the caller changes EPOCH before it looks for sleepers.
 *
 * A worker that dies with a block in its hands is given up: the pool is LOST for good, and `lost` throws.
 */

/** Bytes of the record. It starts as zeros, aligned to 64. */
export const POOL_BYTES: i32 = 256

// Where the fields are; what different threads write at the same time is on lines of the cache of its own.
const REMAINING: usize = 0
const UNFINISHED: usize = 64
const CALLER_SLEEPS: usize = 68
const EPOCH: usize = 128
const SLEEPERS: usize = 132
const STOP: usize = 136
const LOST: usize = 140
const F: usize = 192
const ARGS: usize = 196
const BLOCKS: usize = 200

/** Looks at EPOCH before a worker goes to sleep, about 0.15 ms: as long as it takes to wake one. */
const WORKER_SPINS: i32 = 100000
/** Looks at UNFINISHED before a caller goes to sleep, about 1 ms, and of one that may not: about 10 ms. */
const CALLER_SPINS: i32 = 1000000
const SLEEPLESS_SPINS: i32 = 10000000
/** Nanoseconds that a caller sleeps at most: 10 ms. */
const SLEEP: i64 = 10000000

/** Throws the error of a lost pool. */
@external("env", "lost")
declare function lost(): void

/** Makes a job known. */
export function publish(pool: usize, f: i32, args: usize, blocks: i32): void {
  if (isLost(pool)) giveUp(pool)
  store<i32>(pool, f, F)
  store<usize>(pool, args, ARGS)
  store<i32>(pool, blocks, BLOCKS)
  atomic.store<i32>(pool, blocks, UNFINISHED)
  atomic.store<i32>(pool, blocks, REMAINING)
  atomic.add<i32>(pool, 1, EPOCH)
  if (atomic.load<i32>(pool, SLEEPERS) > 0) atomic.notify(pool + EPOCH, blocks - 1)
}

/** Takes blocks and does them until none is left. */
export function take(pool: usize): void {
  while (atomic.load<i32>(pool, REMAINING) > 0) {
    const remaining = atomic.sub<i32>(pool, 1, REMAINING)
    if (remaining <= 0) return
    call_indirect<void>(load<i32>(pool, F), load<usize>(pool, ARGS), load<i32>(pool, BLOCKS) - remaining)
    const isLast = atomic.sub<i32>(pool, 1, UNFINISHED) == 1
    if (isLast && atomic.load<i32>(pool, CALLER_SLEEPS) != 0) atomic.notify(pool + UNFINISHED, 1)
  }
}

/** Waits until all blocks are done; gives up after so many rounds in which none was. */
export function waitForAll(pool: usize, rounds: i32, maySleep: bool): void {
  const spins = maySleep ? CALLER_SPINS : SLEEPLESS_SPINS
  let before = 0
  let left = rounds
  while (true) {
    for (let i = 0; i < spins; i++) if (atomic.load<i32>(pool, UNFINISHED) == 0) return
    const unfinished = atomic.load<i32>(pool, UNFINISHED)
    if (unfinished != before) left = rounds
    else if (--left <= 0) giveUp(pool)
    if (atomic.load<i32>(pool, LOST) != 0) giveUp(pool)
    before = unfinished
    if (maySleep && unfinished != 0) {
      atomic.store<i32>(pool, 1, CALLER_SLEEPS)
      atomic.wait<i32>(pool + UNFINISHED, unfinished, SLEEP)
      atomic.store<i32>(pool, 0, CALLER_SLEEPS)
    }
  }
}

function giveUp(pool: usize): void {
  loseWorkers(pool)
  lost()
  unreachable()
}

/** What a worker does until it is told to stop. */
export function work(pool: usize): void {
  while (true) {
    const epoch = atomic.load<i32>(pool, EPOCH)
    if (atomic.load<i32>(pool, STOP) != 0) return
    take(pool)
    let spins = WORKER_SPINS
    while (spins > 0 && atomic.load<i32>(pool, EPOCH) == epoch) spins--
    if (spins == 0) {
      atomic.add<i32>(pool, 1, SLEEPERS)
      atomic.wait<i32>(pool + EPOCH, epoch, -1)
      atomic.sub<i32>(pool, 1, SLEEPERS)
    }
  }
}

/** Tells the workers to stop, wherever they are between two blocks. */
export function stopWorkers(pool: usize): void {
  atomic.store<i32>(pool, 1, STOP)
  atomic.add<i32>(pool, 1, EPOCH)
  atomic.notify(pool + EPOCH, -1)
}

/** Says that a worker has died: the caller gives up at once, not after a long wait. */
export function loseWorkers(pool: usize): void {
  atomic.store<i32>(pool, 1, LOST)
  atomic.notify(pool + UNFINISHED, 1)
}

/** Whether no job can be shared any more: a worker has died, or a job was left in the middle. */
export function isLost(pool: usize): bool {
  return atomic.load<i32>(pool, LOST) != 0 || atomic.load<i32>(pool, UNFINISHED) != 0
}
