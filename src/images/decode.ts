/**
 * Bytes -> one small upright sRGB raster, from which everything else is computed.
 *
 * The header is read first and too large a picture refused before a pixel is decoded. A picture that cannot be used
 * is an outcome here, never an exception: sharp's errors all concern its input.
 */
import sharp from 'sharp';
import { messageOf } from '../domain/errors.js';
import type { PictureFormat, PictureRefusal } from '../domain/picture.js';
import type { Raster } from './raster.js';
import { sniffPicture } from './sniff.js';
import { endsEarly } from './truncation.js';

/**
 * Longer side of the raster in pixels, unless the network wants more. Small enough that libjpeg decodes a common
 * 600 x 800 picture at a quarter of its size (2.9 ms of CPU, against 4 ms at 256), large enough for its uses.
 */
export const WORKING_SIDE = 192;

export interface DecodedPicture {
  readonly kind: 'decoded';
  readonly format: PictureFormat;
  /** Of the whole picture, upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** RGB bytes; the longer side is `side` or, of a smaller picture, its own. */
  readonly raster: Raster;
}

export interface RefusedPicture {
  readonly kind: 'refused';
  readonly reason: PictureRefusal;
  readonly detail: string;
}

/**
 * First page only, EXIF orientation applied, transparency over white, any colour space and depth to 8-bit sRGB.
 * Works on the calling thread plus libvips' own; the worker sets `sharp.concurrency(1)` and `sharp.cache(false)`.
 */
export async function decodePicture(
  bytes: Uint8Array,
  options: { readonly side: number; readonly maxPixels: number },
): Promise<DecodedPicture | RefusedPicture> {
  const sniffed = sniffPicture(bytes);
  if (sniffed.kind === 'refused') return sniffed;
  const { format } = sniffed;
  try {
    const image = sharp(bytes, {
      autoOrient: true,
      // Refuses missing and damaged data, and lets a decoder's mere warnings pass, which shops' files are full of.
      failOn: 'error',
      // Checked below, where the refusal can name the size.
      limitInputPixels: false,
      pages: 1,
    });
    const { width: rawWidth, height: rawHeight, autoOrient } = await image.metadata();
    if (rawWidth * rawHeight > options.maxPixels) {
      const detail = `${rawWidth} x ${rawHeight} pixels; at most ${options.maxPixels} are decoded`;
      return { kind: 'refused', reason: 'too-many-pixels', detail };
    }
    const { data, info } = await image
      .resize(options.side, options.side, { fit: 'inside', withoutEnlargement: true, kernel: 'cubic' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const raster: Raster = { data, width: info.width, height: info.height, channels: 3 };
    return { kind: 'decoded', format, width: autoOrient.width, height: autoOrient.height, raster };
  } catch (error) {
    const reason = endsEarly(format, bytes) ? 'truncated' : 'undecodable';
    return { kind: 'refused', reason, detail: `${format}: ${inOneLine(messageOf(error))}` };
  }
}

/** A decoder names each fault on a line, and the same again for every try. */
function inOneLine(message: string): string {
  const lines = message.split('\n').map((line) => line.trim());
  return [...new Set(lines)].filter((line) => line !== '').join('; ');
}
