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
import { BINS } from './hog-geometry.js';
import type { HogGeometry } from './hog-geometry.js';
import { hog, hogCells } from './hog.js';
import { PATTERN_LENGTH, patternHistogram } from './pattern.js';
import { labPixels } from './lab-pixels.js';
import type { Box, Raster } from './raster.js';
import { resampleGrey } from './resample.js';

/** On 128 pixels with cells of 16, more other colours of a product were found than on 64 with cells of 8 (R@1 of both
 * parts 0.87 against 0.86), and on 48 with cells of 8 fewer again (0.84). */
const SHAPE: HogGeometry = { side: 128, cell: 16 };
const CELLS = SHAPE.side / SHAPE.cell;
const SHAPE_LENGTH = CELLS * CELLS * BINS;

/** 606 colour + 576 shape + 60 pattern = 1242 numbers, 5 kB. */
export const LOOK_LAYOUT = {
  version: 'look-2',
  colour: [0, COLOUR_LENGTH],
  shape: [COLOUR_LENGTH, COLOUR_LENGTH + SHAPE_LENGTH],
  pattern: [COLOUR_LENGTH + SHAPE_LENGTH, COLOUR_LENGTH + SHAPE_LENGTH + PATTERN_LENGTH],
  shapeGrid: { rows: CELLS, columns: CELLS, bins: BINS },
} as const satisfies LookLayout;

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

/** One picture at three sizes, each of the whole picture. */
interface LookRasters {
  /** RGB, larger than the thumbnail: averaging mixes colours that no dye has (R@1 of both parts 0.87 against 0.84). */
  readonly colours: Raster;
  /** Grey, its longer side always of the same length, so that texture has the garment's scale and not the file's. */
  readonly detail: Raster;
  /** RGB, as large as there is: the shape is read from the foreground alone, which may be small. */
  readonly working: Raster;
}

/** The picture's rasters and thumbnail -> vector laid out as LOOK_LAYOUT says. */
export function lookVector({ colours, detail, working }: LookRasters, thumbnail: Thumbnail): Float32Array {
  const look = new Float32Array(LOOK_LAYOUT.pattern[1]);
  const { rgb, weights } = weightedColours(colours, weightsFor(colours, thumbnail));
  look.set(unit(rooted(colourHistogram(labPixels(rgb), weights))), LOOK_LAYOUT.colour[0]);
  look.set(unit(shapeOf(working, thumbnail)), LOOK_LAYOUT.shape[0]);
  look.set(unit(rooted(patternHistogram(detail, weightsFor(detail, thumbnail)))), LOOK_LAYOUT.pattern[0]);
  return look;
}

function shapeOf(picture: Raster, thumbnail: Thumbnail): Float32Array {
  const square = squareAround(thumbnail.foreground.box, thumbnail, picture);
  return hogCells(hog(resampleGrey(picture, square, SHAPE.side, SHAPE.side), SHAPE), SHAPE);
}

/**
 * The square on which the shape is read, in pixels of `picture`: centred on the foreground and as long as its longer
 * side, so that framing matters less. Where it reaches beyond the picture, the edge pixels repeat, which draws no
 * edge of its own.
 */
function squareAround(box: Box, thumbnail: Thumbnail, picture: Raster): Box {
  const scaleX = picture.width / thumbnail.width;
  const scaleY = picture.height / thumbnail.height;
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

/** The foreground weight of each pixel, from the thumbnail pixel it lies in. */
function weightsFor(raster: Raster, { width, height, foreground }: Thumbnail): Float32Array {
  const weights = new Float32Array(raster.width * raster.height);
  const columns = Int32Array.from({ length: raster.width }, (_, x) =>
    Math.floor(((x + 0.5) * width) / raster.width),
  );
  for (let y = 0, pixel = 0; y < raster.height; y += 1) {
    const row = Math.floor(((y + 0.5) * height) / raster.height) * width;
    for (let x = 0; x < columns.length; x += 1, pixel += 1) {
      weights[pixel] = foreground.weights[row + (columns[x] ?? 0)] ?? 0;
    }
  }
  return weights;
}

/** The pixels that have weight, in their order: [n, 3] and [n]. */
function weightedColours(
  { data }: Raster,
  foreground: Float32Array,
): { readonly rgb: Float32Array; readonly weights: Float32Array } {
  const rgb = new Float32Array(data.length);
  const weights = new Float32Array(foreground.length);
  let count = 0;
  for (let pixel = 0; pixel < foreground.length; pixel += 1) {
    const weight = foreground[pixel] ?? 0;
    if (weight <= 0) continue;
    rgb[count * 3] = data[pixel * 3] ?? 0;
    rgb[count * 3 + 1] = data[pixel * 3 + 1] ?? 0;
    rgb[count * 3 + 2] = data[pixel * 3 + 2] ?? 0;
    weights[count] = weight;
    count += 1;
  }
  return { rgb: rgb.subarray(0, count * 3), weights: weights.subarray(0, count) };
}

function rooted(histogram: Float32Array): Float32Array {
  return histogram.map(Math.sqrt);
}

/** In place; a zero vector stays zero. */
function unit(part: Float32Array): Float32Array {
  let squares = 0;
  for (let at = 0; at < part.length; at += 1) squares += (part[at] ?? 0) ** 2;
  const length = Math.sqrt(squares);
  if (length > 0) for (let at = 0; at < part.length; at += 1) part[at] = (part[at] ?? 0) / length;
  return part;
}
