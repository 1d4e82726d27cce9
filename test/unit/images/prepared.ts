/** Pictures prepared as most tests want them, and parts of their look. */
import type { PreparedPicture } from '../../../src/domain/picture.js';
import { LOOK_LAYOUT } from '../../../src/images/look.js';
import { preparePicture } from '../../../src/images/prepare.js';

export const OPTIONS = { size: 96, fill: 128, maxPixels: 40_000_000 };

export async function prepared(bytes: Uint8Array, options = OPTIONS): Promise<PreparedPicture> {
  const outcome = await preparePicture(bytes, options);
  if (outcome.kind !== 'prepared') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.picture;
}

export const part = (look: Float32Array, name: 'colour' | 'shape' | 'pattern'): Float32Array =>
  look.subarray(...LOOK_LAYOUT[name]);
