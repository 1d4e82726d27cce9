/**
 * Multi-scale structural similarity of two pictures (Wang, Simoncelli and Bovik 2003, equation 7): the contrast and
 * structure terms at each scale, the luminance term at the coarsest. Small pictures have room for three of the five
 * scales; the exponents of these are brought to a sum of 1. Windows are Gaussian, 11 x 11 with deviation 1.5, inside the
 * picture only, on the grey values (SSIM: Wang et al. 2004, section III.C).
 */
const EXPONENTS = [0.0448, 0.2856, 0.3001] as const;
const WINDOW = 11;
const DEVIATION = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

const KERNEL = gaussian();

/** `one` and `other`: uint8, side x side x 3, side at least 44. 1 for two pictures that are the same, about 0 for strangers. */
export function structuralSimilarity(one: Uint8Array, other: Uint8Array, side: number): number {
  let [a, b] = [grey(one), grey(other)];
  let length = side;
  let product = 1;
  const total = EXPONENTS.reduce<number>((sum, exponent) => sum + exponent, 0);
  for (const [scale, exponent] of EXPONENTS.entries()) {
    const { luminance, structure } = terms(a, b, length);
    const isLast = scale === EXPONENTS.length - 1;
    // A negative mean has no real power; such pictures are as unlike as can be.
    product *= Math.max(0, structure * (isLast ? luminance : 1)) ** (exponent / total);
    if (isLast) break;
    [a, b] = [halved(a, length), halved(b, length)];
    length = Math.floor(length / 2);
  }
  return product;
}

/** Means over all windows. */
function terms(
  a: Float64Array,
  b: Float64Array,
  side: number,
): { readonly luminance: number; readonly structure: number } {
  const blurred = (values: Float64Array): Float64Array => filtered(values, side);
  const times = (x: Float64Array, y: Float64Array): Float64Array =>
    x.map((value, at) => value * (y[at] ?? 0));
  const [meanA, meanB] = [blurred(a), blurred(b)];
  const [squareA, squareB, product] = [blurred(times(a, a)), blurred(times(b, b)), blurred(times(a, b))];
  let [luminance, structure] = [0, 0];
  for (let at = 0; at < meanA.length; at += 1) {
    const [muA, muB] = [meanA[at] ?? 0, meanB[at] ?? 0];
    const variances = (squareA[at] ?? 0) - muA ** 2 + (squareB[at] ?? 0) - muB ** 2;
    const covariance = (product[at] ?? 0) - muA * muB;
    luminance += (2 * muA * muB + C1) / (muA ** 2 + muB ** 2 + C1);
    structure += (2 * covariance + C2) / (variances + C2);
  }
  return { luminance: luminance / meanA.length, structure: structure / meanA.length };
}

/** By rows, then by columns; the sides lose ten. */
function filtered(values: Float64Array, side: number): Float64Array {
  const inner = side - WINDOW + 1;
  const rows = new Float64Array(side * inner);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < inner; x += 1) {
      let sum = 0;
      for (let tap = 0; tap < WINDOW; tap += 1) sum += (KERNEL[tap] ?? 0) * (values[y * side + x + tap] ?? 0);
      rows[y * inner + x] = sum;
    }
  }
  const result = new Float64Array(inner * inner);
  for (let y = 0; y < inner; y += 1) {
    for (let x = 0; x < inner; x += 1) {
      let sum = 0;
      for (let tap = 0; tap < WINDOW; tap += 1)
        sum += (KERNEL[tap] ?? 0) * (rows[(y + tap) * inner + x] ?? 0);
      result[y * inner + x] = sum;
    }
  }
  return result;
}

function gaussian(): readonly number[] {
  const middle = (WINDOW - 1) / 2;
  const values = Array.from({ length: WINDOW }, (_, at) =>
    Math.exp(-((at - middle) ** 2) / (2 * DEVIATION ** 2)),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Rec. 601 luma. */
function grey(pixels: Uint8Array): Float64Array {
  const value = (at: number): number => pixels[at] ?? 0;
  return Float64Array.from(
    { length: pixels.length / 3 },
    (_, at) => 0.299 * value(3 * at) + 0.587 * value(3 * at + 1) + 0.114 * value(3 * at + 2),
  );
}

/** Means of 2 x 2. */
function halved(values: Float64Array, side: number): Float64Array {
  const half = Math.floor(side / 2);
  return Float64Array.from({ length: half * half }, (_, at) => {
    const corner = Math.floor(at / half) * 2 * side + (at % half) * 2;
    const [one = 0, two = 0] = values.subarray(corner, corner + 2);
    const [three = 0, four = 0] = values.subarray(corner + side, corner + side + 2);
    return (one + two + three + four) / 4;
  });
}
