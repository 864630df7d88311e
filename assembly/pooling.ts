/**
 * The largest element, or the mean, of each window of an image. A window's taps that lie on the padding are left out of
 * its loops; where none does, four windows of a line are taken at a time.
 */
import { Geometry, geometry } from "./geometry"
import { strided } from "./strided"
import { runUnits, Units } from "./units"

@unmanaged
class Pooling extends Units {
  x: usize
  y: usize
}

const args = memory.data(32, 16)

/** The first of an axis' taps that lies on the image, for an output: `offset` is where tap 0 lies. */
@inline
export function fromTap(offset: i32, dilation: i32): i32 {
  return offset < 0 ? (dilation - 1 - offset) / dilation : 0
}

/** The first of an axis' taps that lies behind the image. */
@inline
export function toTap(offset: i32, dilation: i32, taps: i32, size: i32): i32 {
  return offset + (taps - 1) * dilation < size ? taps : max(0, (size - offset + dilation - 1) / dilation)
}

/** Where x is to be taken for the largest so far: not among equals, and a NaN before any number. */
@inline
export function isLarger(x: v128, best: v128): v128 {
  return v128.or(f32x4.gt(x, best), f32x4.ne(x, x))
}

/** MAX is a constant where it is inlined. */
@inline
function pool(MAX: bool, at: usize, number: i32): void {
  const p = changetype<Pooling>(at)
  const g = changetype<Geometry>(geometry)
  const width = <usize>g.width << 2
  const right = <usize>g.dilationX << 2
  const stride = <usize>g.strideX << 2
  const taps = g.kernelWidth
  const count = <f32>(g.kernelHeight * taps)
  const counts = f32x4.splat(count)
  const lowest = f32x4.splat(-Infinity)
  const zero = f32x4.splat(0)
  const x = p.x + <usize>number * <usize>(g.height * g.width) * 4
  let y = p.y + <usize>number * <usize>g.places * 4
  for (let i = 0; i < g.outHeight; i++) {
    const top = i * g.strideY - g.paddingY
    const fromY = fromTap(top, g.dilationY)
    const toY = toTap(top, g.dilationY, g.kernelHeight, g.height)
    for (let j = 0; j < g.outWidth; ) {
      const left = j * g.strideX - g.paddingX
      const last = left + 3 * g.strideX + (taps - 1) * g.dilationX
      if (left >= 0 && last < g.width && j + 4 <= g.outWidth) {
        let sum = MAX ? lowest : zero
        for (let ty = fromY; ty < toY; ty++) {
          let from = x + <usize>(top + ty * g.dilationY) * width + (<usize>left << 2)
          for (let tx = 0; tx < taps; tx++, from += right) {
            const value = strided(from, stride)
            sum = MAX ? v128.bitselect(value, sum, isLarger(value, sum)) : f32x4.add(sum, value)
          }
        }
        v128.store(y, MAX ? sum : f32x4.div(sum, counts))
        y += 16
        j += 4
      } else {
        const fromX = fromTap(left, g.dilationX)
        const toX = toTap(left, g.dilationX, taps, g.width)
        let sum: f32 = MAX ? -Infinity : 0
        for (let ty = fromY; ty < toY; ty++) {
          const line = x + <usize>(top + ty * g.dilationY) * width
          for (let tx = fromX; tx < toX; tx++) {
            const value = load<f32>(line + (<usize>(left + tx * g.dilationX) << 2))
            if (MAX) sum = value > sum || value != value ? value : sum
            else sum += value
          }
        }
        store<f32>(y, MAX ? sum : sum / count)
        y += 4
        j++
      }
    }
  }
}

function maxUnit(at: usize, number: i32, tmp: usize): void {
  pool(true, at, number)
}

function averageUnit(at: usize, number: i32, tmp: usize): void {
  pool(false, at, number)
}

@inline
function run(f: i32, x: usize, y: usize): void {
  const p = changetype<Pooling>(args)
  p.x = x
  p.y = y
  runUnits(f, args, 0, 0)
}

/** y [rows][channels][outHeight][outWidth]. */
export function maxPool(x: usize, y: usize): void {
  run(maxUnit.index, x, y)
}

export function averagePool(x: usize, y: usize): void {
  run(averageUnit.index, x, y)
}
