/**
 * How products cut their matrices: b [k][n] into panels of up to 8 columns side by side, [k][8] where they are packed, and
 * a into tiles of up to 5 rows, [k][5] where they are packed.
 *
 * The last panel of n >= 4 columns begins so far to the left that it ends with the matrix: some columns are computed
 * twice, to the same bits, and nothing outside of the matrix is read or written. It has 4 columns where that is enough.
 */

/** Bytes from one k to the next of a packed panel. */
export const PANEL_ROW: usize = 32

/** Panels that n columns are cut into. */
@inline
export function panelsOf(n: i32): i32 {
  return n > 4 && n < 8 ? 2 : (n + 7) >> 3
}

/** 4 or 8. */
@inline
export function panelColumns(n: i32, panel: i32): i32 {
  const left = n - (panel << 3)
  return n < 8 || left <= 4 ? 4 : 8
}

/** The first column of a panel. */
@inline
export function panelStart(n: i32, panel: i32): i32 {
  const columns = panelColumns(n, panel)
  return min(panel << 3, n - columns)
}

/** Bytes that the panels of a k x n matrix take. */
export function panelBytes(n: i32, k: i32): usize {
  return <usize>panelsOf(n) * <usize>k * PANEL_ROW
}

/** Most rows of a tile. */
export const ROWS: i32 = 5
/** Bytes from one k to the next of a tile's rows that are packed. */
export const TILE_ROW: usize = 20

/** Tiles of 3 to 5 rows that m >= 5 rows are cut into; below that there is one. */
@inline
export function tilesOf(m: i32): i32 {
  return (m + ROWS - 1) / ROWS
}

/** The first row of a tile. */
@inline
export function tileStart(m: i32, tile: i32): i32 {
  const tiles = tilesOf(m)
  return tile * (m / tiles) + min(tile, m % tiles)
}

/** The number of rows of one of m's tiles. */
@inline
export function tileRows(m: i32, tiles: i32, tile: i32): i32 {
  return m / tiles + i32(tile < m % tiles)
}

/** Bytes that the tiles of m rows take when they are packed. */
export function tileBytes(m: i32, k: i32): usize {
  return <usize>tilesOf(m) * <usize>k * TILE_ROW
}
