/**
 * A sigmoid that makes probabilities of a machine's decision values: Platt 2000, fitted by Newton's method with
 * backtracking as in Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs for support vector machines".
 */

/** P(class | value) = 1 / (1 + exp(slope * value + offset)); the slope is negative for a machine that knows anything. */
export interface Sigmoid {
  readonly slope: number;
  readonly offset: number;
}

const ROUNDS = 100;
const SMALLEST_STEP = 1e-10;
/** Keeps the Hessian positive definite. */
const RIDGE = 1e-12;
const GRADIENT = 1e-8;

/** `values`: decision values of pictures that the machine was not trained on; `own`: whether each is of the class. */
export function fitSigmoid(values: readonly number[], own: readonly boolean[]): Sigmoid {
  const positives = own.filter(Boolean).length;
  const negatives = own.length - positives;
  // Targets a little inside 0 and 1: Platt's guard against too few examples.
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (negatives + 2);
  const targets = own.map((is) => (is ? high : low));
  let sigmoid: Sigmoid = { slope: 0, offset: Math.log((negatives + 1) / (positives + 1)) };
  let loss = lossOf(sigmoid, values, targets);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { step, descent, steepest } = newtonStep(sigmoid, values, targets);
    if (steepest < GRADIENT) break;
    let scale = 1;
    let next = moved(sigmoid, step, scale);
    let nextLoss = lossOf(next, values, targets);
    while (nextLoss >= loss + 1e-4 * scale * descent && scale > SMALLEST_STEP) {
      scale /= 2;
      next = moved(sigmoid, step, scale);
      nextLoss = lossOf(next, values, targets);
    }
    if (scale <= SMALLEST_STEP) break;
    [sigmoid, loss] = [next, nextLoss];
  }
  return sigmoid;
}

export function probabilityOf({ slope, offset }: Sigmoid, value: number): number {
  const z = slope * value + offset;
  // The exponent is never positive, so nothing overflows.
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
}

function moved({ slope, offset }: Sigmoid, step: Sigmoid, scale: number): Sigmoid {
  return { slope: slope + scale * step.slope, offset: offset + scale * step.offset };
}

/** Cross-entropy, in the form of Lin, Lin and Weng's section 3 that loses no digits. */
function lossOf({ slope, offset }: Sigmoid, values: readonly number[], targets: readonly number[]): number {
  let sum = 0;
  for (const [row, value] of values.entries()) {
    const z = slope * value + offset;
    const target = targets[row] ?? 0;
    sum += z >= 0 ? target * z + Math.log1p(Math.exp(-z)) : (target - 1) * z + Math.log1p(Math.exp(z));
  }
  return sum;
}

function newtonStep(
  sigmoid: Sigmoid,
  values: readonly number[],
  targets: readonly number[],
): { readonly step: Sigmoid; readonly descent: number; readonly steepest: number } {
  let [h11, h22, h21, g1, g2] = [RIDGE, RIDGE, 0, 0, 0];
  for (const [row, value] of values.entries()) {
    const p = probabilityOf(sigmoid, value);
    const weight = p * (1 - p);
    const error = (targets[row] ?? 0) - p;
    h11 += value * value * weight;
    h22 += weight;
    h21 += value * weight;
    g1 += value * error;
    g2 += error;
  }
  const determinant = h11 * h22 - h21 * h21;
  const step = {
    slope: -(h22 * g1 - h21 * g2) / determinant,
    offset: -(h11 * g2 - h21 * g1) / determinant,
  };
  return {
    step,
    descent: g1 * step.slope + g2 * step.offset,
    steepest: Math.max(Math.abs(g1), Math.abs(g2)),
  };
}
