/**
 * Bytes of a picture -> pixels for the network, facts for the store, look vector for search. One decode feeds all.
 *
 * `preparePixels` is the same path cut short: training uses it, and its pixels equal those of `preparePicture` bit
 * for bit.
 */
import sharp from 'sharp';
import type { PictureSquare } from '../domain/picture.js';
import type { PreparePicture } from '../domain/ports.js';
import type { DecodedPicture, RefusedPicture } from './decode.js';
import { WORKING_SIDE, decodePicture } from './decode.js';
import { estimateForeground } from './foreground.js';
import { labPixels } from './lab-pixels.js';
import { fitWithin, letterbox, letterboxGeometry } from './letterbox.js';
import type { Thumbnail } from './look.js';
import { lookVector } from './look.js';
import { paletteOf } from './palette.js';
import { perceptualHash } from './phash.js';
import type { Box, Raster } from './raster.js';
import { greyOf, wholeOf } from './raster.js';
import { resample } from './resample.js';

/** Longer side of the copy from which texture, shape and perceptual hash are computed, whatever the file's size. */
const DETAIL_SIDE = 96;
/** Longer side of the copy whose colours are counted. */
const COLOUR_SIDE = 128;
/** Longer side of the copy on which foreground and palette are computed. */
const THUMBNAIL_SIDE = 64;

/**
 * Names the way from bytes to pixels. Its number changes with any change of the numbers that come out; libvips has
 * a say in them as well.
 */
export const PIXELS_VERSION = `pixels-1 vips-${sharp.versions.vips}`;

export interface PixelOptions {
  /** Side of the square in pixels. */
  readonly size: number;
  /** Value of the letterbox bars, 0 to 255. */
  readonly fill: number;
  /** Pictures with more pixels than this (width x height) are refused without being decoded. */
  readonly maxPixels: number;
  /** As in `preparePicture`, whose pixels are the same only where the picture is decoded for both squares here as there. */
  readonly second?: PictureSquare | null;
}

export type PixelsOutcome =
  | {
      readonly kind: 'pixels';
      /** size x size x 3, row-major, sRGB. */
      readonly pixels: Uint8Array;
      /** Where the picture lies between the bars. */
      readonly box: Box;
      /** As in the facts of `preparePicture`. */
      readonly phash: string;
    }
  | RefusedPicture;

/** The network's pixels, and what tells one picture from another. Never throws for a bad picture. */
export async function preparePixels(bytes: Uint8Array, options: PixelOptions): Promise<PixelsOutcome> {
  const decoded = await decodePicture(bytes, decodeOptions(options));
  if (decoded.kind === 'refused') return decoded;
  const copies = new Copies(decoded.raster);
  return {
    kind: 'pixels',
    pixels: pixelsOf(decoded, copies, options),
    box: letterboxGeometry(decoded.width, decoded.height, options.size),
    phash: perceptualHash(greyOf(copies.within(DETAIL_SIDE))),
  };
}

/** Everything. Never throws for a bad picture; `pixels` and `look` own their buffers and may be transferred. */
export const preparePicture: PreparePicture = async (bytes, options) => {
  const decoded = await decodePicture(bytes, decodeOptions(options));
  if (decoded.kind === 'refused') return decoded;
  const { format, width, height } = decoded;
  const { second = null } = options;
  const copies = new Copies(decoded.raster);
  const detail = copies.within(DETAIL_SIDE);
  const grey = greyOf(detail);
  const thumbnail = thumbnailOf(detail);
  const rasters = {
    colours: copies.within(COLOUR_SIDE),
    detail: grey,
    working: decoded.raster,
  };
  const facts = {
    format,
    width,
    height,
    phash: perceptualHash(grey),
    palette: paletteOf(thumbnail.lab, thumbnail.foreground.weights),
  };
  const picture = {
    facts,
    pixels: pixelsOf(decoded, copies, options),
    look: lookVector(rasters, thumbnail),
    second: second === null ? null : pixelsOf(decoded, copies, second),
  };
  return { kind: 'prepared', picture };
};

function decodeOptions({ size, maxPixels, second }: Omit<PixelOptions, 'fill'>): {
  side: number;
  maxPixels: number;
} {
  return { side: Math.max(size, second?.size ?? 0, WORKING_SIDE), maxPixels };
}

/** A raster at several sizes; each is made once, since what the network takes is often what the facts are read from. */
class Copies {
  readonly #raster: Raster;
  readonly #made: Raster[] = [];

  constructor(raster: Raster) {
    this.#raster = raster;
  }

  /** Its longer side of a length. */
  within(longest: number): Raster {
    return this.sized(fitWithin(this.#raster.width, this.#raster.height, longest));
  }

  sized({ width, height }: Pick<Box, 'width' | 'height'>): Raster {
    const same = this.#made.find((one) => one.width === width && one.height === height);
    if (same !== undefined) return same;
    const raster = this.#raster;
    const data = resample(raster, wholeOf(raster), width, height);
    const copy: Raster = { data, width, height, channels: raster.channels };
    this.#made.push(copy);
    return copy;
  }
}

function pixelsOf(decoded: DecodedPicture, copies: Copies, { size, fill }: PictureSquare): Uint8Array {
  const place = letterboxGeometry(decoded.width, decoded.height, size);
  return letterbox(copies.sized(place), place, size, fill);
}

function thumbnailOf(detail: Raster): Thumbnail {
  const { data, width, height } = new Copies(detail).within(THUMBNAIL_SIDE);
  const lab = labPixels(data);
  return { width, height, lab, foreground: estimateForeground(lab, width, height) };
}
