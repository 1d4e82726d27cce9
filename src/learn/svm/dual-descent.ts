/**
 * A linear support vector machine with squared hinge loss, by dual coordinate descent: Hsieh, Chang, Lin, Keerthi and
 * Sundararajan 2008, "A Dual Coordinate Descent Method for Large-scale Linear SVM", Algorithm 3 (random order and
 * shrinking) for L2-SVM, as LIBLINEAR does it.
 *
 * Primal: min over w of w.w / 2 + C * sum of max(0, 1 - y_i w.x_i)^2.
 * Dual:   min over a >= 0 of a'(Q + D)a / 2 - sum of a, with Q_ij = y_i y_j x_i.x_j and D_ii = 1 / (2C).
 * Every x has a constant 1 behind its last number, whose weight is the bias; so the bias is regularised too.
 */
import type { Random } from '../../platform/random.js';
import { shuffle } from '../train/distributions.js';

/** Rows of `width` numbers. */
export interface FeatureRows {
  readonly values: Float32Array;
  readonly width: number;
  readonly count: number;
}

export interface SvmOptions {
  /** C: what a violated margin costs. */
  readonly cost: number;
  /** Largest spread of the projected gradient at which the solution is good enough. */
  readonly tolerance: number;
  /** Passes over the rows after which it is taken as it is. */
  readonly maxRounds: number;
}

export interface SvmSolution {
  /** [width + 1]; the bias is last. */
  readonly weights: Float64Array;
  /** [count], the dual variables. */
  readonly alphas: Float64Array;
  readonly rounds: number;
  readonly converged: boolean;
}

/** `signs`: 1 for the rows of the class, -1 for the others. */
export function solveLinearSvm(
  rows: FeatureRows,
  signs: Int8Array,
  options: SvmOptions,
  random: Random,
): SvmSolution {
  const state: State = {
    weights: new Float64Array(rows.width + 1),
    alphas: new Float64Array(rows.count),
    diagonal: diagonalOf(rows, options.cost),
    regular: 1 / (2 * options.cost),
    order: Array.from({ length: rows.count }, (_, row) => row),
  };
  const everyRow = rows.count;
  let shrinkAbove = Number.POSITIVE_INFINITY;
  for (let round = 1; round <= options.maxRounds; round += 1) {
    const whole = state.order.length === everyRow;
    const { kept, highest, lowest } = oneRound(rows, signs, state, random, shrinkAbove);
    if (highest - lowest > options.tolerance) {
      state.order = kept;
      shrinkAbove = highest > 0 ? highest : Number.POSITIVE_INFINITY;
    } else if (whole && kept.length === everyRow) {
      return { weights: state.weights, alphas: state.alphas, rounds: round, converged: true };
    } else {
      // Solved for the rows that were kept: all of them are looked at again.
      state.order = Array.from({ length: everyRow }, (_, row) => row);
      shrinkAbove = Number.POSITIVE_INFINITY;
    }
  }
  return { weights: state.weights, alphas: state.alphas, rounds: options.maxRounds, converged: false };
}

interface State {
  readonly weights: Float64Array;
  readonly alphas: Float64Array;
  /** Q_ii + D_ii */
  readonly diagonal: Float64Array;
  /** D_ii */
  readonly regular: number;
  /** Rows that are still worked on. */
  order: number[];
}

function oneRound(
  rows: FeatureRows,
  signs: Int8Array,
  state: State,
  random: Random,
  shrinkAbove: number,
): { readonly kept: number[]; readonly highest: number; readonly lowest: number } {
  const { alphas, diagonal, regular } = state;
  const kept: number[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  let lowest = Number.POSITIVE_INFINITY;
  for (const row of shuffle(random, state.order)) {
    const alpha = alphas[row] ?? 0;
    const sign = signs[row] ?? 0;
    const gradient = sign * score(rows, row, state.weights) - 1 + regular * alpha;
    // At its bound and pushed further out: it will most likely stay there.
    if (alpha === 0 && gradient > shrinkAbove) continue;
    kept.push(row);
    const projected = alpha === 0 ? Math.min(gradient, 0) : gradient;
    highest = Math.max(highest, projected);
    lowest = Math.min(lowest, projected);
    if (projected === 0) continue;
    const next = Math.max(alpha - gradient / (diagonal[row] ?? 1), 0);
    alphas[row] = next;
    addScaled(rows, row, state.weights, (next - alpha) * sign);
  }
  // Without any row left there is nothing to improve.
  return kept.length === 0 ? { kept, highest: 0, lowest: 0 } : { kept, highest, lowest };
}

/** w.x with the bias; `weights`: [width + 1]. */
export function score(rows: FeatureRows, row: number, weights: Float64Array | Float32Array): number {
  const { values, width } = rows;
  let sum = weights[width] ?? 0;
  for (let at = 0, from = row * width; at < width; at += 1, from += 1) {
    sum += (weights[at] ?? 0) * (values[from] ?? 0);
  }
  return sum;
}

function addScaled(rows: FeatureRows, row: number, weights: Float64Array, factor: number): void {
  const { values, width } = rows;
  for (let at = 0, from = row * width; at < width; at += 1, from += 1) {
    weights[at] = (weights[at] ?? 0) + factor * (values[from] ?? 0);
  }
  weights[width] = (weights[width] ?? 0) + factor;
}

function diagonalOf({ values, width, count }: FeatureRows, cost: number): Float64Array {
  const diagonal = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    let sum = 1 + 1 / (2 * cost);
    for (let at = row * width; at < (row + 1) * width; at += 1) sum += (values[at] ?? 0) ** 2;
    diagonal[row] = sum;
  }
  return diagonal;
}
