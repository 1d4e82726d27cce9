/**
 * The lowest threshold that keeps a promise about errors: Geifman and El-Yaniv 2017, "Selective Classification for
 * Deep Neural Networks", Algorithm 1 (selection with guaranteed risk control), with the bound of their lemma 3.1,
 * which is Clopper and Pearson's.
 */
import { upperRate } from './binomial.js';

export interface Promised {
  /** Largest share of errors among the accepted, such as 0.01. */
  readonly risk: number;
  /** Probability with which the promise may fail over the drawing of the sample, such as 0.05. */
  readonly doubt: number;
}

/** What is promised where nobody says otherwise: precision 0.99, at confidence 0.95. */
export const DEFAULT_PROMISE: Promised = { risk: 0.01, doubt: 0.05 };

export interface GuaranteedThreshold {
  /** Scores above it are accepted. */
  readonly threshold: number;
  /** Pictures of the sample that are accepted, and how many of them are wrong. */
  readonly accepted: number;
  readonly wrong: number;
  /** With probability 1 - doubt the error rate of accepted pictures is at most this; it is within the promise. */
  readonly bound: number;
}

/**
 * `scores`: the higher, the surer; `right`: whether the decision is. The sample must be fresh: neither the model nor
 * its temperature may have been fitted to it, or the promise is weaker than it sounds. Null when no threshold
 * that is looked at keeps the promise. Equal scores are accepted or refused together.
 */
export function guaranteedThreshold(
  scores: readonly number[],
  right: readonly boolean[],
  { risk, doubt }: Promised,
): GuaranteedThreshold | null {
  if (scores.length === 0) return null;
  const order = [...scores.keys()].sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const sorted = order.map((row) => scores[row] ?? 0);
  const wrongFrom = wrongAtAndAbove(order, right);
  const looks = Math.max(1, Math.ceil(Math.log2(sorted.length)));
  let [low, high] = [0, sorted.length];
  let best: GuaranteedThreshold | null = null;
  for (let look = 0; look < looks; look += 1) {
    const middle = Math.min(sorted.length - 1, Math.floor((low + high) / 2));
    // Equal scores below the middle would be accepted too; they have to count.
    const first = sorted.indexOf(sorted[middle] ?? 0);
    const accepted = sorted.length - first;
    const wrong = wrongFrom[first] ?? 0;
    // Every look takes its part of the doubt (the union bound).
    const bound = upperRate(wrong, accepted, doubt / looks);
    if (bound <= risk) {
      best = { threshold: justBelow(sorted[first] ?? 0), accepted, wrong, bound };
      high = middle;
    } else low = middle;
  }
  return best;
}

/** For each position of the order, the wrong decisions from there on. */
function wrongAtAndAbove(order: readonly number[], right: readonly boolean[]): number[] {
  const counts: number[] = Array.from({ length: order.length }, () => 0);
  let sum = 0;
  for (let at = order.length - 1; at >= 0; at -= 1) {
    sum += right[order[at] ?? -1] === true ? 0 : 1;
    counts[at] = sum;
  }
  return counts;
}

/** Acceptance is "above", so the threshold lies a rounding error under the lowest accepted score. */
function justBelow(score: number): number {
  return score - Math.max(Math.abs(score) * Number.EPSILON, Number.MIN_VALUE);
}
