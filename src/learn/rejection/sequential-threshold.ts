/**
 * The lowest threshold that keeps a promise about errors, by tests in an order that is fixed before looking: Angelopoulos,
 * Bates, Candès, Jordan and Lei 2021, "Learn then Test: Calibrating Predictive Algorithms to Achieve Risk Control",
 * fixed-sequence testing. A sequence spends its doubt once, however many thresholds it passes, where Geifman and
 * El-Yaniv's search (guaranteed-threshold.ts) divides it by its number of looks: on a few hundred pictures that is what
 * decides whether anything can be promised.
 */
import { upperRate } from './binomial.js';
import type { GuaranteedThreshold, Promised } from './guaranteed-threshold.js';

/** Where the sequences begin, as shares of the pictures accepted; each gets its part of the doubt. */
const STARTS = [0.25, 0.5] as const;
/** Every test of a sequence accepts this much more than the one before. */
const GROWTH = 1.05;

/**
 * `scores`: the higher, the surer; `right`: whether the decision is. The sample must be fresh. Null when no sequence
 * passes its first test. Equal scores are accepted or refused together.
 */
export function sequentialThreshold(
  scores: readonly number[],
  right: readonly boolean[],
  { risk, doubt }: Promised,
): GuaranteedThreshold | null {
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  const sorted = order.map((row) => scores[row] ?? 0);
  const wrongAmong = [0];
  for (const row of order) wrongAmong.push((wrongAmong.at(-1) ?? 0) + (right[row] === true ? 0 : 1));
  const part = doubt / STARTS.length;
  // With fewer pictures even no mistake at all would prove nothing.
  const least = Math.ceil(Math.log(part) / Math.log1p(-risk));
  let best: GuaranteedThreshold | null = null;
  for (const start of STARTS) {
    let count = Math.max(least, Math.ceil(start * sorted.length));
    while (count <= sorted.length) {
      const accepted = sorted.lastIndexOf(sorted[count - 1] ?? 0) + 1;
      const wrong = wrongAmong[accepted] ?? 0;
      const bound = upperRate(wrong, accepted, part);
      if (bound > risk) break;
      if (best === null || accepted > best.accepted) {
        best = { threshold: justBelow(sorted[accepted - 1] ?? 0), accepted, wrong, bound };
      }
      if (accepted === sorted.length) break;
      count = Math.min(sorted.length, Math.max(accepted + 1, Math.ceil(count * GROWTH)));
    }
  }
  return best;
}

/** Acceptance is "above", so the threshold lies a rounding error under the lowest accepted score. */
function justBelow(score: number): number {
  return score - Math.max(Math.abs(score) * Number.EPSILON, Number.MIN_VALUE);
}
