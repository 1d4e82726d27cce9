/**
 * Fits weights and sharpness to truths, by coordinate search: one part at a time, all pairs of a weight and a
 * sharpness of a grid, as long as something gets better. The goal of a truth is the mean of recall@1 and the mean
 * reciprocal rank, which goes on where recall@1 is flat; of several truths it is the mean of theirs or the worst.
 */
import type { BlendSettings, SimilarityParts } from '../../domain/similar.js';
import { PARTS, likeness } from '../blend.js';
import type { Part } from '../blend.js';
import type { PartRow } from './part-rows.js';
import type { TruthPicture } from './truth.js';

/** Multiplied by the mean weight of the other parts' start, 1. */
const WEIGHTS = [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.4, 2, 3, 4, 6];
const SHARPNESS = [1, 2, 4, 6, 8, 16, 32, 64, 100];
const ROUNDS = 4;

/** One query's cosines with the gallery, and what it looks for. */
export interface FitRow {
  readonly row: PartRow;
  readonly group: string;
  /** Its own place in the gallery, or -1. */
  readonly self: number;
}

export interface FitTruth {
  readonly rows: readonly FitRow[];
  readonly gallery: readonly TruthPicture[];
}

/** What of several truths counts. */
export type FitGoal = 'mean' | 'worst';

export function fitBlend(
  truths: readonly FitTruth[],
  start: BlendSettings,
  goalKind: FitGoal = 'mean',
): BlendSettings {
  const fits = truths.map(({ rows, gallery }) => new Fit(rows, gallery));
  const joined = (goals: readonly number[]): number =>
    goalKind === 'worst' ? Math.min(...goals) : goals.reduce((sum, goal) => sum + goal, 0) / goals.length;
  let best = start;
  let goal = joined(fits.map((fit) => fit.goalOf(best)));
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = goal;
    for (const part of PARTS) {
      const rests = fits.map((fit) => fit.scoresOf(best, part));
      for (const sharpness of SHARPNESS) {
        const gains = fits.map((fit) => fit.likenesses(part, sharpness));
        for (const weight of WEIGHTS) {
          const settings = changed(best, part, weight, sharpness);
          if (PARTS.every((one) => settings.weights[one] === 0)) continue;
          const reached = joined(
            fits.map((fit, at) => fit.goal(rests[at] ?? NONE, gains[at] ?? NONE, weight)),
          );
          if (reached <= goal + 1e-9) continue;
          goal = reached;
          best = settings;
        }
      }
    }
    if (goal === before) break;
  }
  return best;
}

const NONE = new Float32Array();

function changed(settings: BlendSettings, part: Part, weight: number, sharpness: number): BlendSettings {
  const put = (parts: SimilarityParts, value: number): SimilarityParts => ({ ...parts, [part]: value });
  return { weights: put(settings.weights, weight), sharpness: put(settings.sharpness, sharpness) };
}

class Fit {
  readonly #rows: readonly FitRow[];
  readonly #size: number;
  /** For each query, the places of its group, without itself. */
  readonly #wanted: readonly (readonly number[])[];

  constructor(rows: readonly FitRow[], gallery: readonly TruthPicture[]) {
    this.#rows = rows;
    this.#size = gallery.length;
    const places = new Map<string, number[]>();
    for (const [at, { group }] of gallery.entries()) {
      const of = places.get(group);
      if (of === undefined) places.set(group, [at]);
      else of.push(at);
    }
    this.#wanted = rows.map(({ group, self }) => (places.get(group) ?? []).filter((at) => at !== self));
  }

  /** [queries, gallery]: the sum of all parts but one. */
  scoresOf({ weights, sharpness }: BlendSettings, without: Part | null): Float32Array {
    const scores = new Float32Array(this.#rows.length * this.#size);
    for (const part of PARTS) {
      if (part === without || weights[part] === 0) continue;
      const gains = this.likenesses(part, sharpness[part]);
      for (let at = 0; at < scores.length; at += 1) {
        scores[at] = (scores[at] ?? 0) + weights[part] * (gains[at] ?? 0);
      }
    }
    return scores;
  }

  /** [queries, gallery]. */
  likenesses(part: Part, sharpness: number): Float32Array {
    const values = new Float32Array(this.#rows.length * this.#size);
    for (const [query, { row }] of this.#rows.entries()) {
      const cosines = row[part];
      const from = query * this.#size;
      for (let at = 0; at < this.#size; at += 1) values[from + at] = likeness(cosines[at] ?? 0, sharpness);
    }
    return values;
  }

  goalOf(settings: BlendSettings): number {
    const scores = this.scoresOf(settings, null);
    return this.goal(scores, scores, 0);
  }

  /** Of the scores `rest + weight * gains`. */
  goal(rest: Float32Array, gains: Float32Array, weight: number): number {
    let sum = 0;
    for (const [query, { self }] of this.#rows.entries()) {
      const from = query * this.#size;
      const scoreAt = (at: number): number => (rest[from + at] ?? 0) + weight * (gains[from + at] ?? 0);
      let best = Number.NEGATIVE_INFINITY;
      for (const at of this.#wanted[query] ?? []) best = Math.max(best, scoreAt(at));
      let rank = 1;
      for (let at = 0; at < this.#size; at += 1) {
        if ((rest[from + at] ?? 0) + weight * (gains[from + at] ?? 0) > best && at !== self) rank += 1;
      }
      sum += (rank === 1 ? 1 : 0) + 1 / rank;
    }
    return sum / (2 * this.#rows.length);
  }
}
