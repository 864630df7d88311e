/** The pullbacks of the poolings: each window's dy to the first of its largest elements, or to all in equal parts. */
import { clear, Geometry, geometry } from "./geometry"
import { fromTap, isLarger, toTap } from "./pooling"
import { strided } from "./strided"
import { runUnits, Units } from "./units"

@unmanaged
class PoolingVjp extends Units {
  x: usize
  dy: usize
  dx: usize
}

const args = memory.data(32, 16)

@inline
function add(to: usize, value: f32): void {
  store<f32>(to, load<f32>(to) + value)
}

/** One image, in the order of windows; a window's sum goes on from those before it. */
function maxUnit(at: usize, number: i32, tmp: usize): void {
  const p = changetype<PoolingVjp>(at)
  const g = changetype<Geometry>(geometry)
  const width = <usize>g.width << 2
  const down = <usize>g.dilationY * width
  const right = <usize>g.dilationX << 2
  const stride = <usize>g.strideX << 2
  const area = <usize>(g.height * g.width) << 2
  const x = p.x + <usize>number * area
  const dx = p.dx + <usize>number * area
  let dy = p.dy + (<usize>number * <usize>g.places << 2)
  const lanes = i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(<i32>stride))
  clear(dx, area)
  for (let i = 0; i < g.outHeight; i++) {
    const top = i * g.strideY - g.paddingY
    const fromY = fromTap(top, g.dilationY)
    const toY = toTap(top, g.dilationY, g.kernelHeight, g.height)
    if (fromY >= toY) {
      dy += <usize>g.outWidth << 2
      continue
    }
    const line = <usize>(top + fromY * g.dilationY) * width
    for (let j = 0; j < g.outWidth; ) {
      const left = j * g.strideX - g.paddingX
      const last = left + 3 * g.strideX + (g.kernelWidth - 1) * g.dilationX
      if (left >= 0 && last < g.width && j + 4 <= g.outWidth) {
        let row = line + (<usize>left << 2)
        let best = f32x4.splat(-Infinity)
        let found = i32x4.add(i32x4.splat(<i32>row), lanes)
        for (let ty = fromY; ty < toY; ty++, row += down) {
          let from = row
          for (let tx = 0; tx < g.kernelWidth; tx++, from += right) {
            const value = strided(x + from, stride)
            const better = isLarger(value, best)
            best = v128.bitselect(value, best, better)
            found = v128.bitselect(i32x4.add(i32x4.splat(<i32>from), lanes), found, better)
          }
        }
        add(dx + <usize>i32x4.extract_lane(found, 0), load<f32>(dy))
        add(dx + <usize>i32x4.extract_lane(found, 1), load<f32>(dy, 4))
        add(dx + <usize>i32x4.extract_lane(found, 2), load<f32>(dy, 8))
        add(dx + <usize>i32x4.extract_lane(found, 3), load<f32>(dy, 12))
        dy += 16
        j += 4
      } else {
        const fromX = fromTap(left, g.dilationX)
        const toX = toTap(left, g.dilationX, g.kernelWidth, g.width)
        let row = line + (<usize>(left + fromX * g.dilationX) << 2)
        let best: f32 = -Infinity
        let found = row
        for (let ty = fromY; ty < toY; ty++, row += down) {
          let from = row
          for (let tx = fromX; tx < toX; tx++, from += right) {
            const value = load<f32>(x + from)
            if (value > best || value != value) {
              best = value
              found = from
            }
          }
        }
        if (fromX < toX) add(dx + found, load<f32>(dy))
        dy += 4
        j++
      }
    }
  }
}

/** The same with each window's dy in equal parts. */
function averageUnit(at: usize, number: i32, tmp: usize): void {
  const p = changetype<PoolingVjp>(at)
  const g = changetype<Geometry>(geometry)
  const width = <usize>g.width << 2
  const down = <usize>g.dilationY * width
  const right = <usize>g.dilationX << 2
  const area = <usize>(g.height * g.width) << 2
  const count = <f32>(g.kernelHeight * g.kernelWidth)
  const dx = p.dx + <usize>number * area
  let dy = p.dy + (<usize>number * <usize>g.places << 2)
  clear(dx, area)
  for (let i = 0; i < g.outHeight; i++) {
    const top = i * g.strideY - g.paddingY
    const fromY = fromTap(top, g.dilationY)
    const toY = toTap(top, g.dilationY, g.kernelHeight, g.height)
    const line = dx + <usize>(top + fromY * g.dilationY) * width
    for (let j = 0; j < g.outWidth; j++, dy += 4) {
      const left = j * g.strideX - g.paddingX
      const fromX = fromTap(left, g.dilationX)
      const toX = toTap(left, g.dilationX, g.kernelWidth, g.width)
      const part = load<f32>(dy) / count
      let row = line + (<usize>(left + fromX * g.dilationX) << 2)
      for (let ty = fromY; ty < toY; ty++, row += down) {
        let to = row
        for (let tx = fromX; tx < toX; tx++, to += right) add(to, part)
      }
    }
  }
}

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
