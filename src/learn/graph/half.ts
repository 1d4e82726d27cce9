/** Numbers in half precision (IEEE 754 binary16): the bits of the nearest one, ties to even. */

const LARGEST = 65_504;
const HIDDEN = 2 ** 10;
/** Of the smallest normal number. */
const LEAST_EXPONENT = -14;

/** Numbers too large for it become its largest. */
export function halfBits(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, halfOf);
}

function halfOf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x80_00 : 0;
  const size = Math.min(Math.abs(value), LARGEST);
  if (size === 0) return sign;
  const exponent = Math.max(Math.floor(Math.log2(size)), LEAST_EXPONENT);
  // Whole steps between numbers of this exponent; a carry into the exponent comes out right by itself.
  const steps = roundedToEven((size / 2 ** exponent) * HIDDEN);
  const isSubnormal = exponent === LEAST_EXPONENT && steps < HIDDEN;
  return sign + (isSubnormal ? steps : (exponent - LEAST_EXPONENT + 1) * HIDDEN + (steps - HIDDEN));
}

function roundedToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
