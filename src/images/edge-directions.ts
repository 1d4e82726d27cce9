/**
 * A descriptor by which two prints of one photograph are told from two photographs of like things: the directions
 * of the edges, each of about the same weight, place by place (orientation correlation; Fitch, Kadyrov, Christmas
 * and Kittler 2002, here without a search over shifts). Size, encoding, brightness and a change of colour leave it
 * nearly alone.
 */
import type { Box, Raster } from './raster.js';
import { greyOf } from './raster.js';
import { resample } from './resample.js';

const SIDE = 48;
/** In grey levels over two pixels: slopes well below it count little, slopes well above it all the same. */
const SOFTENING = 4;

/** Of the part of an RGB raster inside the box, stretched to a square; of unit length, or zero on a flat picture. */
export function edgeDirections(raster: Raster, box: Box): Float32Array {
  const colour: Raster = { data: resample(raster, box, SIDE, SIDE), width: SIDE, height: SIDE, channels: 3 };
  const grey = greyOf(colour).data;
  const out = new Float32Array((SIDE - 2) ** 2 * 2);
  let sum = 0;
  for (let y = 1, to = 0; y < SIDE - 1; y += 1) {
    for (let x = 1; x < SIDE - 1; x += 1, to += 2) {
      const at = y * SIDE + x;
      const dx = (grey[at + 1] ?? 0) - (grey[at - 1] ?? 0);
      const dy = (grey[at + SIDE] ?? 0) - (grey[at - SIDE] ?? 0);
      const scale = 1 / (Math.hypot(dx, dy) + SOFTENING);
      out[to] = dx * scale;
      out[to + 1] = dy * scale;
      sum += (dx * dx + dy * dy) * scale * scale;
    }
  }
  return sum < 1e-6 ? out.fill(0) : out.map((value) => value / Math.sqrt(sum));
}
