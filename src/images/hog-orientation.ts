/** Where a gradient's unsigned orientation lies between HOG's bins, by an arctangent that vector units can compute. */
import { BINS } from './hog-geometry.js';

/** Arctangent on 0 to 1, error below 1e-5 (Abramowitz and Stegun 1964, 4.4.49), scaled from radians to bins. */
export const ARCTANGENT = [0.999866, -0.3302995, 0.180141, -0.085133, 0.0208351].map((coefficient) =>
  Math.fround((coefficient * BINS) / Math.PI),
) as [number, number, number, number, number];
export const RIGHT_ANGLE = BINS / 2;

const [C1, C3, C5, C7, C9] = ARCTANGENT;

/**
 * Bin centres are at (i + 0.5) * 20 degrees: -0.5 to 8.5. In single precision; the gradient must not be zero.
 */
export function binPlace(dx: number, dy: number): number {
  const ax = Math.abs(dx);
  const ay = Math.abs(dy);
  const steep = ay > ax;
  const slope = Math.fround(steep ? ax / ay : ay / ax);
  const s = Math.fround(slope * slope);
  let sum = Math.fround(C7 + Math.fround(s * C9));
  sum = Math.fround(C5 + Math.fround(s * sum));
  sum = Math.fround(C3 + Math.fround(s * sum));
  sum = Math.fround(C1 + Math.fround(s * sum));
  const arc = Math.fround(slope * sum);
  const acute = steep ? Math.fround(RIGHT_ANGLE - arc) : arc;
  // Of opposite signs, the orientation lies beyond the right angle.
  const turned = dx < 0 !== dy < 0 && dy !== 0 ? Math.fround(BINS - acute) : acute;
  return Math.fround(turned - 0.5);
}
