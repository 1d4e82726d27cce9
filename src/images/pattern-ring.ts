/**
 * What the ring around each pixel says: which of its points are no darker than the pixel, and how much they vary
 * (Ojala, Pietikainen and Maenpaa 2002, equations 1 to 10). Points between pixels are interpolated linearly.
 */
import type { Raster } from './raster.js';

export const POINTS = 8;
/** Neighbours this little darker than the centre count as equal: interpolation must not turn flat into noise. */
export const TOLERANCE = 0.01;

/** Of the pixels whose ring lies inside the picture, row by row. */
export interface Rings {
  /** From one row to the next; at least the pixels of a row. */
  readonly stride: number;
  /** Bit 0 is the point on the right; anticlockwise. */
  readonly bits: Uint8Array;
  /** Of the eight points, in squared grey levels. */
  readonly variances: Float64Array;
}

/** Valid until the next call. The picture is wider and higher than twice the radius. */
export type RingReader = (grey: Raster, radius: number) => Rings;

/** One of the four pixels around a point, from the ring's centre, and its weight in single precision. */
export interface Corner {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** [points, 4]; of the corners of a point that lies on a pixel only the first has weight. */
export function cornersOf(radius: number): readonly Corner[] {
  return Array.from({ length: POINTS * 4 }, (_, index) => {
    const [point, corner] = [index >> 2, index & 3];
    const angle = (2 * Math.PI * point) / POINTS;
    // Rounding keeps a point on the grid on the grid, where the sine misses it by 1e-16.
    const x = Math.round(radius * Math.cos(angle) * 1e9) / 1e9;
    const y = Math.round(-radius * Math.sin(angle) * 1e9) / 1e9;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [onX, onY] = [corner & 1, corner >> 1];
    const weight = (onX === 1 ? x - left : 1 - x + left) * (onY === 1 ? y - top : 1 - y + top);
    return { x: left + onX, y: top + onY, weight: Math.fround(weight) };
  });
}

/** Without vector units. */
export function plainRings({ data, width, height }: Raster, radius: number): Rings {
  const corners = cornersOf(radius);
  const weights = Float64Array.from(corners, ({ weight }) => weight);
  // A corner without weight may lie outside the picture; the pixel itself is read instead.
  const offsets = Int32Array.from(corners, ({ x, y, weight }) => (weight === 0 ? 0 : y * width + x));
  const stride = width - 2 * radius;
  const bits = new Uint8Array(stride * (height - 2 * radius));
  const variances = new Float64Array(bits.length);
  for (let to = 0; to < bits.length; to += 1) {
    const pixel = (Math.floor(to / stride) + radius) * width + (to % stride) + radius;
    const centre = data[pixel] ?? 0;
    let sum = 0;
    let squares = 0;
    for (let point = 0, at = 0; point < POINTS; point += 1) {
      let value = 0;
      for (const end = at + 4; at < end; at += 1) {
        value += (weights[at] ?? 0) * (data[pixel + (offsets[at] ?? 0)] ?? 0);
      }
      const difference = value - centre;
      if (difference >= -TOLERANCE) bits[to] = (bits[to] ?? 0) | (1 << point);
      sum += difference;
      squares += difference * difference;
    }
    variances[to] = squares / POINTS - (sum / POINTS) ** 2;
  }
  return { stride, bits, variances };
}
