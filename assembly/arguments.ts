/** What a product c [m][n] = start + a [m][k] b [k][n] is of; strides are in bytes. */
@unmanaged
export class Product {
  a: usize
  /** Bytes from one tile of rows to the next, or 0 where a is the matrix itself. */
  aTile: usize
  aRow: usize
  aK: usize
  b: usize
  /** Bytes from one panel to the next, or 0 where b is the matrix itself. */
  bPanel: usize
  bK: usize
  c: usize
  /** Bytes from one row to the next: of c, or, where c is stored as its transpose, of that. */
  cRow: usize
  /** Where a block may put a tile before it is stored as its transpose, or 0 where c is stored as it is. */
  turned: usize
  m: i32
  n: i32
  k: i32
  start: i32
  /** Where that is, or 0. */
  from: usize
  panelsInBlock: i32
  tilesInBlock: i32
  /** Where sums have few terms. */
  rowsInBlock: i32
  /** Whether two panels are taken at a time where a tile has 5 rows. */
  pairs: bool
}

/** Where b has the columns of a panel, the first of which is so many bytes from column 0. */
@inline
export function panelAt(p: Product, panel: i32, column: usize): usize {
  return p.bPanel ? p.b + <usize>panel * p.bPanel : p.b + column
}
