/** One threshold a category, each chosen on the pictures that were named so. */
import type { Decision } from '../evaluation/decisions.js';
import { guaranteedThreshold } from './guaranteed-threshold.js';
import type { GuaranteedThreshold, Promised } from './guaranteed-threshold.js';

export interface ClassThreshold {
  readonly label: string;
  /** Pictures of the sample named so. */
  readonly named: number;
  /** Null when no threshold keeps the promise: then nothing is accepted as this class. */
  readonly guaranteed: GuaranteedThreshold | null;
}

/** The promise holds for each class by itself; that all hold together is not promised. */
export function classThresholds(
  decisions: readonly Decision[],
  labels: readonly string[],
  promised: Promised,
): ClassThreshold[] {
  return labels.map((label, position) => {
    const named = decisions.filter((decision) => decision.named === position);
    const guaranteed = guaranteedThreshold(
      named.map(({ probability }) => probability),
      named.map(({ right }) => right),
      promised,
    );
    return { label, named: named.length, guaranteed };
  });
}

/** Whether the class's own threshold lets the decision through. */
export function acceptedByClass(
  { named, probability }: Pick<Decision, 'named' | 'probability'>,
  thresholds: readonly ClassThreshold[],
): boolean {
  const guaranteed = thresholds[named]?.guaranteed;
  return guaranteed !== null && guaranteed !== undefined && probability > guaranteed.threshold;
}
