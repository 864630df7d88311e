/** The plain loop, for products that are too small for anything else: the same sequential float32 sums. */

/** c[r][j] = the sum over k of a[r aRow + k aK] b[j bColumn + k bK], from 0 or from bias[j]. */
export function plain(a: usize, aRow: usize, aK: usize, b: usize, bColumn: usize, bK: usize, m: i32, n: i32, k: i32, c: usize, cRow: usize, bias: usize): void {
  for (let r = 0; r < m; r++, a += aRow, c += cRow) {
    for (let j = 0; j < n; j++) {
      const column = b + <usize>j * bColumn
      let sum: f32 = bias ? load<f32>(bias + (<usize>j << 2)) : 0
      for (let i = 0; i < k; i++) sum += load<f32>(a + <usize>i * aK) * load<f32>(column + <usize>i * bK)
      store<f32>(c + (<usize>j << 2), sum)
    }
  }
}
