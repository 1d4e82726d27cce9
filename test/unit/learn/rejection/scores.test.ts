import { describe, expect, it } from 'vitest';
import { decodeClassMeans, encodeClassMeans } from '../../../../src/model/typicality.js';
import { cholesky, solveLower, solveUpper } from '../../../../src/learn/rejection/cholesky.js';
import { fitClassMeans, nearnessOf, ofUnitLength } from '../../../../src/learn/rejection/class-means.js';
import { largestProbabilities, negativeEnergies } from '../../../../src/learn/rejection/scores.js';
import { acceptedShare, separation, thresholdKeeping } from '../../../../src/learn/rejection/separation.js';
import { Random } from '../../../../src/platform/random.js';

describe('scores', () => {
  it('the energy is numpy’s log of summed exponentials, and does not overflow', () => {
    const logits = Float32Array.of(1, 2, 3, -5, 0.5, 700);
    const [plain, large] = negativeEnergies(logits, 3);
    expect(plain).toBeCloseTo(3.40760596, 6);
    expect(large).toBeCloseTo(700, 6);
  });

  it('the energy tells rows apart that the softmax does not', () => {
    const logits = Float32Array.of(9, 5, 4, 0);
    const [strong, weak] = negativeEnergies(logits, 2);
    expect(strong).toBeCloseTo(weak! + 5, 6);
    expect([...largestProbabilities(Float32Array.of(0.25, 0.75, 1, 0), 2)]).toEqual([0.75, 1]);
  });
});

describe('class means', () => {
  it('agrees with numpy’s inverse of the shared covariance', () => {
    const features = Float32Array.of(1, 2, 2, 1, 3, 4, 0, 1, 5, 5, 6, 7, 7, 5, 6, 6.5);
    const means = fitClassMeans(features, [0, 0, 0, 0, 1, 1, 1, 1], 2, 2);
    const [between, near, far] = nearnessOf(means, Float32Array.of(3, 3, 6, 6, 0, 10));
    // They are kept as float32.
    expect(between).toBeCloseTo(-2.5924060421931108, 5);
    expect(near).toBeCloseTo(-0.01808313223194745, 5);
    expect(far).toBeCloseTo(-93.33877470185367, 3);
  });

  it('lives with constant features and classes without pictures', () => {
    const means = fitClassMeans(Float32Array.of(1, 7, 2, 7, 5, 7, 6, 7), [0, 0, 2, 2], 3, 2);
    expect(means.means).toHaveLength(2 * 2);
    const [here, there] = nearnessOf(means, Float32Array.of(1.5, 7, 1.5, 8));
    expect(here).toBeCloseTo(0, 6);
    expect(there).toBeLessThan(-1);
  });

  it('are the same again from their file, whose length must fit', () => {
    const random = new Random(5);
    const features = Float32Array.from({ length: 30 * 4 }, () => random.range(-1, 1));
    const labels = Array.from({ length: 30 }, (_, row) => row % 3);
    const means = fitClassMeans(ofUnitLength(features, 4), labels, 3, 4);
    const bytes = encodeClassMeans(means);
    expect(bytes).toHaveLength(4 * (10 + 12));
    expect(decodeClassMeans(bytes, 4)).toEqual(means);
    expect(() => decodeClassMeans(bytes, 5)).toThrow(/are no class means of 5 features/);
    new DataView(bytes.buffer).setFloat32(8, Number.NaN, true);
    expect(() => decodeClassMeans(bytes, 4)).toThrow(/number 2 of the class means is not finite/);
  });

  it('look at rows of unit length, zeros staying zeros', () => {
    const unit = ofUnitLength(Float32Array.of(3, 4, 0, 0, 0, -2), 2);
    expect([...unit].map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.8, 0, 0, 0, -1]);
  });
});

it('Cholesky’s factor times its transpose is the matrix again', () => {
  const random = new Random(2);
  const width = 6;
  const root = Array.from({ length: width * width }, () => random.range(-1, 1));
  const at = (m: ArrayLike<number>, row: number, column: number): number => m[row * width + column]!;
  const matrix = Float64Array.from(root, (_, index) => {
    const [row, column] = [Math.floor(index / width), index % width];
    const dot = Array.from({ length: width }, (_, k) => at(root, row, k) * at(root, column, k));
    return dot.reduce((sum, value) => sum + value, row === column ? 0.1 : 0);
  });
  const factor = cholesky(matrix, width);
  for (let row = 0; row < width; row += 1) {
    for (let column = 0; column < width; column += 1) {
      let sum = 0;
      for (let k = 0; k < width; k += 1) sum += at(factor, row, k) * at(factor, column, k);
      expect(sum).toBeCloseTo(at(matrix, row, column), 10);
    }
  }
  const x = solveLower(factor, Float64Array.of(1, 2, 3, 4, 5, 6));
  for (let row = 0; row < width; row += 1) {
    const product = [...x].reduce((sum, value, k) => sum + at(factor, row, k) * value, 0);
    expect(product).toBeCloseTo(row + 1, 10);
  }
  const both = solveUpper(factor, x);
  for (let row = 0; row < width; row += 1) {
    const product = [...both].reduce((sum, value, k) => sum + at(matrix, row, k) * value, 0);
    expect(product).toBeCloseTo(row + 1, 8);
  }
  expect(() => cholesky(Float64Array.of(1, 0, 2, 1), 2)).toThrow(/not positive definite in row 1/);
});

describe('separation', () => {
  it('counts pairs, equals half', () => {
    const { auroc } = separation([0.9, 0.8, 0.8, 0.4, 0.7], [0.1, 0.8, 0.3, 0.75]);
    // Counted pair by pair with numpy: 15 of 20.
    expect(auroc).toBeCloseTo(0.75, 12);
    expect(separation([1, 2], [1, 2]).auroc).toBe(0.5);
  });

  it('says how much of the unknown comes in with 95 % of the known', () => {
    const known = Array.from({ length: 100 }, (_, at) => at);
    expect(thresholdKeeping(known, 0.95)).toBe(5);
    expect(separation(known, [4, 4.9, 5, 50]).unknownAt95).toBe(0.5);
    expect(acceptedShare([], 0)).toBe(0);
  });
});

it('ends for scores that are no numbers', () => {
  expect(separation([Number.NaN, 1], [Number.NaN, 0]).unknownAt95).toBeLessThanOrEqual(1);
});

it('measures distances that are numbers where no feature varies', () => {
  const still = new Float32Array(8).fill(0.5);
  const means = fitClassMeans(still, [0, 1], 2, 4);
  expect([...nearnessOf(means, still)].every(Number.isFinite)).toBe(true);
});
