/** What a linear machine sees of a picture. The caller gives the description; this folder knows no pictures. */
import type { FeatureRows } from './dual-descent.js';

export interface PictureDescriptor {
  /** Names it in the model folder: machines work only with the description they were trained on. */
  readonly name: string;
  readonly length: number;
  /** `pixels`: uint8 [size, size, 3]; gives `length` numbers. */
  readonly describe: (pixels: Uint8Array, size: number) => Float32Array;
}

/** `pixels`: size x size x 3 bytes a picture; rows in the order of `pictures`. */
export function describeAll(
  descriptor: PictureDescriptor,
  pixels: Uint8Array,
  size: number,
  pictures: readonly number[],
): FeatureRows {
  const bytes = size * size * 3;
  const values = new Float32Array(pictures.length * descriptor.length);
  for (const [row, picture] of pictures.entries()) {
    const own = pixels.subarray(picture * bytes, (picture + 1) * bytes);
    values.set(descriptor.describe(own, size), row * descriptor.length);
  }
  return { values, width: descriptor.length, count: pictures.length };
}
