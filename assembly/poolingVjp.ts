/** The pullbacks of the poolings: each window's dy to the first of its largest elements, or to all in equal parts. */
import { Geometry, geometry } from "./geometry"
import { fromTap, toTap } from "./pooling"
import { runUnits, Units } from "./units"

@unmanaged
class PoolingVjp extends Units {
  x: usize
  dy: usize
  dx: usize
}

const args = memory.data(32, 16)

/** MAX is a constant where it is inlined. A window's sums are added in the order of windows. */
// @ts-ignore: decorator
@inline
function pullback(MAX: bool, at: usize, number: i32): void {
  const p = changetype<PoolingVjp>(at)
  const g = changetype<Geometry>(geometry)
  const width = <usize>g.width << 2
  const down = <usize>g.dilationY * width
  const right = <usize>g.dilationX << 2
  const area = <usize>(g.height * g.width) << 2
  const count = <f32>(g.kernelHeight * g.kernelWidth)
  const x = p.x + <usize>number * area
  const dx = p.dx + <usize>number * area
  let dy = p.dy + (<usize>number * <usize>g.places << 2)
  for (let i: usize = 0; i < area; i += 4) store<f32>(dx + i, 0)
  for (let i = 0; i < g.outHeight; i++) {
    const top = i * g.strideY - g.paddingY
    const fromY = fromTap(top, g.dilationY)
    const toY = toTap(top, g.dilationY, g.kernelHeight, g.height)
    const line = <usize>(top + fromY * g.dilationY) * width
    for (let j = 0; j < g.outWidth; j++, dy += 4) {
      const left = j * g.strideX - g.paddingX
      const fromX = fromTap(left, g.dilationX)
      const toX = toTap(left, g.dilationX, g.kernelWidth, g.width)
      const first = line + (<usize>(left + fromX * g.dilationX) << 2)
      let row = first
      if (MAX) {
        if (fromY >= toY || fromX >= toX) continue
        let best = load<f32>(x + first)
        let found = first
        for (let ty = fromY; ty < toY; ty++, row += down) {
          let from = row
          for (let tx = fromX; tx < toX; tx++, from += right) {
            const value = load<f32>(x + from)
            const better = value > best || value != value
            best = better ? value : best
            found = better ? from : found
          }
        }
        store<f32>(dx + found, load<f32>(dx + found) + load<f32>(dy))
      } else {
        const part = load<f32>(dy) / count
        for (let ty = fromY; ty < toY; ty++, row += down) {
          let to = dx + row
          for (let tx = fromX; tx < toX; tx++, to += right) store<f32>(to, load<f32>(to) + part)
        }
      }
    }
  }
}

function maxUnit(at: usize, number: i32, tmp: usize): void {
  pullback(true, at, number)
}

function averageUnit(at: usize, number: i32, tmp: usize): void {
  pullback(false, at, number)
}

// @ts-ignore: decorator
@inline
function run(f: i32, x: usize, dy: usize, dx: usize): void {
  const p = changetype<PoolingVjp>(args)
  p.x = x
  p.dy = dy
  p.dx = dx
  runUnits(f, args, 0, 0)
}

/** dx [rows][channels][height][width]. */
export function maxPoolVjp(x: usize, dy: usize, dx: usize): void {
  run(maxUnit.index, x, dy, dx)
}

export function averagePoolVjp(dy: usize, dx: usize): void {
  run(averageUnit.index, 0, dy, dx)
}
