/**
 * Whether probabilities mean what they say: reliability diagram and expected calibration error (Guo et al. 2017,
 * "On Calibration of Modern Neural Networks", equations 2 to 5), over 15 bins of equal width.
 */
import { share } from './share.js';
import type { Share } from './share.js';

const BINS = 15;

export interface ReliabilityBin {
  /** Bounds of the confidences in the bin: above `low`, up to `high`. */
  readonly low: number;
  readonly high: number;
  /** Mean confidence of the pictures in it; 0 when there are none. */
  readonly confidence: number;
  /** Share of them that are right. */
  readonly accuracy: Share;
}

/** `confidences`: probability of the named class, 0 to 1; `right`: whether it is the true one. */
export function reliability(confidences: readonly number[], right: readonly boolean[]): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const [row, confidence] of confidences.entries()) {
    const bin = bins[Math.min(BINS, Math.max(1, Math.ceil(confidence * BINS))) - 1];
    if (bin === undefined) continue;
    bin.count += 1;
    bin.confidence += confidence;
    bin.right += right[row] === true ? 1 : 0;
  }
  return bins.map(({ count, confidence, right: hits }, index) => ({
    low: index / BINS,
    high: (index + 1) / BINS,
    confidence: confidence / Math.max(1, count),
    accuracy: share(hits, count),
  }));
}

/** Mean gap between confidence and accuracy, each bin weighted by its pictures; 0 to 1. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const pictures = bins.reduce((sum, { accuracy }) => sum + accuracy.of, 0);
  const gap = bins.reduce(
    (sum, { accuracy, confidence }) => sum + accuracy.of * Math.abs(accuracy.value - confidence),
    0,
  );
  return gap / Math.max(1, pictures);
}
