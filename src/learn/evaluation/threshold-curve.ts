/** Precision and coverage at every threshold: the counts change only at the confidences themselves. */

export interface CurvePoint {
  /** Confidences above it are accepted; the counts hold up to the next point's threshold. */
  readonly threshold: number;
  readonly accepted: number;
  /** Of the accepted, those that are right. */
  readonly right: number;
}

/** Points by rising threshold, from 0 (all accepted) to the highest confidence (none accepted). */
export function thresholdCurve(confidences: readonly number[], right: readonly boolean[]): CurvePoint[] {
  const order = [...confidences.keys()].sort((a, b) => (confidences[b] ?? 0) - (confidences[a] ?? 0));
  const points: CurvePoint[] = [];
  let accepted = 0;
  let hits = 0;
  for (const row of order) {
    const threshold = confidences[row] ?? 0;
    if (points.at(-1)?.threshold !== threshold) points.push({ threshold, accepted, right: hits });
    accepted += 1;
    hits += right[row] === true ? 1 : 0;
  }
  if (points.at(-1)?.threshold !== 0) points.push({ threshold: 0, accepted, right: hits });
  return points.reverse();
}
