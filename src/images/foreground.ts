/**
 * A cheap estimate of what is sold and what is ground, from the picture's border.
 *
 * Shop pictures mostly stand before one plain ground, possibly shaded from one side to the other. A plane is fitted
 * to the border's colours; ground is what resembles the plane and is connected to the border, so that a white
 * collar inside a dark coat stays foreground. Where the border has no common colour, or nearly everything or
 * nothing is left, a window that favours the centre takes its place.
 */
import type { Box } from './raster.js';

export interface Foreground {
  /** One weight a pixel, 0 (ground) to 1. */
  readonly weights: Float32Array;
  /** False when the centre window took the place of an estimate. */
  readonly found: boolean;
  /** The smallest box around the weight, in pixels of the picture given; the whole picture when not found. */
  readonly box: Box;
}

/** Below the first colour distance (CIE 1976) a pixel is ground, above the second it is not. */
const GROUND_BELOW = 5;
const FOREGROUND_FROM = 13;
/** Share of the border that has to lie near the plane for the ground to count as uniform. */
const UNIFORM_SHARE = 0.6;
/** Shares of the picture between which an estimate is believed. */
const LEAST_SHARE = 0.04;
const MOST_SHARE = 0.97;
/** Share of the weight left outside the box on each side: stray pixels do not stretch it. */
const BOX_TAIL = 0.01;

/** Lab pixels [height, width, 3] -> weights [height, width]. */
export function estimateForeground(lab: Float32Array, width: number, height: number): Foreground {
  const border = borderPixels(width, height);
  const plane = fitGround(lab, width, height, border);
  if (plane !== null) {
    const weights = floodGround(distanceTo(plane, lab, width, height), width, height, border);
    const share = sumOf(weights) / weights.length;
    if (share >= LEAST_SHARE && share <= MOST_SHARE) {
      return { weights, found: true, box: boxOf(weights, width, height) };
    }
  }
  return { weights: centreWindow(width, height), found: false, box: { left: 0, top: 0, width, height } };
}

function sumOf(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0;
  return sum;
}

/** Indices of the outermost ring of pixels, each once. */
function borderPixels(width: number, height: number): number[] {
  const indices: number[] = [];
  for (let y = 0; y < height; y += 1) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) indices.push(y * width + x);
  }
  return indices;
}

/** For each channel: value at the centre, slope along x and along y over half the picture. */
type Plane = Float64Array;

/** Fits the plane to the border, twice without what lies far from it; null when too little of it agrees. */
function fitGround(
  lab: Float32Array,
  width: number,
  height: number,
  border: readonly number[],
): Plane | null {
  let plane: Plane = medianPlane(lab, border);
  let near: readonly number[] = [];
  for (const limit of [2 * FOREGROUND_FROM, FOREGROUND_FROM, FOREGROUND_FROM]) {
    const distanceOf = distanceTo(plane, lab, width, height);
    near = border.filter((pixel) => distanceOf(pixel) < limit);
    if (near.length < UNIFORM_SHARE * border.length) return null;
    plane = leastSquaresPlane(lab, width, height, near) ?? plane;
  }
  return plane;
}

function medianPlane(lab: Float32Array, pixels: readonly number[]): Plane {
  const plane = new Float64Array(9);
  const values = new Float32Array(pixels.length);
  for (let channel = 0; channel < 3; channel += 1) {
    for (let at = 0; at < values.length; at += 1) values[at] = lab[(pixels[at] ?? 0) * 3 + channel] ?? 0;
    values.sort();
    plane[channel * 3] = values[values.length >> 1] ?? 0;
  }
  return plane;
}

/** Position of a pixel centre, -1 to 1 across the picture. */
function across(index: number, length: number): number {
  return (2 * index + 1) / length - 1;
}

