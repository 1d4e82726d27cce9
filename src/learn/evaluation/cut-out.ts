/**
 * A picture taken apart into what is shown and the ground it is shown on, where the two can be told apart beyond
 * doubt: a cut that takes half of a white shirt for its white ground would measure the cut, not the background.
 */
import { pixelsOf } from '../dataset/dataset.js';
import type { Dataset, PixelBox } from '../dataset/dataset.js';

/** RGB pixels [height, width, 3] -> weights [height, width], 0 (ground) to 1; null where there is no estimate. */
export type ForegroundEstimate = (pixels: Uint8Array, width: number, height: number) => Float32Array | null;

export interface CutOut {
  /** Where the picture lies in its square. */
  readonly box: PixelBox;
  /** RGB of the box. */
  readonly pixels: Uint8Array;
  /** Share of what is shown in each pixel of the box; softened along its outline. */
  readonly weights: Float32Array;
}

/** Shares of the picture between which the ground is enough to matter and the rest enough to be known by. */
const LEAST_SHOWN = 0.1;
const MOST_SHOWN = 0.85;
/** Pixels that may be either, as a share of those shown: a pale garment on a pale ground has many. */
const MOST_UNSURE = 0.2;
/** Share of what is shown that hangs together; a cut that breaks a garment into pieces is wrong. */
const LEAST_TOGETHER = 0.9;

/** Null where the cut cannot be trusted. */
export function cutOut(dataset: Dataset, picture: number, estimate: ForegroundEstimate): CutOut | null {
  const { size } = dataset.index;
  const box = dataset.index.entries[picture]?.box ?? { left: 0, top: 0, width: size, height: size };
  const pixels = cropped(pixelsOf(dataset, picture), size, box);
  const weights = estimate(pixels, box.width, box.height);
  if (weights === null || !isTrusted(weights, box.width)) return null;
  return { box, pixels, weights: softened(weights, box.width, box.height) };
}

function cropped(square: Uint8Array, size: number, { left, top, width, height }: PixelBox): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const from = ((top + row) * size + left) * 3;
    pixels.set(square.subarray(from, from + width * 3), row * width * 3);
  }
  return pixels;
}

function isTrusted(weights: Float32Array, width: number): boolean {
  const shown = weights.reduce((sum, weight) => sum + (weight >= 0.5 ? 1 : 0), 0);
  const unsure = weights.reduce((sum, weight) => sum + (weight > 0 && weight < 1 ? 1 : 0), 0);
  if (shown < LEAST_SHOWN * weights.length || shown > MOST_SHOWN * weights.length) return false;
  return unsure <= MOST_UNSURE * shown && largestPart(weights, width) >= LEAST_TOGETHER * shown;
}

/** Pixels of the largest part that is shown and hangs together, by the four neighbours. */
function largestPart(weights: Float32Array, width: number): number {
  const seen = new Uint8Array(weights.length);
  let largest = 0;
  for (let start = 0; start < weights.length; start += 1) {
    const waiting: number[] = [];
    const reach = (pixel: number): void => {
      if (seen[pixel] !== 0 || (weights[pixel] ?? 0) < 0.5) return;
      seen[pixel] = 1;
      waiting.push(pixel);
    };
    reach(start);
    let pixels = 0;
    for (let pixel = waiting.pop(); pixel !== undefined; pixel = waiting.pop()) {
      pixels += 1;
      if (pixel % width > 0) reach(pixel - 1);
      if (pixel % width < width - 1) reach(pixel + 1);
      if (pixel >= width) reach(pixel - width);
      if (pixel + width < weights.length) reach(pixel + width);
    }
    largest = Math.max(largest, pixels);
  }
  return largest;
}

/** Pixels along the outline hold some of the old ground: they get the mean of their 3 x 3 neighbours, where it is less. */
function softened(weights: Float32Array, width: number, height: number): Float32Array {
  return weights.map((weight, pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    let [sum, count] = [0, 0];
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row += 1) {
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column += 1) {
        sum += weights[row * width + column] ?? 0;
        count += 1;
      }
    }
    return Math.min(weight, sum / count);
  });
}
