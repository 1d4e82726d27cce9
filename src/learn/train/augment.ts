/**
 * Pictures as they might also have been taken: mirrored, moved, turned, zoomed, on another ground, in other
 * light, partly hidden. On uint8 pixels (size x size x 3), with every choice drawn from a seeded source.
 */
import { findGround, paintBars, recolourGround } from './background.js';
import { drawPattern } from './ground-pattern.js';
import type { Random } from '../../platform/random.js';
import { shuffle } from './distributions.js';

export interface Augmentation {
  /** Probability of mirroring left and right. */
  readonly flip: number;
  /** Largest turn, in degrees. */
  readonly turn: number;
  /** Smallest and largest zoom; above 1 the garment is larger. */
  readonly zoom: readonly [smallest: number, largest: number];
  /** Largest change of the ratio of width to height, as a share. */
  readonly stretch: number;
  /** Largest shift, as a share of the side. */
  readonly shift: number;
  /** Probability of another ground where the ground is even. */
  readonly ground: number;
  /** Probability that such a ground has a pattern: a gradient, planks, tiles or folds. */
  readonly pattern: number;
  /** Largest change of brightness and contrast, as a share. */
  readonly light: number;
  /** Largest change of saturation and, a quarter of it, of each channel, as a share. */
  readonly colour: number;
  /** Probability of exchanging channels: garments come in all colours. */
  readonly exchange: number;
  /** Probability of a hidden square (DeVries and Taylor 2017). */
  readonly cutout: number;
}

/** Wide zoom and shift: a shop shows a garment from a detail to a whole figure. */
export const DEFAULT_AUGMENTATION: Augmentation = {
  flip: 0.5,
  turn: 12,
  zoom: [0.65, 1.6],
  stretch: 0.15,
  shift: 0.12,
  ground: 0.5,
  pattern: 0.4,
  light: 0.3,
  colour: 0.35,
  exchange: 0.15,
  cutout: 0.3,
};

/** Nearer to the pictures as they are: for the last passes, so that the network ends on what it will be asked. */
const MILD_AUGMENTATION: Augmentation = {
  flip: 0.5,
  turn: 8,
  zoom: [0.8, 1.3],
  stretch: 0.1,
  shift: 0.08,
  ground: 0.3,
  pattern: 0.3,
  light: 0.2,
  colour: 0.25,
  exchange: 0.1,
  cutout: 0.15,
};

/** Two pictures of one garment differ already, and its colour must stay its own. */
export const LOOKALIKE_AUGMENTATION: Augmentation = {
  flip: 0.5,
  turn: 12,
  zoom: [0.75, 1.3],
  stretch: 0.08,
  shift: 0.08,
  ground: 0.25,
  pattern: 0.4,
  light: 0.12,
  colour: 0.12,
  exchange: 0,
  cutout: 0.15,
};

/** Leaves every picture as it is. */
export const NO_AUGMENTATION: Augmentation = {
  flip: 0,
  turn: 0,
  zoom: [1, 1],
  stretch: 0,
  shift: 0,
  ground: 0,
  pattern: 0,
  light: 0,
  colour: 0,
  exchange: 0,
  cutout: 0,
};

/** By the name that `--augment` takes. */
export const AUGMENTATIONS = {
  wide: DEFAULT_AUGMENTATION,
  mild: MILD_AUGMENTATION,
  none: NO_AUGMENTATION,
} as const;

/** Writes an altered copy of `source` to `target`; both hold size x size x 3 bytes. */
export function augment(
  source: Uint8Array,
  target: Uint8Array,
  size: number,
  options: Augmentation,
  random: Random,
): void {
  const picture = source.slice();
  const outside = changeGround(picture, size, options, random);
  warp(picture, target, size, outside, options, random);
  if (options.light > 0 || options.colour > 0 || options.exchange > 0) relight(target, options, random);
  if (random.chance(options.cutout)) hide(target, size, random);
}

/** Returns the colour to show where the moved picture ends. */
function changeGround(
  picture: Uint8Array,
  size: number,
  options: Augmentation,
  random: Random,
): readonly number[] {
  if (options.ground === 0) return [255, 255, 255];
  const ground = findGround(picture, size);
  let colour: readonly number[] = ground.colour;
  if (ground.even && random.chance(options.ground)) {
    colour = groundColour(random);
    const pattern = random.chance(options.pattern) ? drawPattern(size, random) : undefined;
    recolourGround(picture, size, ground, colour, pattern);
  }
  // Bars stay white as the network will meet them, or continue the ground, or take any colour.
  const kind = random.next();
  const bars = kind < 0.5 ? [255, 255, 255] : kind < 0.8 ? colour : groundColour(random);
  paintBars(picture, size, ground.content, bars);
  return bars;
}

/** Shops like white and pale grounds, people's floors and beds have any colour. */
function groundColour(random: Random): readonly number[] {
  if (random.chance(0.4)) {
    const grey = random.range(200, 255);
    return [grey, grey, grey];
  }
  return [random.range(0, 255), random.range(0, 255), random.range(0, 255)];
}