/** Normal equations of value = c + s x + t y, solved by Cramer's rule; null when the pixels lie on one line. */
function leastSquaresPlane(
  lab: Float32Array,
  width: number,
  height: number,
  pixels: readonly number[],
): Plane | null {
  const n = pixels.length;
  let [sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0];
  const sums = new Float64Array(9);
  for (const pixel of pixels) {
    const x = across(pixel % width, width);
    const y = across(Math.floor(pixel / width), height);
    sx += x;
    sy += y;
    sxx += x * x;
    sxy += x * y;
    syy += y * y;
    for (let channel = 0; channel < 3; channel += 1) {
      const value = lab[pixel * 3 + channel] ?? 0;
      sums[channel * 3] = (sums[channel * 3] ?? 0) + value;
      sums[channel * 3 + 1] = (sums[channel * 3 + 1] ?? 0) + value * x;
      sums[channel * 3 + 2] = (sums[channel * 3 + 2] ?? 0) + value * y;
    }
  }
  const determinant = n * (sxx * syy - sxy * sxy) - sx * (sx * syy - sxy * sy) + sy * (sx * sxy - sxx * sy);
  if (Math.abs(determinant) < 1e-6 * n ** 3) return null;
  const plane = new Float64Array(9);
  for (let channel = 0; channel < 9; channel += 3) {
    const [v = 0, vx = 0, vy = 0] = sums.subarray(channel, channel + 3);
    plane[channel] =
      (v * (sxx * syy - sxy * sxy) - sx * (vx * syy - sxy * vy) + sy * (vx * sxy - sxx * vy)) / determinant;
    plane[channel + 1] =
      (n * (vx * syy - vy * sxy) - v * (sx * syy - sxy * sy) + sy * (sx * vy - vx * sy)) / determinant;
    plane[channel + 2] =
      (n * (sxx * vy - sxy * vx) - sx * (sx * vy - vx * sy) + v * (sx * sxy - sxx * sy)) / determinant;
  }
  return plane;
}

/** The CIE 1976 distance of a pixel to the plane, in single precision. */
function distanceTo(
  plane: Plane,
  lab: Float32Array,
  width: number,
  height: number,
): (pixel: number) => number {
  const [l0 = 0, lx = 0, ly = 0, a0 = 0, ax = 0, ay = 0, b0 = 0, bx = 0, by = 0] = plane;
  return (pixel) => {
    const x = across(pixel % width, width);
    const y = across(Math.floor(pixel / width), height);
    const dl = (lab[pixel * 3] ?? 0) - l0 - lx * x - ly * y;
    const da = (lab[pixel * 3 + 1] ?? 0) - a0 - ax * x - ay * y;
    const db = (lab[pixel * 3 + 2] ?? 0) - b0 - bx * x - by * y;
    return Math.fround(Math.sqrt(dl * dl + da * da + db * db));
  };
}

/** Floods from the border over pixels near the plane; what the flood touches gets a ramp, the rest weight 1. */
function floodGround(
  distanceOf: (pixel: number) => number,
  width: number,
  height: number,
  border: readonly number[],
): Float32Array {
  const weights = new Float32Array(width * height).fill(1);
  const reached = new Uint8Array(weights.length);
  const stack: number[] = [];
  const reach = (pixel: number): void => {
    if (reached[pixel] === 1) return;
    reached[pixel] = 1;
    const far = distanceOf(pixel);
    if (far >= FOREGROUND_FROM) return;
    weights[pixel] = Math.max(0, (far - GROUND_BELOW) / (FOREGROUND_FROM - GROUND_BELOW));
    stack.push(pixel);
  };
  border.forEach(reach);
  for (let pixel = stack.pop(); pixel !== undefined; pixel = stack.pop()) {
    const x = pixel % width;
    if (x > 0) reach(pixel - 1);
    if (x < width - 1) reach(pixel + 1);
    if (pixel >= width) reach(pixel - width);
    if (pixel + width < width * height) reach(pixel + width);
  }
  return weights;
}

/** A product of two parabolas: 1 in the centre, 0 at the edges. */
function centreWindow(width: number, height: number): Float32Array {
  const weights = new Float32Array(width * height);
  for (let y = 0, pixel = 0; y < height; y += 1) {
    const vertical = 1 - across(y, height) ** 2;
    for (let x = 0; x < width; x += 1, pixel += 1) weights[pixel] = vertical * (1 - across(x, width) ** 2);
  }
  return weights;
}

function boxOf(weights: Float32Array, width: number, height: number): Box {
  const columns = new Float64Array(width);
  const rows = new Float64Array(height);
  for (let y = 0, pixel = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, pixel += 1) {
      const weight = weights[pixel] ?? 0;
      columns[x] = (columns[x] ?? 0) + weight;
      rows[y] = (rows[y] ?? 0) + weight;
    }
  }
  const left = quantile(columns, BOX_TAIL);
  const top = quantile(rows, BOX_TAIL);
  return {
    left,
    top,
    width: quantile(columns, 1 - BOX_TAIL) - left,
    height: quantile(rows, 1 - BOX_TAIL) - top,
  };
}

/** Where the running sum passes a share of the whole, within a bin by interpolation, so that it moves smoothly. */
function quantile(mass: Float64Array, share: number): number {
  const wanted = share * sumOf(mass);
  let passed = 0;
  for (let index = 0; index < mass.length; index += 1) {
    const value = mass[index] ?? 0;
    if (value > 0 && passed + value >= wanted) return index + (wanted - passed) / value;
    passed += value;
  }
  return mass.length;
}
