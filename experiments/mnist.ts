// The handwritten digits from their own files, as rows of pixels in [0, 1], pooled to a smaller picture if wanted.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { Table, Tensor } from "effect-bayes"

/** images [rows, side * side], labels [rows, 1]. */
export interface Digits {
  readonly images: Tensor.Tensor
  readonly labels: Tensor.Tensor
}

const read = (folder: string, file: string): Table.NdArray => {
  const path = join(folder, file)
  if (existsSync(path)) return Table.parseIdx(path, gunzipSync(readFileSync(path)))
  throw new Error(`no file ${path}: --data names the folder that holds mnist/${file}`)
}

/** The first rows of the training set. `pool` is the side of the squares whose mean becomes one pixel. */
export const readDigits = (data: string, { rows, pool }: { readonly rows: number; readonly pool: number }): Digits => {
  const folder = join(data, "mnist")
  const [images, labels] = [read(folder, "train-images-idx3-ubyte.gz"), read(folder, "train-labels-idx1-ubyte.gz")]
  const [count = 0, height = 0, width = 0] = images.shape
  if (rows > count || rows > labels.shape[0]! || height % pool !== 0 || width % pool !== 0) {
    throw new Error(`${folder}: ${count} images of ${height} x ${width} give no ${rows} pooled by ${pool}`)
  }
  const [down, across] = [height / pool, width / pool]
  const pixels = new Float64Array(rows * down * across)
  for (let i = 0; i < rows * height * width; i++) {
    const [row, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width]
    const into = (row * down + Math.floor(y / pool)) * across + Math.floor(x / pool)
    pixels[into]! += images.at(i) / (255 * pool * pool)
  }
  return {
    images: Tensor.from(pixels, { shape: [rows, down * across], dtype: "float32" }),
    labels: Tensor.from(
      Array.from({ length: rows }, (_, i) => labels.at(i)),
      { shape: [rows, 1], dtype: "float32" }
    )
  }
}
