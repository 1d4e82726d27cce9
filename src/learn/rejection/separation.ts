/** How well a score keeps two kinds of pictures apart. */

export interface Separation {
  /**
   * Probability that a known picture scores above an unknown one, equals counting half: the area under the ROC
   * curve (Hanley and McNeil 1982).
   */
  readonly auroc: number;
  /** Share of the unknown that is accepted when 95 % of the known are. */
  readonly unknownAt95: number;
}

export function separation(known: ArrayLike<number>, unknown: ArrayLike<number>): Separation {
  const all = [
    ...Array.from(known, (score) => ({ score, known: true })),
    ...Array.from(unknown, (score) => ({ score, known: false })),
  ].sort((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let start = 0; start < all.length;) {
    let end = start;
    let knownHere = 0;
    // A score that is no number equals nothing, itself neither, and still takes its place.
    while (end < all.length && (end === start || all[end]?.score === all[start]?.score)) {
      if (all[end]?.known === true) knownHere += 1;
      end += 1;
    }
    // Ranks from 1; equals share their mean rank.
    rankSum += (knownHere * (start + 1 + end)) / 2;
    start = end;
  }
  const pairs = known.length * unknown.length;
  const auroc = pairs === 0 ? Number.NaN : (rankSum - (known.length * (known.length + 1)) / 2) / pairs;
  return { auroc, unknownAt95: acceptedShare(unknown, thresholdKeeping(known, 0.95)) };
}

/** The highest score such that at least this share of the scores is at or above it. */
export function thresholdKeeping(scores: ArrayLike<number>, share: number): number {
  const sorted = Array.from(scores).sort((a, b) => b - a);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NEGATIVE_INFINITY;
}

/** Share of the scores at or above the threshold; 0 of none. */
export function acceptedShare(scores: ArrayLike<number>, threshold: number): number {
  const accepted = Array.from(scores).filter((score) => score >= threshold).length;
  return accepted / Math.max(1, scores.length);
}
