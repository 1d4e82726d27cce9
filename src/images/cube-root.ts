/**
 * The cube root of FreeBSD's msun (s_cbrt.c, after W. Kahan), for normal positive numbers: within 0.667 units of the
 * last place, and the same on every machine, which `Math.cbrt` does not promise.
 */

/** The exponent of an estimate: a third of the number's, in the upper half of a double. */
export const EXPONENT_BIAS = 715_094_163;
/** 1 / cbrt(x) from the estimate cubed over x, to 23 bits. */
export const POLYNOMIAL = [
  1.87595182427177009643, -1.88497979543377169875, 1.62142972010535446614, -0.758397934778766047437,
  0.145996192886612446982,
] as const;

const root = new Float64Array(1);
/** The lower and the upper half of `root`. */
const halves = new Uint32Array(root.buffer);

export function cubeRoot(x: number): number {
  root[0] = x;
  halves[0] = 0;
  halves[1] = Math.floor((halves[1] ?? 0) / 3) + EXPONENT_BIAS;
  const [p0, p1, p2, p3, p4] = POLYNOMIAL;
  const estimate = root[0];
  const ratio = estimate * estimate * (estimate / x);
  root[0] = estimate * (p0 + ratio * (p1 + ratio * p2) + ratio * ratio * ratio * (p3 + ratio * p4));
  // Rounded to 23 bits, so that its square is exact.
  const [low = 0, high = 0] = halves;
  if (low >= 0x80000000) halves[1] = high + 1;
  halves[0] = (low + 0x80000000) & 0xc0000000;
  const short = root[0];
  const quotient = x / (short * short);
  return short + short * ((quotient - short) / (short + short + quotient));
}
