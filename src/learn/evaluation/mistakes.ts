/** The pictures that a model is surest of and wrong about: the first to look at. */
import type { DatasetIndex } from '../dataset/dataset.js';
import type { Decision } from './decisions.js';

export interface Mistake {
  /** Position in the data set. */
  readonly picture: number;
  readonly path: string;
  readonly source: string;
  readonly truth: string;
  readonly named: string;
  readonly probability: number;
}

/** At most `most`, the surest first. `pictures`: positions in the data set, in the order of the decisions. */
export function worstMistakes(
  decisions: readonly Decision[],
  pictures: readonly number[],
  index: DatasetIndex,
  labels: readonly string[],
  most: number,
): Mistake[] {
  return decisions
    .map((decision, row) => ({ decision, picture: pictures[row] ?? -1 }))
    .filter(({ decision }) => !decision.right)
    .sort((a, b) => b.decision.probability - a.decision.probability)
    .slice(0, most)
    .map(({ decision, picture }) => ({
      picture,
      path: index.entries[picture]?.path ?? '',
      source: index.entries[picture]?.source ?? '',
      truth: labels[decision.truth] ?? '',
      named: labels[decision.named] ?? '',
      probability: decision.probability,
    }));
}
