/**
 * sRGB (IEC 61966-2-1) to CIELAB (CIE 15) under D65, and back.
 *
 * White is the sum of the matrix's rows, so every neutral sRGB colour has a* = b* = 0.
 */

/** L* 0 to 100; a* and b* within about -110 to 110 for sRGB colours. */
export type Lab = readonly [lightness: number, a: number, b: number];

const WHITE_X = 0.4124 + 0.3576 + 0.1805;
const WHITE_Z = 0.0193 + 0.1192 + 0.9505;
/** CIE 15: the cube root is replaced by a line below (6/29)^3. */
const CUBE_ROOT_FROM = (6 / 29) ** 3;
const LINE_SLOPE = (29 / 6) ** 2 / 3;

function toLinear(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function fromLinear(value: number): number {
  const encoded = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.min(255, Math.max(0, Math.round(encoded * 255)));
}

function compress(t: number): number {
  return t > CUBE_ROOT_FROM ? Math.cbrt(t) : LINE_SLOPE * t + 4 / 29;
}

function expand(f: number): number {
  return f > 6 / 29 ? f ** 3 : (f - 4 / 29) / LINE_SLOPE;
}

/** Channels 0 to 255, whole or not. */
export function labOf(red: number, green: number, blue: number): Lab {
  const r = toLinear(red);
  const g = toLinear(green);
  const b = toLinear(blue);
  const x = compress((0.4124 * r + 0.3576 * g + 0.1805 * b) / WHITE_X);
  const y = compress(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = compress((0.0193 * r + 0.1192 * g + 0.9505 * b) / WHITE_Z);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** `#rrggbb` of the nearest sRGB colour; channels outside the gamut are clipped. */
export function hexOf([lightness, a, b]: Lab): string {
  const fy = (lightness + 16) / 116;
  const x = expand(fy + a / 500) * WHITE_X;
  const y = expand(fy);
  const z = expand(fy - b / 200) * WHITE_Z;
  const channels = [
    3.2406 * x - 1.5372 * y - 0.4986 * z,
    -0.9689 * x + 1.8758 * y + 0.0415 * z,
    0.0557 * x - 0.204 * y + 1.057 * z,
  ];
  return `#${channels.map((value) => fromLinear(value).toString(16).padStart(2, '0')).join('')}`;
}

/** sRGB to linear light for every byte; pixels are rounded to bytes before they are looked up. */
const LINEAR = Float64Array.from({ length: 256 }, (_, byte) => toLinear(byte));

/**
 * The colours converted last, as 0xrrggbb, and their L*, a*, b*, each at the place its hash points to: half the pixels
 * of a shop photo have a colour that another has had, and a conversion takes three cube roots.
 */
const CACHE_BITS = 12;
const cachedColours = new Int32Array(1 << CACHE_BITS).fill(-1);
const cachedLab = new Float32Array(3 << CACHE_BITS);
/** 2^32 over the golden ratio: multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4). */
const GOLDEN = 0x9e3779b1;

/**
 * RGB, 0 to 255, interleaved -> L*, a*, b* interleaved, same number of values. Where there is a weight a pixel, those
 * without stay 0.
 */
export function labPixels(rgb: Float32Array | Uint8Array, weights?: Float32Array): Float32Array {
  const out = new Float32Array(rgb.length);
  for (let at = 0, pixel = 0; at + 2 < rgb.length; at += 3, pixel += 1) {
    if (weights !== undefined && weights[pixel] === 0) continue;
    const red = Math.round(rgb[at] ?? 0);
    const green = Math.round(rgb[at + 1] ?? 0);
    const blue = Math.round(rgb[at + 2] ?? 0);
    const colour = (red << 16) | (green << 8) | blue;
    const place = Math.imul(colour, GOLDEN) >>> (32 - CACHE_BITS);
    if (cachedColours[place] !== colour) {
      convert(LINEAR[red] ?? 0, LINEAR[green] ?? 0, LINEAR[blue] ?? 0, cachedLab, place * 3);
      cachedColours[place] = colour;
    }
    out[at] = cachedLab[place * 3] ?? 0;
    out[at + 1] = cachedLab[place * 3 + 1] ?? 0;
    out[at + 2] = cachedLab[place * 3 + 2] ?? 0;
  }
  return out;
}

/** Linear light, 0 to 1, to three numbers of `out` from `at` on. */
function convert(r: number, g: number, b: number, out: Float32Array, at: number): void {
  const x = compress((0.4124 * r + 0.3576 * g + 0.1805 * b) / WHITE_X);
  const y = compress(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = compress((0.0193 * r + 0.1192 * g + 0.9505 * b) / WHITE_Z);
  out[at] = 116 * y - 16;
  out[at + 1] = 500 * (x - y);
  out[at + 2] = 200 * (y - z);
}
