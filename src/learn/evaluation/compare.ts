/** Two models on the same pictures: where they differ, and whether chance would explain it. */
import { decisionsOf } from './decisions.js';
import { logBinomial } from '../rejection/binomial.js';
import type { Judged } from './judge.js';

export interface Comparison {
  /** Pictures that both models can judge. */
  readonly pictures: number;
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
  /**
   * Probability of a difference at least as large between models that are equally good: McNemar 1947 in its exact,
   * two-sided form, a binomial test on the pictures that only one of them gets right.
   */
  readonly p: number;
}

export function compare(first: Judged, second: Judged): Comparison {
  const rightBy = (judged: Judged): Map<number, boolean> => {
    const decisions = decisionsOf(judged.predictions);
    return new Map(judged.pictures.map((picture, row) => [picture, decisions[row]?.right === true]));
  };
  const [one, other] = [rightBy(first), rightBy(second)];
  const counts = { bothRight: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  for (const [picture, right] of one) {
    const otherRight = other.get(picture);
    if (otherRight === undefined) continue;
    if (right) counts[otherRight ? 'bothRight' : 'onlyFirst'] += 1;
    else counts[otherRight ? 'onlySecond' : 'neither'] += 1;
  }
  const pictures = counts.bothRight + counts.onlyFirst + counts.onlySecond + counts.neither;
  return { pictures, ...counts, p: signTest(counts.onlyFirst, counts.onlySecond) };
}

/** Two-sided binomial test of one half. */
function signTest(one: number, other: number): number {
  const trials = one + other;
  let tail = 0;
  for (let hits = 0; hits <= Math.min(one, other); hits += 1)
    tail += Math.exp(logBinomial(trials, hits, 0.5));
  return Math.min(1, 2 * tail);
}
