/** Four elements of a line, a stride of bytes apart; nothing behind the last is read. */
@inline
export function strided(at: usize, stride: usize): v128 {
  if (stride == 4) return v128.load(at)
  if (stride == 8) return v128.shuffle<f32>(v128.load(at), v128.load(at, 12), 0, 2, 5, 7)
  let x = v128.load32_zero(at)
  x = v128.load_lane<f32>(at + stride, x, 1)
  x = v128.load_lane<f32>(at + 2 * stride, x, 2)
  return v128.load_lane<f32>(at + 3 * stride, x, 3)
}
