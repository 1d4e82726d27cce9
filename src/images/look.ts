/**
 * The look vector: what a garment's colour, shape and pattern are, without any network.
 *
 * The three parts lie side by side, each of unit length, so that search can weight them freely. Histograms are put
 * under a square root first (Hellinger), which makes a dot product the Bhattacharyya coefficient of two histograms.
 * A part that has nothing to say, such as the shape of a picture of one flat colour, is all zeros: its similarity to
 * anything is 0.
 */
import type { LookLayout } from '../domain/picture.js';
import { COLOUR_LENGTH, colourHistogram } from './colour-histogram.js';
import type { Foreground } from './foreground.js';
import { HOG_LENGTH, HOG_SIDE, hog } from './hog.js';
import { PATTERN_LENGTH, patternHistogram } from './pattern.js';
import type { Box, Raster } from './raster.js';
import { resample } from './raster.js';

/** 125 colour + 900 shape + 60 pattern = 1085 numbers, 4.3 kB. */
export const LOOK_LAYOUT: LookLayout = {
  version: 'look-1',
  colour: [0, COLOUR_LENGTH],
  shape: [COLOUR_LENGTH, COLOUR_LENGTH + HOG_LENGTH],
  pattern: [COLOUR_LENGTH + HOG_LENGTH, COLOUR_LENGTH + HOG_LENGTH + PATTERN_LENGTH],
};

/** Room left around the foreground, as a share of its longer side. */
const MARGIN = 0.08;

/** A small copy of the picture on which foreground and colours are computed. */
export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3]. */
  readonly lab: Float32Array;
  readonly foreground: Foreground;
}

/**
 * Grey raster of the whole picture, its longer side always of the same length so that texture has the garment's
 * scale and not the file's, and the picture's thumbnail -> vector laid out as LOOK_LAYOUT says.
 */
export function lookVector(grey: Raster, thumbnail: Thumbnail): Float32Array {
  const { lab, foreground } = thumbnail;
  const look = new Float32Array(LOOK_LAYOUT.pattern[1]);
  look.set(unit(rooted(colourHistogram(lab, foreground.weights))), LOOK_LAYOUT.colour[0]);
  const square = squareAround(foreground.box, thumbnail, grey);
  look.set(unit(hog(resample(grey, square, HOG_SIDE, HOG_SIDE))), LOOK_LAYOUT.shape[0]);
  look.set(unit(rooted(patternHistogram(grey, weightsFor(grey, thumbnail)))), LOOK_LAYOUT.pattern[0]);
  return look;
}

/**
 * The square on which the shape is read, in pixels of `grey`: centred on the foreground and as long as its longer
 * side, so that framing matters less. Where it reaches beyond the picture, the edge pixels repeat, which draws no
 * edge of its own.
 */
function squareAround(box: Box, thumbnail: Thumbnail, grey: Raster): Box {
  const scaleX = grey.width / thumbnail.width;
  const scaleY = grey.height / thumbnail.height;
  const longer = Math.max(1, box.width * scaleX, box.height * scaleY);
  const whole = !thumbnail.foreground.found;
  const side = whole ? longer : longer * (1 + 2 * MARGIN);
  return {
    left: (box.left + box.width / 2) * scaleX - side / 2,
    top: (box.top + box.height / 2) * scaleY - side / 2,
    width: side,
    height: side,
  };
}

/** The foreground weight of each grey pixel, from the thumbnail pixel it lies in. */
function weightsFor(grey: Raster, { width, height, foreground }: Thumbnail): Float32Array {
  const weights = new Float32Array(grey.width * grey.height);
  for (let y = 0, pixel = 0; y < grey.height; y += 1) {
    const row = Math.floor(((y + 0.5) * height) / grey.height) * width;
    for (let x = 0; x < grey.width; x += 1, pixel += 1) {
      weights[pixel] = foreground.weights[row + Math.floor(((x + 0.5) * width) / grey.width)] ?? 0;
    }
  }
  return weights;
}

function rooted(histogram: Float32Array): Float32Array {
  return histogram.map(Math.sqrt);
}

/** In place; a zero vector stays zero. */
function unit(part: Float32Array): Float32Array {
  const length = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0));
  if (length > 0) for (let at = 0; at < part.length; at += 1) part[at] = (part[at] ?? 0) / length;
  return part;
}
