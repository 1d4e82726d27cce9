/** One picture as the fitting of limits sees it. */
import type { Typicality } from '../../domain/rejection.js';
import { negativeEnergy } from '../../model/typicality.js';
import type { ClassMeans } from '../../model/typicality.js';
import { bestOf } from '../evaluation/decisions.js';
import type { Outputs } from '../evaluation/judged-model.js';
import { nearnessOf, ofUnitLength } from './class-means.js';

export type TypicalityScore = Typicality['score'];

export interface Judgement {
  readonly source: string;
  /** Position of the likeliest category. */
  readonly named: number;
  readonly probability: number;
  /** Whether it is the true one; never for pictures of other things. */
  readonly right: boolean;
  /** What the model tells of how familiar the picture is; scores that it does not tell are absent. */
  readonly typicality: Readonly<Partial<Record<TypicalityScore, number>>>;
}

/**
 * `sources`: of each row; `truths`: position of the true category of each row, null for other things; `means`: null
 * where the model has none.
 */
export function judgementsOf(
  outputs: Outputs,
  classes: number,
  sources: readonly string[],
  truths: readonly (number | null)[],
  means: ClassMeans | null,
): Judgement[] {
  const { probabilities, logits, features } = outputs;
  const near =
    means === null || features === null ? null : nearnessOf(means, ofUnitLength(features, means.width));
  return sources.map((source, row) => {
    const { named, probability } = bestOf(probabilities, classes, row);
    const energy =
      logits === null ? null : negativeEnergy(logits.subarray(row * classes, (row + 1) * classes));
    return {
      source,
      named,
      probability,
      right: truths[row] === named,
      typicality: {
        ...(energy === null ? {} : { energy }),
        ...(near === null ? {} : { 'class-means': near[row] ?? 0 }),
      },
    };
  });
}
