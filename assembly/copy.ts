/** n floats at another place, and so many zeros behind them. */

export function copy(from: usize, to: usize, n: i32, zeros: i32): void {
  const size = <usize>n << 2
  memory.copy(to, from, size)
  memory.fill(to + size, 0, <usize>zeros << 2)
}
