/**
 * Pixels in memory and the one resampling filter of the project.
 *
 * The filter is a tent of radius max(1, scale) source pixels: linear interpolation when enlarging, and an
 * antialiased weighted mean when reducing. Beyond an edge the edge pixel repeats. It is symmetric, so mirroring a
 * picture and resampling it commute.
 */

/** Row-major, channels interleaved. */
export interface Raster {
  readonly data: Uint8Array | Float32Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** A rectangle in source pixels, edges at whole numbers; may lie partly outside the picture. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export function wholeOf(raster: Raster): Box {
  return { left: 0, top: 0, width: raster.width, height: raster.height };
}

/** Each output position is the weighted mean of `count` neighbouring source positions from `starts[out]` on. */
interface Taps {
  readonly count: number;
  readonly starts: Int32Array;
  /** [outLength, count]; each row adds up to 1. */
  readonly weights: Float32Array;
}

function tapsOf(start: number, length: number, outLength: number, sourceLength: number): Taps {
  const scale = length / outLength;
  const radius = Math.max(1, scale);
  const reach = Math.ceil(2 * radius) + 1;
  const count = Math.min(reach, sourceLength);
  const starts = new Int32Array(outLength);
  const weights = new Float32Array(outLength * count);
  const tent = new Float64Array(reach);
  for (let out = 0; out < outLength; out += 1) {
    const centre = start + (out + 0.5) * scale;
    const first = Math.floor(centre - radius);
    let sum = 0;
    for (let tap = 0; tap < reach; tap += 1) {
      const weight = Math.max(0, 1 - Math.abs(first + tap + 0.5 - centre) / radius);
      tent[tap] = weight;
      sum += weight;
    }
    // What lies beyond the edge is given to the edge pixel, so that the inner loops need no bounds.
    const from = Math.min(sourceLength - count, Math.max(0, first));
    starts[out] = from;
    for (let tap = 0; tap < reach; tap += 1) {
      const at = Math.min(sourceLength - 1, Math.max(0, first + tap)) - from;
      if (at < count) weights[out * count + at] = (weights[out * count + at] ?? 0) + (tent[tap] ?? 0) / sum;
    }
  }
  return { count, starts, weights };
}

/**
 * The box resampled to outWidth x outHeight, channels as in the source, in the source's value range.
 * Shape of the result: [outHeight, outWidth, channels].
 */
export function resample(source: Raster, box: Box, outWidth: number, outHeight: number): Float32Array {
  const columns = tapsOf(box.left, box.width, outWidth, source.width);
  const rows = tapsOf(box.top, box.height, outHeight, source.height);
  const squeezed =
    source.channels === 3 ? squeezeColour(source, columns, outWidth) : squeezeGrey(source, columns, outWidth);
  const stride = outWidth * source.channels;
  const out = new Float32Array(outHeight * stride);
  for (let y = 0; y < outHeight; y += 1) {
    const base = y * stride;
    for (let tap = 0; tap < rows.count; tap += 1) {
      const weight = rows.weights[y * rows.count + tap] ?? 0;
      if (weight === 0) continue;
      const from = ((rows.starts[y] ?? 0) + tap) * stride;
      for (let x = 0; x < stride; x += 1) {
        out[base + x] = (out[base + x] ?? 0) + weight * (squeezed[from + x] ?? 0);
      }
    }
  }
  return out;
}

function squeezeGrey(source: Raster, columns: Taps, outWidth: number): Float32Array {
  const { data, width, height } = source;
  const { count, starts, weights } = columns;
  const out = new Float32Array(height * outWidth);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < outWidth; x += 1, to += 1) {
      const from = y * width + (starts[x] ?? 0);
      const at = x * count;
      let sum = 0;
      for (let tap = 0; tap < count; tap += 1) sum += (weights[at + tap] ?? 0) * (data[from + tap] ?? 0);
      out[to] = sum;
    }
  }
  return out;
}

function squeezeColour(source: Raster, columns: Taps, outWidth: number): Float32Array {
  const { data, width, height } = source;
  const { count, starts, weights } = columns;
  const out = new Float32Array(height * outWidth * 3);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < outWidth; x += 1, to += 3) {
      let from = (y * width + (starts[x] ?? 0)) * 3;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let at = x * count, end = at + count; at < end; at += 1, from += 3) {
        const weight = weights[at] ?? 0;
        red += weight * (data[from] ?? 0);
        green += weight * (data[from + 1] ?? 0);
        blue += weight * (data[from + 2] ?? 0);
      }
      out[to] = red;
      out[to + 1] = green;
      out[to + 2] = blue;
    }
  }
  return out;
}

/** Luma of each pixel of an RGB raster (Rec. ITU-R BT.601 weights), 0 to 255. */
export function greyOf(source: Raster): Raster {
  const { data, width, height } = source;
  const grey = new Float32Array(width * height);
  for (let pixel = 0, from = 0; pixel < grey.length; pixel += 1, from += 3) {
    grey[pixel] = 0.299 * (data[from] ?? 0) + 0.587 * (data[from + 1] ?? 0) + 0.114 * (data[from + 2] ?? 0);
  }
  return { data: grey, width, height, channels: 1 };
}
