/** A picture on its way from bytes to pixels to vectors. */
import type { ColourName } from './colour.js';

/** Largest picture that is decoded, width x height, unless the config says otherwise. */
export const MAX_PIXELS = 40_000_000;

/** Why a picture is not used, in the words that logs, the store and tests use. */
export type PictureRefusal =
  'empty' | 'unsupported-format' | 'too-many-pixels' | 'truncated' | 'undecodable' | 'crashed-decoder';

export type PictureFormat = 'jpeg' | 'png' | 'webp';

export interface PaletteColour {
  readonly name: ColourName;
  /** `#rrggbb`, sRGB. */
  readonly hex: string;
  /** Share of the foreground, 0 to 1; the shares of a palette add up to 1. */
  readonly share: number;
}

export interface PictureFacts {
  readonly format: PictureFormat;
  /** After EXIF orientation, in pixels. */
  readonly width: number;
  readonly height: number;
  /** 64-bit DCT perceptual hash as 16 hex digits. */
  readonly phash: string;
  /** At most eight colours, largest share first. */
  readonly palette: readonly PaletteColour[];
}

/** What decoding gives: facts for the store and pixels for the network. */
export interface PreparedPicture {
  readonly facts: PictureFacts;
  /** Letterboxed RGB, size x size x 3, row-major, one byte a channel, sRGB. */
  readonly pixels: Uint8Array;
  /** Colour histogram, HOG and pattern, see `LookLayout`. */
  readonly look: Float32Array;
  /** The same picture for another network, where that was asked for and takes pictures of another size. */
  readonly second: Uint8Array | null;
}

/** How pictures are brought into a square. */
export interface PictureSquare {
  /** Side in pixels. */
  readonly size: number;
  /** Value of the letterbox bars, 0 to 255. */
  readonly fill: number;
}

/** Where the parts of a look vector lie. Each part has unit L2 length, so a dot product is a cosine. */
export interface LookLayout {
  /** Changes with any change of the numbers; part of what must match before two vectors are compared. */
  readonly version: string;
  readonly colour: readonly [start: number, end: number];
  readonly shape: readonly [start: number, end: number];
  readonly pattern: readonly [start: number, end: number];
  /**
   * How the shape's numbers lie, row by row, so that a mirror image's can be told from them: bin i of a row's first
   * cell is bin `bins - 1 - i` of its last. Absent where they lie otherwise.
   */
  readonly shapeGrid?: { readonly rows: number; readonly columns: number; readonly bins: number };
}
