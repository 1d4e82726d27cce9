/** Figures on predictions: loss, accuracy, precision and coverage at a threshold, calibration. */

export interface Predictions {
  /** Rows of `classes` probabilities. */
  readonly probabilities: Float32Array;
  readonly classes: number;
  /** The true class of each row. */
  readonly labels: readonly number[];
}

/** A share with its 95 % interval (Wilson 1927). */
export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly of: number;
}

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
  const { classes, labels } = predictions;
  const best = labels.map((_, row) => bestOf(predictions, row));
  const right = best.map(({ label }, row) => label === labels[row]);
  const accepted = best.map(({ probability }) => probability > threshold);
  const countWhere = (test: (row: number) => boolean): number =>
    labels.reduce((count, _, row) => count + (test(row) ? 1 : 0), 0);
  const hits = countWhere((row) => right[row] === true);
  const taken = countWhere((row) => accepted[row] === true);
  const takenHits = countWhere((row) => accepted[row] === true && right[row] === true);
  const byClass = Array.from({ length: classes }, (_, label): ClassFigures => {
    const own = countWhere((row) => labels[row] === label);
    const named = countWhere((row) => best[row]?.label === label);
    const both = countWhere((row) => labels[row] === label && right[row] === true);
    return { pictures: own, recall: share(both, own), precision: share(both, named) };
  });
  return {
    pictures: labels.length,
    loss: negativeLogLikelihood(predictions, 1),
    accuracy: share(hits, labels.length),
    threshold,
    coverage: share(taken, labels.length),
    precision: share(takenHits, taken),
    calibrationError: calibrationError(
      best.map(({ probability }) => probability),
      right,
    ),
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

/** A proportion with its Wilson interval; of nothing it is 0, anywhere between 0 and 1. */
export function share(count: number, of: number): Share {
  if (of === 0) return { value: 0, low: 0, high: 1, count, of };
  const z = 1.959964;
  const value = count / of;
  const middle = (value + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((value * (1 - value)) / of + (z * z) / (4 * of * of));
  return { value, low: Math.max(0, middle - half), high: Math.min(1, middle + half), count, of };
}

function bestOf(
  { probabilities, classes }: Predictions,
  row: number,
): { readonly label: number; readonly probability: number } {
  let label = 0;
  let probability = -1;
  for (let index = 0; index < classes; index += 1) {
    const value = probabilities[row * classes + index] ?? 0;
    if (value > probability) [label, probability] = [index, value];
  }
  return { label, probability };
}

function calibrationError(confidences: readonly number[], right: readonly boolean[]): number {
  const bins = Array.from({ length: 15 }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const [row, confidence] of confidences.entries()) {
    const bin = bins[Math.min(14, Math.floor(confidence * 15))];
    if (bin === undefined) continue;
    bin.count += 1;
    bin.confidence += confidence;
    bin.right += right[row] === true ? 1 : 0;
  }
  const gap = bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right), 0);
  return gap / Math.max(1, confidences.length);
}
