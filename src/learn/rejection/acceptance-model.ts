/**
 * Log-odds that a named category is the true one: a logistic regression on the log-odds that the network gives, with
 * an offset for each category, towards the smoothed targets of Platt 1999 ("Probabilistic Outputs for Support Vector
 * Machines", section 2.2), so that a few pictures that are all right do not make it certain. The offsets are drawn to
 * zero: a category that is rarely named stays near the others.
 */
import { cholesky, solveLower, solveUpper } from './cholesky.js';
import type { Judgement } from './judgement.js';

export interface AcceptanceModel {
  readonly slope: number;
  readonly offset: number;
  /** For each category. */
  readonly offsets: readonly number[];
}

/** Strength that draws an offset to zero, in pictures. */
const OFFSET_RIDGE = 1;
const SLOPE_RIDGE = 1e-3;
const ROUNDS = 50;
/** Probabilities closer to 0 or 1 count as this close: the log-odds stay finite. */
const CLOSEST = 1e-7;
/** A network whose probability says nothing still must not be trusted less where it is surer. */
const LEAST_SLOPE = 0.05;

/** Every source counts alike, however many pictures it has. By Newton's method, no step longer than one. */
export function fitAcceptance(judgements: readonly Judgement[], classes: number): AcceptanceModel {
  const weights = sourceWeights(judgements);
  const odds = judgements.map(({ probability }) => logOdds(probability));
  const width = classes + 2;
  const beta = new Float64Array(width);
  const ridge = Float64Array.from({ length: width }, (_, at) =>
    at === 0 ? SLOPE_RIDGE : at === 1 ? 1e-6 : OFFSET_RIDGE,
  );
  beta[0] = 1;
  for (let round = 0; round < ROUNDS; round += 1) {
    const step = newtonStep(judgements, odds, weights, beta, ridge);
    let largest = 0;
    for (const part of step) largest = Math.max(largest, Math.abs(part));
    const scale = 1 / Math.max(1, largest);
    for (let at = 0; at < width; at += 1) beta[at] = (beta[at] ?? 0) - scale * (step[at] ?? 0);
    if (largest < 1e-9) break;
  }
  const [slope = 1, offset = 0, ...offsets] = beta;
  return { slope: Math.max(LEAST_SLOPE, slope), offset, offsets };
}

/** Log-odds that the judgement is right. */
export function acceptanceOf(
  { slope, offset, offsets }: AcceptanceModel,
  { named, probability }: Pick<Judgement, 'named' | 'probability'>,
): number {
  return slope * logOdds(probability) + offset + (offsets[named] ?? 0);
}

/** The probability above which a category's log-odds of being right are above `cut`. */
export function thresholdAt({ slope, offset, offsets }: AcceptanceModel, named: number, cut: number): number {
  return 1 / (1 + Math.exp(-(cut - offset - (offsets[named] ?? 0)) / slope));
}

export function logOdds(probability: number): number {
  const inside = Math.min(1 - CLOSEST, Math.max(CLOSEST, probability));
  return Math.log(inside / (1 - inside));
}

/** Weights that add up to the number of pictures, the same sum for each source. */
function sourceWeights(judgements: readonly Judgement[]): number[] {
  const counts = new Map<string, number>();
  for (const { source } of judgements) counts.set(source, (counts.get(source) ?? 0) + 1);
  return judgements.map(({ source }) => judgements.length / counts.size / (counts.get(source) ?? 1));
}

/** Columns: log-odds, one, then one for each category. Only the lower triangle of the curvature is filled. */
function newtonStep(
  judgements: readonly Judgement[],
  odds: readonly number[],
  weights: readonly number[],
  beta: Float64Array,
  ridge: Float64Array,
): Float64Array {
  const width = beta.length;
  const hits = judgements.filter(({ right }) => right).length;
  const targets = { right: (hits + 1) / (hits + 2), wrong: 1 / (judgements.length - hits + 2) };
  const gradient = ridge.map((strength, at) => strength * (beta[at] ?? 0));
  const hessian = new Float64Array(width * width);
  for (const [at, strength] of ridge.entries()) hessian[at * (width + 1)] = strength;
  const add = (row: number, column: number, value: number): void => {
    hessian[row * width + column] = (hessian[row * width + column] ?? 0) + value;
  };
  for (const [row, { named, right }] of judgements.entries()) {
    const x = odds[row] ?? 0;
    const own = named + 2;
    const p = 1 / (1 + Math.exp(-((beta[0] ?? 0) * x + (beta[1] ?? 0) + (beta[own] ?? 0))));
    const pull = (weights[row] ?? 0) * (p - (right ? targets.right : targets.wrong));
    const bend = (weights[row] ?? 0) * p * (1 - p);
    gradient[0] = (gradient[0] ?? 0) + pull * x;
    gradient[1] = (gradient[1] ?? 0) + pull;
    gradient[own] = (gradient[own] ?? 0) + pull;
    add(0, 0, bend * x * x);
    add(1, 0, bend * x);
    add(1, 1, bend);
    add(own, 0, bend * x);
    add(own, 1, bend);
    add(own, own, bend);
  }
  const factor = cholesky(hessian, width);
  return solveUpper(factor, solveLower(factor, gradient));
}