/** Maps each target pixel back through the inverse affine map and reads the source between its pixels. */
function warp(
  source: Uint8Array,
  target: Uint8Array,
  size: number,
  outside: readonly number[],
  options: Augmentation,
  random: Random,
): void {
  const mirror = random.chance(options.flip) ? -1 : 1;
  const angle = (random.range(-options.turn, options.turn) * Math.PI) / 180;
  const [smallest, largest] = options.zoom;
  const zoom = Math.exp(random.range(Math.log(smallest), Math.log(largest)));
  const stretch = Math.exp(random.range(-options.stretch, options.stretch) / 2);
  const [acrossX, downX] = [(mirror * Math.cos(angle)) / (zoom * stretch), -Math.sin(angle) / zoom];
  const [acrossY, downY] = [(mirror * Math.sin(angle)) / zoom, (Math.cos(angle) * stretch) / zoom];
  const middle = (size - 1) / 2;
  const shiftX = middle + size * random.range(-options.shift, options.shift);
  const shiftY = middle + size * random.range(-options.shift, options.shift);
  for (let row = 0, at = 0; row < size; row += 1) {
    const startX = downX * (row - middle) + shiftX;
    const startY = downY * (row - middle) + shiftY;
    for (let column = 0; column < size; column += 1, at += 3) {
      const x = acrossX * (column - middle) + startX;
      const y = acrossY * (column - middle) + startY;
      readBetween(source, size, x, y, outside, target, at);
    }
  }
}

/** Bilinear interpolation; the border colour lies outside. The three channels are written out: it is the inmost loop. */
function readBetween(
  source: Uint8Array,
  size: number,
  x: number,
  y: number,
  outside: readonly number[],
  target: Uint8Array,
  at: number,
): void {
  const last = size - 1;
  if (x < -0.5 || y < -0.5 || x > last + 0.5 || y > last + 0.5) {
    target[at] = outside[0] ?? 0;
    target[at + 1] = outside[1] ?? 0;
    target[at + 2] = outside[2] ?? 0;
    return;
  }
  const insideX = x < 0 ? 0 : x > last ? last : x;
  const insideY = y < 0 ? 0 : y > last ? last : y;
  const left = Math.trunc(insideX);
  const top = Math.trunc(insideY);
  const across = insideX - left;
  const down = insideY - top;
  const upper = (top * size + left) * 3;
  const lower = top < last ? upper + size * 3 : upper;
  const step = left < last ? 3 : 0;
  target[at] = between(source, upper, lower, step, across, down);
  target[at + 1] = between(source, upper + 1, lower + 1, step, across, down);
  target[at + 2] = between(source, upper + 2, lower + 2, step, across, down);
}

function between(
  source: Uint8Array,
  upper: number,
  lower: number,
  step: number,
  across: number,
  down: number,
): number {
  const upperLeft = source[upper] ?? 0;
  const lowerLeft = source[lower] ?? 0;
  const above = upperLeft + ((source[upper + step] ?? 0) - upperLeft) * across;
  const below = lowerLeft + ((source[lower + step] ?? 0) - lowerLeft) * across;
  return Math.round(above + (below - above) * down);
}

/** Brightness, contrast, saturation, channel gains and the order of channels, in one pass. */
function relight(pixels: Uint8Array, options: Augmentation, random: Random): void {
  const brightness = random.range(-options.light, options.light) * 128;
  const contrast = 1 + random.range(-options.light, options.light);
  const saturation = 1 + random.range(-options.colour, options.colour);
  const tint = options.colour / 4;
  const gains = [0, 1, 2].map(() => contrast * (1 + random.range(-tint, tint)));
  const order = random.chance(options.exchange) ? shuffle(random, [0, 1, 2]) : [0, 1, 2];
  const [first = 0, second = 1, third = 2] = order;
  const [gain0 = 1, gain1 = 1, gain2 = 1] = gains;
  // Stores round and clamp.
  const lit = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length);
  for (let at = 0; at < lit.length; at += 3) {
    const [a, b, c] = [lit[at + first] ?? 0, lit[at + second] ?? 0, lit[at + third] ?? 0];
    // (grey + (value - grey) saturation - 128) gain + 128 + brightness
    const base = ((a + b + c) / 3) * (1 - saturation) - 128;
    lit[at] = (base + a * saturation) * gain0 + 128 + brightness;
    lit[at + 1] = (base + b * saturation) * gain1 + 128 + brightness;
    lit[at + 2] = (base + c * saturation) * gain2 + 128 + brightness;
  }
}

function hide(pixels: Uint8Array, size: number, random: Random): void {
  const side = Math.round(size * random.range(0.15, 0.35));
  const left = random.int(0, size - side);
  const top = random.int(0, size - side);
  const colour = groundColour(random);
  for (let row = top; row < top + side; row += 1) {
    for (let column = left; column < left + side; column += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        pixels[(row * size + column) * 3 + channel] = colour[channel] ?? 0;
      }
    }
  }
}
