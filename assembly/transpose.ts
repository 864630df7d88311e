/** The transpose of 4 x 4 elements. */

/** Stores the transpose of four vectors, each of its rows where a pointer says. */
@inline
export function transposeTo(x0: v128, x1: v128, x2: v128, x3: v128, r0: usize, r1: usize, r2: usize, r3: usize): void {
  const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5)
  const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5)
  const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7)
  const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7)
  v128.store(r0, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
  v128.store(r1, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
  v128.store(r2, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
  v128.store(r3, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
}

/** The same with rows that lie some bytes apart. */
@inline
export function transpose(x0: v128, x1: v128, x2: v128, x3: v128, to: usize, toRow: usize): void {
  transposeTo(x0, x1, x2, x3, to, to + toRow, to + 2 * toRow, to + 3 * toRow)
}

/** The same of vectors that lie a row apart. */
@inline
export function transpose4(from: usize, row: usize, to: usize, toRow: usize): void {
  transpose(v128.load(from), v128.load(from + row), v128.load(from + 2 * row), v128.load(from + 3 * row), to, toRow)
}
