/**
 * Whether a generator draws many different pictures or has collapsed to a few (Goodfellow 2016, tutorial, section 5.1),
 * and whether it draws the training pictures again.
 *
 * A generator that draws one picture has samples that lie close together; one that draws a few has, for nearly each
 * sample, another that is nearly the same. So both the mean distance of pairs and the median distance to the nearest
 * other sample are held against those of as many real pictures. Distances are root mean squares over pictures of
 * 16 x 16, where blur, which samples always have, counts little.
 */
import { SIDE } from './networks.js';
import { structuralSimilarity } from './structural-similarity.js';

const SMALL = 16;
/** Side of the squares that become one pixel, as a power of two; and what a value adds to their mean, 0 to 1. */
const SHIFT = Math.log2(SIDE / SMALL);
const SHARE = 1 / (255 * 4 ** SHIFT);
const NUMBERS = SMALL * SMALL * 3;
const PICTURE = SIDE * SIDE * 3;

/** Of a set of pictures. Distances are 0 to 1, in units of a pixel's range. */
interface Diversity {
  /** Mean over all pairs. */
  readonly pairDistance: number;
  /** Median over the pictures of the distance to the nearest other one. */
  readonly nearestDistance: number;
  /** Mean MS-SSIM of pairs of neighbours in the set, which is in random order; 1 for pictures that are the same. */
  readonly similarity: number;
  /** Median over the pictures of the distance to the nearest training picture. */
  readonly trainingDistance: number;
}

export interface DiversityReport {
  readonly pictures: number;
  readonly samples: Diversity;
  readonly real: Diversity;
  /** For each sample, the position of the nearest training picture, and how far it is. */
  readonly nearestTraining: readonly { readonly at: number; readonly distance: number }[];
  readonly verdict: DiversityVerdict;
}

interface DiversityVerdict {
  readonly kind: 'diverse' | 'collapsed' | 'copies';
  /** In words, with the figures. */
  readonly reason: string;
}

/** Of the real pictures' figures; a generator whose samples have less has collapsed. */
const LEAST_PAIR = 0.5;
const LEAST_NEAREST = 0.35;
/** Nearer to the training pictures than this part of what held-out real ones are, it copies them. */
const LEAST_TRAINING = 0.25;

/**
 * `samples` and `real`: as many pictures of each, uint8 [N, 64, 64, 3], the real ones not shown in training where there
 * are such; `training`: those that were shown.
 */
export function measureDiversity(
  samples: Uint8Array,
  real: Uint8Array,
  training: Uint8Array,
): DiversityReport {
  const shown = reduced(training);
  const nearestTraining = nearestOf(reduced(samples), shown);
  const own = diversityOf(
    samples,
    nearestTraining.map(({ distance }) => distance),
  );
  const others = diversityOf(
    real,
    nearestOf(reduced(real), shown).map(({ distance }) => distance),
  );
  return {
    pictures: samples.length / PICTURE,
    samples: own,
    real: others,
    nearestTraining,
    verdict: judged(own, others),
  };
}

function judged(samples: Diversity, real: Diversity): DiversityVerdict {
  const share = (of: keyof Diversity): number => samples[of] / Math.max(real[of], 1e-6);
  const text = (of: keyof Diversity): string => `${samples[of].toFixed(4)} against ${real[of].toFixed(4)}`;
  if (share('pairDistance') < LEAST_PAIR) {
    return {
      kind: 'collapsed',
      reason: `its samples lie much closer together than real pictures: ${text('pairDistance')}`,
    };
  }
  if (share('nearestDistance') < LEAST_NEAREST) {
    return {
      kind: 'collapsed',
      reason: `it draws a few pictures again and again, nearest to each other: ${text('nearestDistance')}`,
    };
  }
  if (share('trainingDistance') < LEAST_TRAINING) {
    return {
      kind: 'copies',
      reason: `it draws its training pictures again, nearest to them: ${text('trainingDistance')}`,
    };
  }
  return {
    kind: 'diverse',
    reason: `distance of pairs ${text('pairDistance')} of real pictures, nearest to each other ${text('nearestDistance')}`,
  };
}

function diversityOf(pictures: Uint8Array, toTraining: readonly number[]): Diversity {
  const rows = reduced(pictures);
  let sum = 0;
  const nearest = rows.map(() => Number.POSITIVE_INFINITY);
  for (const [one, row] of rows.entries()) {
    for (let other = 0; other < one; other += 1) {
      const apart = distance(row, rows[other] ?? row);
      sum += apart;
      nearest[one] = Math.min(nearest[one] ?? apart, apart);
      nearest[other] = Math.min(nearest[other] ?? apart, apart);
    }
  }
  const pairs = (rows.length * (rows.length - 1)) / 2;
  return {
    pairDistance: sum / pairs,
    nearestDistance: median(nearest),
    similarity: meanSimilarity(pictures),
    trainingDistance: median(toTraining),
  };
}

function meanSimilarity(pictures: Uint8Array): number {
  const at = (index: number): Uint8Array => pictures.subarray(index * PICTURE, (index + 1) * PICTURE);
  const pairs = Math.floor(pictures.length / PICTURE / 2);
  let sum = 0;
  for (let pair = 0; pair < pairs; pair += 1) {
    sum += structuralSimilarity(at(2 * pair), at(2 * pair + 1), SIDE);
  }
  return sum / pairs;
}

function nearestOf(
  rows: readonly Float32Array[],
  among: readonly Float32Array[],
): { at: number; distance: number }[] {
  return rows.map((row) => {
    let best = { at: -1, distance: Number.POSITIVE_INFINITY };
    for (const [at, other] of among.entries()) {
      const apart = distance(row, other);
      if (apart < best.distance) best = { at, distance: apart };
    }
    return best;
  });
}

function distance(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < NUMBERS; at += 1) sum += ((one[at] ?? 0) - (other[at] ?? 0)) ** 2;
  return Math.sqrt(sum / NUMBERS);
}

/** Means of 4 x 4 pixels, 0 to 1: one row a picture. */
function reduced(pictures: Uint8Array): Float32Array[] {
  return Array.from({ length: pictures.length / PICTURE }, (_, picture) => {
    const row = new Float32Array(NUMBERS);
    let from = picture * PICTURE;
    for (let y = 0; y < SIDE; y += 1) {
      for (let x = 0; x < SIDE; x += 1, from += 3) {
        const to = ((y >> SHIFT) * SMALL + (x >> SHIFT)) * 3;
        for (let channel = 0; channel < 3; channel += 1) {
          row[to + channel] = (row[to + channel] ?? 0) + (pictures[from + channel] ?? 0) * SHARE;
        }
      }
    }
    return row;
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
}
