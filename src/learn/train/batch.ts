/** One shard of a mini-batch: augmented pixels, soft targets and dropout masks, all from one seed. */
import { positiveShares } from '../graph/metric-loss.js';
import { augment } from './augment.js';
import type { Augmentation } from './augment.js';
import type { Random } from '../../platform/random.js';
import { beta, shuffle } from './distributions.js';

export interface BatchOptions {
  readonly size: number;
  readonly classes: number;
  readonly augmentation: Augmentation;
  /** Mass of a target that is spread over all classes (Szegedy et al. 2016). */
  readonly labelSmoothing: number;
  /** Parameter of mixup's Beta distribution (Zhang et al. 2018); 0 turns it off. */
  readonly mixup: number;
  /** Labels are groups, and the targets say which rows are of one group. */
  readonly contrastive?: boolean;
}

export interface Batch {
  /** [N, size, size, 3]. */
  readonly pixels: Uint8Array;
  /** [N, classes], or [N, N] of a contrastive network; rows add up to 1. */
  readonly targets: Float32Array;
}

/** `pictures` index into `pixels` and `labels` of the whole data set. */
export function makeBatch(
  pictures: readonly number[],
  source: { readonly pixels: Uint8Array; readonly labels: Int32Array },
  options: BatchOptions,
  random: Random,
): Batch {
  const { size, classes, labelSmoothing } = options;
  const bytes = size * size * 3;
  const pixels = new Uint8Array(pictures.length * bytes);
  for (const [row, picture] of pictures.entries()) {
    const original = source.pixels.subarray(picture * bytes, (picture + 1) * bytes);
    augment(original, pixels.subarray(row * bytes, (row + 1) * bytes), size, options.augmentation, random);
  }
  if (options.contrastive === true) {
    return { pixels, targets: positiveShares(pictures.map((picture) => source.labels[picture] ?? 0)) };
  }
  const targets = new Float32Array(pictures.length * classes).fill(labelSmoothing / classes);
  for (const [row, picture] of pictures.entries()) {
    const at = row * classes + (source.labels[picture] ?? 0);
    targets[at] = (targets[at] ?? 0) + 1 - labelSmoothing;
  }
  if (options.mixup === 0) return { pixels, targets };
  const share = beta(random, options.mixup);
  const partners = shuffle(
    random,
    pictures.map((_, row) => row),
  );
  return {
    pixels: blendPixels(pixels, partners, share),
    targets: blend(targets, partners, share),
  };
}

/** share row + (1 - share) partner, row by row. */
function blend(values: Float32Array, partners: readonly number[], share: number): Float32Array {
  const width = values.length / partners.length;
  const blended = new Float32Array(values.length);
  for (const [row, partner] of partners.entries()) {
    const [own, other] = [row * width, partner * width];
    for (let index = 0; index < width; index += 1) {
      blended[own + index] = share * (values[own + index] ?? 0) + (1 - share) * (values[other + index] ?? 0);
    }
  }
  return blended;
}

/** The same for whole numbers, rounded; apart from `blend`, so that each works on one type of array and is fast. */
function blendPixels(pixels: Uint8Array, partners: readonly number[], share: number): Uint8Array {
  const width = pixels.length / partners.length;
  const blended = new Uint8Array(pixels.length);
  for (const [row, partner] of partners.entries()) {
    const [own, other] = [row * width, partner * width];
    for (let index = 0; index < width; index += 1) {
      const mixed = share * (pixels[own + index] ?? 0) + (1 - share) * (pixels[other + index] ?? 0);
      blended[own + index] = Math.round(mixed);
    }
  }
  return blended;
}

/** Inverted dropout: 0 with probability `rate`, else 1 / (1 - rate). */
export function dropoutMask(length: number, rate: number, random: Random): Float32Array {
  return Float32Array.from({ length }, () => (random.chance(rate) ? 0 : 1 / (1 - rate)));
}

/** The facts of each label, 0 where one is not known. `facts`: of all labels, `count` each. */
export function factsOf(
  labels: readonly number[],
  facts: Float32Array,
  count: number,
): { readonly values: Float32Array; readonly known: Float32Array } {
  const values = new Float32Array(labels.length * count);
  const known = new Float32Array(labels.length * count);
  for (const [row, label] of labels.entries()) {
    for (let at = 0; at < count; at += 1) {
      const fact = facts[label * count + at] ?? Number.NaN;
      if (Number.isNaN(fact)) continue;
      values[row * count + at] = fact;
      known[row * count + at] = 1;
    }
  }
  return { values, known };
}
