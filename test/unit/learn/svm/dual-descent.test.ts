import { describe, expect, it } from 'vitest';
import { score, solveLinearSvm } from '../../../../src/learn/svm/dual-descent.js';
import type { FeatureRows, SvmSolution } from '../../../../src/learn/svm/dual-descent.js';
import { Random } from '../../../../src/platform/random.js';

function rowsOf(values: readonly (readonly number[])[]): FeatureRows {
  return { values: Float32Array.from(values.flat()), width: values[0]!.length, count: values.length };
}

/** Two overlapping clouds. */
function clouds(count: number, width: number): { rows: FeatureRows; signs: Int8Array } {
  const random = new Random(17);
  const signs = Int8Array.from({ length: count }, (_, row) => (row % 3 === 0 ? 1 : -1));
  const rows = rowsOf(
    [...signs].map((sign) => Array.from({ length: width }, () => random.range(-1.5, 1.5) + 0.4 * sign)),
  );
  return { rows, signs };
}

const solve = (rows: FeatureRows, signs: Int8Array, cost: number, seed = 1): SvmSolution =>
  solveLinearSvm(rows, signs, { cost, tolerance: 1e-8, maxRounds: 20_000 }, new Random(seed));

/** The dual by plain projected gradient on the whole matrix, in doubles: another method, no shared code. */
function slowWeights(rows: FeatureRows, signs: Int8Array, cost: number): number[] {
  const x = Array.from({ length: rows.count }, (_, row) => [
    ...rows.values.subarray(row * rows.width, (row + 1) * rows.width),
    1,
  ]);
  const dot = (a: number[], b: number[]): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);
  const q = x.map((a, i) =>
    x.map((b, j) => signs[i]! * signs[j]! * dot(a, b) + (i === j ? 1 / (2 * cost) : 0)),
  );
  // The trace bounds the largest eigenvalue.
  const step = 1 / Math.max(...q.map((row) => row.reduce((sum, value) => sum + Math.abs(value), 0)));
  let alphas = x.map(() => 0);
  for (let round = 0; round < 20_000; round += 1) {
    const gradient = q.map((row) => dot(row, alphas) - 1);
    alphas = alphas.map((alpha, i) => Math.max(0, alpha - step * gradient[i]!));
  }
  return x[0]!.map((_, at) => x.reduce((sum, row, i) => sum + alphas[i]! * signs[i]! * row[at]!, 0));
}

describe('solveLinearSvm', () => {
  // Minima of the primal found by scipy 1.17 (BFGS, then Nelder-Mead to 1e-13).
  const rows = rowsOf([
    [1, 2],
    [2, 0.5],
    [0.5, -1],
    [-1, 1.5],
    [-2, -0.5],
    [-0.5, 0.25],
    [1.5, 1],
    [-1.5, -1.25],
  ]);
  const signs = Int8Array.of(1, 1, 1, -1, -1, 1, -1, -1);
  it.each([
    [0.1, [0.31116723651332384, -0.04254184131144398, 0.008181120300129924]],
    [1, [0.4289118357348649, -0.123453988614982, 0.036309996826799626]],
    [10, [0.4474464664929739, -0.1398227302348815, 0.04342320333339436]],
  ])('finds the minimum that scipy finds, C = %d', (cost, expected) => {
    const { weights, converged } = solve(rows, signs, cost);
    expect(converged).toBe(true);
    for (const [at, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[at]!, 6);
  });

  it('finds what a slow solver of the same dual finds', () => {
    const { rows, signs } = clouds(40, 5);
    const { weights } = solve(rows, signs, 0.7);
    const expected = slowWeights(rows, signs, 0.7);
    for (const [at, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[at]!, 5);
  });

  it('meets the conditions of Karush, Kuhn and Tucker, and leaves no gap between primal and dual', () => {
    const cost = 0.5;
    const { rows, signs } = clouds(300, 8);
    const { weights, alphas } = solve(rows, signs, cost);
    let loss = 0;
    for (const [row, alpha] of alphas.entries()) {
      const margin = signs[row]! * score(rows, row, weights);
      const slack = Math.max(0, 1 - margin);
      // Squared hinge: every dual variable is twice the cost of its slack; none is negative.
      expect(alpha).toBeGreaterThanOrEqual(0);
      expect(alpha).toBeCloseTo(2 * cost * slack, 5);
      loss += slack * slack;
    }
    const norm = weights.reduce((sum, value) => sum + value * value, 0);
    const primal = norm / 2 + cost * loss;
    const alphaSum = alphas.reduce((sum, value) => sum + value, 0);
    const alphaSquares = alphas.reduce((sum, value) => sum + value * value, 0);
    const dual = alphaSum - norm / 2 - alphaSquares / (4 * cost);
    expect(primal).toBeCloseTo(dual, 5);
    // The rows that shrinking may leave aside exist.
    expect(alphas.filter((alpha) => alpha === 0).length).toBeGreaterThan(20);
  });

  it('gives the same numbers for the same seed, and says when it ran out of rounds', () => {
    const { rows, signs } = clouds(60, 4);
    expect(solve(rows, signs, 1).weights).toEqual(solve(rows, signs, 1).weights);
    const cut = solveLinearSvm(rows, signs, { cost: 1, tolerance: 1e-8, maxRounds: 2 }, new Random(1));
    expect(cut).toMatchObject({ rounds: 2, converged: false });
  });
});
