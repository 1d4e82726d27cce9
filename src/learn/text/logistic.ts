/**
 * Multinomial logistic regression with a ridge: the weights that minimise the mean of -log p(true class) plus
 * half of `ridge` times their squares (Bishop 2006, section 4.3.4). The optimum is unique.
 */
import { minimise } from './minimise.js';

/** One text: the rows of the features it has, and its class. */
export interface Example {
  readonly rows: readonly number[];
  readonly label: number;
}

export interface LogisticOptions {
  readonly features: number;
  readonly classes: number;
  readonly ridge: number;
  readonly steps: number;
  /** Ends when no derivative is larger. */
  readonly gradient: number;
  readonly onStep?: (step: number, loss: number) => void;
}

/** Returns [features, classes], row-major. */
export function fitLogistic(examples: readonly Example[], options: LogisticOptions): Float64Array {
  const { features, classes } = options;
  const start = new Float64Array(features * classes);
  return minimise((weights, gradient) => lossOf(examples, options, weights, gradient), start, options);
}

function lossOf(
  examples: readonly Example[],
  { classes, ridge }: LogisticOptions,
  weights: Float64Array,
  gradient: Float64Array,
): number {
  let loss = 0;
  for (let at = 0; at < weights.length; at += 1) {
    const weight = weights[at] ?? 0;
    gradient[at] = ridge * weight;
    loss += 0.5 * ridge * weight * weight;
  }
  const share = 1 / Math.max(1, examples.length);
  const scores = new Float64Array(classes);
  for (const { rows, label } of examples) {
    scores.fill(0);
    for (const row of rows) {
      const from = row * classes;
      for (let at = 0; at < classes; at += 1) scores[at] = (scores[at] ?? 0) + (weights[from + at] ?? 0);
    }
    let largest = Number.NEGATIVE_INFINITY;
    for (const score of scores) largest = Math.max(largest, score);
    let total = 0;
    for (const score of scores) total += Math.exp(score - largest);
    loss += share * (Math.log(total) + largest - (scores[label] ?? 0));
    for (let at = 0; at < classes; at += 1) {
      const p = Math.exp((scores[at] ?? 0) - largest) / total;
      scores[at] = share * (p - (at === label ? 1 : 0));
    }
    for (const row of rows) {
      const from = row * classes;
      for (let at = 0; at < classes; at += 1)
        gradient[from + at] = (gradient[from + at] ?? 0) + (scores[at] ?? 0);
    }
  }
  return loss;
}
