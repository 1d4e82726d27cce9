/**
 * A picture of any shape inside a square, its aspect ratio kept. Training and inference go through the same code,
 * because a network is only as good as the agreement between the two.
 */
import type { Box, Raster } from './raster.js';

/** Width and height when the longer side becomes `longest`; never below one pixel. */
export function fitWithin(width: number, height: number, longest: number): Pick<Box, 'width' | 'height'> {
  const scale = longest / Math.max(width, height);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * Where the picture lies in the square, in whole pixels of the square: the longer side fills it, the shorter side
 * is rounded to the nearest pixel, and an odd bar pixel goes to the right or the bottom.
 */
export function letterboxGeometry(width: number, height: number, size: number): Box {
  const fitted = fitWithin(width, height, size);
  return {
    left: Math.floor((size - fitted.width) / 2),
    top: Math.floor((size - fitted.height) / 2),
    ...fitted,
  };
}

/**
 * RGB raster of the size of `place` -> size x size x 3 bytes, row-major; the bars have the value `fill` in every
 * channel.
 */
export function letterbox(inside: Raster, place: Box, size: number, fill: number): Uint8Array {
  // A clamped array rounds to the nearest byte as it stores.
  const pixels = new Uint8ClampedArray(size * size * 3).fill(fill);
  const rowLength = place.width * 3;
  for (let y = 0; y < place.height; y += 1) {
    const row = inside.data.subarray(y * rowLength, (y + 1) * rowLength);
    pixels.set(row, ((place.top + y) * size + place.left) * 3);
  }
  return new Uint8Array(pixels.buffer);
}
