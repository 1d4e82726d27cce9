/** Counts of a run and shares of them, as rules compare and people read them. */
import type { RunMeasures } from '../../domain/health.js';

/** Outcomes of a visit that are no error: the page answered, or the visit was not meant to be. */
export const EXCUSED: ReadonlySet<string> = new Set([
  'read',
  'unchanged',
  'gone',
  'robots',
  'scope',
  'page-limit',
]);

export function visitsOf({ outcomes }: RunMeasures): number {
  return total(Object.entries(outcomes));
}

/** Visits that were answered with a page, or that there is none. */
export function answersOf({ outcomes }: RunMeasures): number {
  return (outcomes['read'] ?? 0) + (outcomes['unchanged'] ?? 0) + (outcomes['gone'] ?? 0);
}

/** Visits that ended in an error. */
export function errorsOf({ outcomes }: RunMeasures): number {
  return total(Object.entries(outcomes).filter(([outcome]) => !EXCUSED.has(outcome)));
}

export function total(counts: readonly (readonly [string, number | undefined])[]): number {
  return counts.reduce((sum, [, count = 0]) => sum + count, 0);
}

/** Null of nothing. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Whole percents, but never 0 or 100 of what is not none or all. */
export function percent(value: number): string {
  const rounded = Math.round(100 * value);
  if (rounded === 0 && value > 0) return 'under 1 %';
  return rounded === 100 && value < 1 ? '99 %' : `${rounded} %`;
}
