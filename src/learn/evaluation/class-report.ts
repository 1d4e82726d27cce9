/** Each class on its own, with the threshold in force, and which class is taken for which. */
import type { Decision } from './decisions.js';
import { share } from './share.js';
import type { Share } from './share.js';

export interface ClassReport {
  readonly label: string;
  readonly pictures: number;
  /** Share of its pictures that are named so, accepted or not. */
  readonly recall: Share;
  /** Share of the pictures named so that are, accepted or not. */
  readonly precision: Share;
  /** The same of those above the threshold. */
  readonly acceptedPrecision: Share;
  /** Share of its pictures that are accepted, under whatever name. */
  readonly coverage: Share;
}

export function classReports(
  decisions: readonly Decision[],
  labels: readonly string[],
  threshold: number,
): ClassReport[] {
  return labels.map((label, position) => {
    const own = decisions.filter(({ truth }) => truth === position);
    const named = decisions.filter(({ named }) => named === position);
    const accepted = named.filter(({ probability }) => probability > threshold);
    return {
      label,
      pictures: own.length,
      recall: share(own.filter(({ right }) => right).length, own.length),
      precision: share(named.filter(({ right }) => right).length, named.length),
      acceptedPrecision: share(accepted.filter(({ right }) => right).length, accepted.length),
      coverage: share(own.filter(({ probability }) => probability > threshold).length, own.length),
    };
  });
}

/** Counts, [classes][classes]: rows are the true classes, columns the named ones. */
export function confusionMatrix(decisions: readonly Decision[], classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const { truth, named } of decisions) {
    const row = counts[truth];
    if (row !== undefined) row[named] = (row[named] ?? 0) + 1;
  }
  return counts;
}
