/** The same items on other grounds: pictures whose background no longer goes with their class. */
import { Random, seedOf } from '../../platform/random.js';
import { pixelsOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import { cutOut } from './cut-out.js';
import type { CutOut, ForegroundEstimate } from './cut-out.js';
import { borrowedGround, paintedGround } from './new-ground.js';
import type { GroundKind, GroundPainter } from './new-ground.js';

export interface ReplacedPictures {
  /** How many of the pictures can be cut out; for some of them no ground may stand out against what is shown. */
  readonly cut: number;
  /** Rows of `pictures` whose ground was replaced. */
  readonly rows: readonly number[];
  /** Of each of them. */
  readonly kinds: readonly GroundKind[];
  /** uint8, size x size x 3 for each of them. */
  readonly pixels: Uint8Array;
}

/** Borrowed grounds are what a class is likeliest to be known by; the painted ones are unlike all others. */
const KIND_WEIGHTS: Readonly<Record<GroundKind, number>> = { borrowed: 2, plain: 1, pattern: 1 };
/** Mean difference of the channels that the new ground has to keep from what is shown, in levels. */
const LEAST_CONTRAST = 24;
/** Draws after which a picture is left out, because no ground stood out against it. */
const MOST_DRAWS = 20;

/**
 * `pictures`: positions in the data set. Each picture that can be cut out gets the ground of a picture of another class,
 * a colour or a pattern, drawn from the seed and the picture's bytes: the same for every model that is asked. The
 * letterbox bars stay, because those are what the model meets.
 */
export function replaceGrounds(
  dataset: Dataset,
  pictures: readonly number[],
  estimate: ForegroundEstimate,
  seed: number,
): ReplacedPictures {
  const cuts = pictures.map((picture) => cutOut(dataset, picture, estimate));
  const labelOf = (row: number): string => dataset.index.entries[pictures[row] ?? -1]?.label ?? '';
  const rows: number[] = [];
  const kinds: GroundKind[] = [];
  const squares: Uint8Array[] = [];
  for (const [row, cut] of cuts.entries()) {
    const picture = pictures[row];
    if (cut === null || picture === undefined) continue;
    const random = new Random(seedOf(seed, dataset.index.entries[picture]?.sha256 ?? ''));
    const donors = cuts.filter((donor, at) => donor !== null && labelOf(at) !== labelOf(row));
    const ground = contrastingGround(cut, donors, random);
    if (ground === null) continue;
    rows.push(row);
    kinds.push(ground.kind);
    squares.push(onGround(pixelsOf(dataset, picture), dataset.index.size, cut, ground.painter));
  }
  const cut = cuts.filter((one) => one !== null).length;
  return { cut, rows, kinds, pixels: Buffer.concat(squares) };
}

function contrastingGround(
  cut: CutOut,
  donors: readonly (CutOut | null)[],
  random: Random,
): { readonly kind: GroundKind; readonly painter: GroundPainter } | null {
  const { width, height } = cut.box;
  for (let draw = 0; draw < MOST_DRAWS; draw += 1) {
    const kind = random.weighted({ ...KIND_WEIGHTS, ...(donors.length === 0 ? { borrowed: 0 } : {}) });
    const donor = kind === 'borrowed' ? random.pick(donors) : null;
    const painter =
      donor === null
        ? paintedGround(kind === 'pattern' ? 'pattern' : 'plain', Math.max(width, height), random)
        : borrowedGround(donor, width, height);
    if (contrast(cut, painter) >= LEAST_CONTRAST) return { kind, painter };
  }
  return null;
}

/** Between the means of what is shown and of the new ground around it, averaged over the channels. */
function contrast({ box, pixels, weights }: CutOut, painter: GroundPainter): number {
  const shown = [0, 0, 0];
  const ground = [0, 0, 0];
  let [ofShown, ofGround] = [0, 0];
  for (const [pixel, weight] of weights.entries()) {
    const painted = painter(pixel % box.width, Math.floor(pixel / box.width));
    ofShown += weight;
    ofGround += 1 - weight;
    for (let channel = 0; channel < 3; channel += 1) {
      shown[channel] = (shown[channel] ?? 0) + weight * (pixels[pixel * 3 + channel] ?? 0);
      ground[channel] = (ground[channel] ?? 0) + (1 - weight) * (painted[channel] ?? 0);
    }
  }
  const differences = shown.map((sum, at) => Math.abs(sum / ofShown - (ground[at] ?? 0) / ofGround));
  return differences.reduce((sum, difference) => sum + difference, 0) / 3;
}

function onGround(square: Uint8Array, size: number, cut: CutOut, painter: GroundPainter): Uint8Array {
  const { box, pixels, weights } = cut;
  // Stores round and clamp.
  const made = Uint8ClampedArray.from(square);
  for (const [pixel, weight] of weights.entries()) {
    const [column, row] = [pixel % box.width, Math.floor(pixel / box.width)];
    const painted = painter(column, row);
    const at = ((box.top + row) * size + box.left + column) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      made[at + channel] =
        weight * (pixels[pixel * 3 + channel] ?? 0) + (1 - weight) * (painted[channel] ?? 0);
    }
  }
  return new Uint8Array(made.buffer);
}
