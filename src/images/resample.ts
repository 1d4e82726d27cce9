/**
 * The one resampling filter of the project (taps.ts), first along the rows and then along the columns.
 *
 * A row's weighted means are summed up in double precision and stored in single; down a column each sum is stored
 * in single precision after every tap. Vector units and the plain code do this in the same order.
 */
import type { Box, Raster } from './raster.js';
import { greyOf } from './raster.js';
import { vectorResampler } from './resample-vectors.js';
import type { Resampler } from './resample-vectors.js';
import { tapsOf } from './taps.js';
import type { Taps } from './taps.js';

let resampler: Resampler | undefined;

/**
 * The box resampled to outWidth x outHeight, channels as in the source, in the source's value range.
 * Shape of the result: [outHeight, outWidth, channels].
 */
export function resample(source: Raster, box: Box, outWidth: number, outHeight: number): Float32Array {
  return resampled(source, source.channels, box, outWidth, outHeight);
}

/** Of the luma of an RGB raster: `resample` of what `greyOf` gives. */
export function resampleGrey(source: Raster, box: Box, outWidth: number, outHeight: number): Float32Array {
  return resampled(source, 1, box, outWidth, outHeight);
}

function resampled(
  source: Raster,
  channels: 1 | 3,
  box: Box,
  outWidth: number,
  outHeight: number,
): Float32Array {
  resampler ??= vectorResampler() ?? plainResampler;
  return resampler(
    source,
    channels,
    tapsOf(box.left, box.width, outWidth, source.width),
    tapsOf(box.top, box.height, outHeight, source.height),
  );
}

/** Without vector units. */
export function plainResampler(source: Raster, channels: 1 | 3, columns: Taps, rows: Taps): Float32Array {
  const squeezed = squeeze(channels < source.channels ? greyOf(source) : source, columns);
  const stride = columns.outLength * channels;
  const out = new Float32Array(rows.outLength * stride);
  for (let y = 0; y < rows.outLength; y += 1) {
    const base = y * stride;
    for (let tap = 0; tap < rows.count; tap += 1) {
      const weight = rows.weights[y * rows.count + tap] ?? 0;
      const from = ((rows.starts[y] ?? 0) + tap) * stride;
      for (let x = 0; x < stride; x += 1) {
        out[base + x] = (out[base + x] ?? 0) + weight * (squeezed[from + x] ?? 0);
      }
    }
  }
  return out;
}

/** Every row of the source: [height, columns.outLength, channels]. */
function squeeze({ data, width, height, channels }: Raster, columns: Taps): Float32Array {
  const { outLength, count, starts, weights } = columns;
  const out = new Float32Array(height * outLength * channels);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < outLength; x += 1) {
      const first = (y * width + (starts[x] ?? 0)) * channels;
      for (let channel = 0; channel < channels; channel += 1, to += 1) {
        let sum = 0;
        for (let tap = 0, from = first + channel; tap < count; tap += 1, from += channels) {
          sum += (weights[x * count + tap] ?? 0) * (data[from] ?? 0);
        }
        out[to] = sum;
      }
    }
  }
  return out;
}
