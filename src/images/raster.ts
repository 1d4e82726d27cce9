/** Pixels in memory. */

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

/** Shares of red, green and blue in luma (Rec. ITU-R BT.601). */
export const LUMA = [0.299, 0.587, 0.114] as const;

/** Luma of each pixel of an RGB raster, 0 to 255. */
export function greyOf(source: Raster): Raster {
  const { data, width, height } = source;
  const [red, green, blue] = LUMA;
  const grey = new Float32Array(width * height);
  for (let pixel = 0, from = 0; pixel < grey.length; pixel += 1, from += 3) {
    grey[pixel] = red * (data[from] ?? 0) + green * (data[from + 1] ?? 0) + blue * (data[from + 2] ?? 0);
  }
  return { data: grey, width, height, channels: 1 };
}
