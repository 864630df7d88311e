/**
 * Normals of words by Box and Muller (1958), in place: a radius sqrt(-2 log u) and an angle for each pair.
 *
 * u = (f32(a) + 1/2) 2^-32 is in (0, 1], so the logarithm needs no special case: u = 2^k (1 + f) with 1 + f from sqrt(1/2)
 * to sqrt(2), and log(1 + f) = f - f^2/2 + f^3 P(f), where k = 0 near u = 1 keeps a small radius exact. The angle is pi y
 * with y = f32(b as signed) 2^-32 in [-1/2, 1/2], and cos(pi y) = sin(pi (1/2 - |y|)), where 1/2 - |y| is exact near the
 * cosine's zero: one polynomial serves both. P and the sine's are minimax; each errs by less than 0.15 units of the last place.
 */

const TABLE: usize = memory.data<f32>([
  // 0: -2 ln 2 in two parts, the first of 10 bits, so that its products are exact
  -1.38671875, 0.0004243888520,
  // 2: P, highest first
  -0.07632679, 0.127573, -0.1315876, 0.1420228, -0.1662358, 0.20001216, -0.25000814, 0.3333333,
  // 10: sin(pi y) / y - 3.1415927 in y^2, highest first, and that number
  0.07813027, -0.5985535, 2.5501237, -5.1677127, -8.750878e-8, 3.14159274,
  // 16: others
  65536, 0.5, 1, 2.3283064365386963e-10
])

@inline
function constant(i: i32): v128 {
  return v128.load32_splat(TABLE + (<usize>i << 2))
}

@inline
function horner(sum: v128, x: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(sum, x), c)
}

/** f32(a) + 1/2, for unsigned a: both halves are exact, so their sum is rounded once. */
@inline
function centred(a: v128, scale: v128, half: v128): v128 {
  const upper = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(a, 16)), scale)
  return f32x4.add(f32x4.add(upper, f32x4.convert_i32x4_s(v128.and(a, i32x4.splat(0xffff)))), half)
}

/** Makes n words (of each four counters the first words, then the second) into n normals; n is a multiple of 16. */
export function normals(out: usize, n: i32): void {
  const l0 = constant(0), l1 = constant(1)
  const p0 = constant(2), p1 = constant(3), p2 = constant(4), p3 = constant(5)
  const p4 = constant(6), p5 = constant(7), p6 = constant(8), p7 = constant(9)
  const s0 = constant(10), s1 = constant(11), s2 = constant(12), s3 = constant(13), s4 = constant(14), s5 = constant(15)
  const scale = constant(16), half = constant(17), one = constant(18), tiny = constant(19)
  const root = i32x4.splat(0x3f3504f3) // sqrt(1/2)
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 64) {
    const x0 = centred(v128.load(out + i), scale, half)
    const x1 = centred(v128.load(out + i, 32), scale, half)
    const k0 = i32x4.shr_s(i32x4.sub(x0, root), 23)
    const k1 = i32x4.shr_s(i32x4.sub(x1, root), 23)
    const f0 = f32x4.sub(i32x4.sub(x0, i32x4.shl(k0, 23)), one)
    const f1 = f32x4.sub(i32x4.sub(x1, i32x4.shl(k1, 23)), one)
    const e0 = f32x4.convert_i32x4_s(i32x4.sub(k0, i32x4.splat(32)))
    const e1 = f32x4.convert_i32x4_s(i32x4.sub(k1, i32x4.splat(32)))
    let q0 = horner(p0, f0, p1)
    let q1 = horner(p0, f1, p1)
    q0 = horner(q0, f0, p2)
    q1 = horner(q1, f1, p2)
    q0 = horner(q0, f0, p3)
    q1 = horner(q1, f1, p3)
    q0 = horner(q0, f0, p4)
    q1 = horner(q1, f1, p4)
    q0 = horner(q0, f0, p5)
    q1 = horner(q1, f1, p5)
    q0 = horner(q0, f0, p6)
    q1 = horner(q1, f1, p6)
    q0 = horner(q0, f0, p7)
    q1 = horner(q1, f1, p7)
    const g0 = f32x4.mul(f0, f0)
    const g1 = f32x4.mul(f1, f1)
    // -2 log(1 + f) = -2 f + f^2 (1 - 2 f P)
    q0 = f32x4.mul(g0, f32x4.sub(one, f32x4.mul(f32x4.add(f0, f0), q0)))
    q1 = f32x4.mul(g1, f32x4.sub(one, f32x4.mul(f32x4.add(f1, f1), q1)))
    q0 = f32x4.add(q0, f32x4.mul(e0, l1))
    q1 = f32x4.add(q1, f32x4.mul(e1, l1))
    q0 = f32x4.sub(q0, f32x4.add(f0, f0))
    q1 = f32x4.sub(q1, f32x4.add(f1, f1))
    const r0 = f32x4.sqrt(f32x4.add(q0, f32x4.mul(e0, l0)))
    const r1 = f32x4.sqrt(f32x4.add(q1, f32x4.mul(e1, l0)))

    const b0 = v128.load(out + i, 16)
    const b1 = v128.load(out + i, 48)
    const y0 = f32x4.mul(f32x4.convert_i32x4_s(b0), tiny)
    const y1 = f32x4.mul(f32x4.convert_i32x4_s(b1), tiny)
    const w0 = f32x4.sub(half, f32x4.abs(y0))
    const w1 = f32x4.sub(half, f32x4.abs(y1))
    const y02 = f32x4.mul(y0, y0)
    const y12 = f32x4.mul(y1, y1)
    const w02 = f32x4.mul(w0, w0)
    const w12 = f32x4.mul(w1, w1)
    let t0 = horner(s0, y02, s1)
    let t1 = horner(s0, y12, s1)
    let u0 = horner(s0, w02, s1)
    let u1 = horner(s0, w12, s1)
    t0 = horner(t0, y02, s2)
    t1 = horner(t1, y12, s2)
    u0 = horner(u0, w02, s2)
    u1 = horner(u1, w12, s2)
    t0 = horner(t0, y02, s3)
    t1 = horner(t1, y12, s3)
    u0 = horner(u0, w02, s3)
    u1 = horner(u1, w12, s3)
    t0 = horner(t0, y02, s4)
    t1 = horner(t1, y12, s4)
    u0 = horner(u0, w02, s4)
    u1 = horner(u1, w12, s4)
    t0 = f32x4.mul(r0, f32x4.add(f32x4.mul(y0, s5), f32x4.mul(y0, t0)))
    t1 = f32x4.mul(r1, f32x4.add(f32x4.mul(y1, s5), f32x4.mul(y1, t1)))
    u0 = f32x4.mul(r0, f32x4.add(f32x4.mul(w0, s5), f32x4.mul(w0, u0)))
    u1 = f32x4.mul(r1, f32x4.add(f32x4.mul(w1, s5), f32x4.mul(w1, u1)))
    u0 = v128.xor(u0, i32x4.shl(b0, 31))
    u1 = v128.xor(u1, i32x4.shl(b1, 31))
    v128.store(out + i, i32x4.shuffle(u0, t0, 0, 4, 1, 5))
    v128.store(out + i, i32x4.shuffle(u0, t0, 2, 6, 3, 7), 16)
    v128.store(out + i, i32x4.shuffle(u1, t1, 0, 4, 1, 5), 32)
    v128.store(out + i, i32x4.shuffle(u1, t1, 2, 6, 3, 7), 48)
  }
}
