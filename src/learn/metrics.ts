/** Figures on predictions: loss, accuracy, precision and coverage at a threshold, calibration. */
import { calibrationError, reliability } from './evaluation/calibration.js';
import { decisionsOf } from './evaluation/decisions.js';
import type { Predictions } from './evaluation/decisions.js';
import { share } from './evaluation/share.js';
import type { Share } from './evaluation/share.js';

interface ClassFigures {
  readonly pictures: number;
  readonly recall: Share;
  readonly precision: Share;
}

export interface Figures {
  readonly pictures: number;
  readonly loss: number;
  readonly accuracy: Share;
  /** Probabilities above it are accepted. */
  readonly threshold: number;
  /** Share of pictures accepted. */
  readonly coverage: Share;
  /** Share of the accepted that are right. */
  readonly precision: Share;
  /** Expected calibration error over 15 bins (Guo et al. 2017). */
  readonly calibrationError: number;
  readonly byClass: readonly ClassFigures[];
}

export function figures(predictions: Predictions, threshold: number): Figures {
  const decisions = decisionsOf(predictions);
  const right = decisions.filter((decision) => decision.right);
  const accepted = decisions.filter(({ probability }) => probability > threshold);
  const byClass = Array.from({ length: predictions.classes }, (_, label): ClassFigures => {
    const own = decisions.filter(({ truth }) => truth === label);
    const named = decisions.filter((decision) => decision.named === label);
    const both = own.filter((decision) => decision.right).length;
    return { pictures: own.length, recall: share(both, own.length), precision: share(both, named.length) };
  });
  const bins = reliability(
    decisions.map(({ probability }) => probability),
    decisions.map((decision) => decision.right),
  );
  return {
    pictures: decisions.length,
    loss: negativeLogLikelihood(predictions, 1),
    accuracy: share(right.length, decisions.length),
    threshold,
    coverage: share(accepted.length, decisions.length),
    precision: share(accepted.filter((decision) => decision.right).length, accepted.length),
    calibrationError: calibrationError(bins),
    byClass,
  };
}

/** Mean of -log p(true class), after dividing the logits by `temperature`. */
export function negativeLogLikelihood(predictions: Predictions, temperature: number): number {
  const { probabilities, classes, labels } = predictions;
  let sum = 0;
  for (const [row, label] of labels.entries()) {
    // Log-probabilities are logits up to a constant, which the softmax takes out again.
    let total = 0;
    for (let index = row * classes; index < (row + 1) * classes; index += 1) {
      total += Math.exp(Math.log(Math.max(probabilities[index] ?? 0, Number.MIN_VALUE)) / temperature);
    }
    const own = Math.log(Math.max(probabilities[row * classes + label] ?? 0, Number.MIN_VALUE)) / temperature;
    sum += Math.log(total) - own;
  }
  return sum / Math.max(1, labels.length);
}

/** The temperature of the smallest loss (Guo et al. 2017), by golden-section search on its logarithm. */
export function fitTemperature(predictions: Predictions): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(0.2), Math.log(5)];
  const lossAt = (logarithm: number): number => negativeLogLikelihood(predictions, Math.exp(logarithm));
  for (let round = 0; round < 40; round += 1) {
    const lower = high - ratio * (high - low);
    const upper = low + ratio * (high - low);
    if (lossAt(lower) < lossAt(upper)) high = upper;
    else low = lower;
  }
  return Math.exp((low + high) / 2);
}
