import { expect, test } from 'vitest';
import { decodeMetric, encodeMetric, garmentVector, signBits } from '../../../src/model/metric.js';

const METRIC = {
  lookVersion: 'look',
  length: 2,
  look: Float32Array.of(1, 0, 2, 0, 1, 0),
  embedding: Float32Array.of(0, 1, 3, 0),
  offset: Float32Array.of(-1, 0),
};

test('joins look and embedding to a vector of unit length', () => {
  const vector = garmentVector(METRIC, Float32Array.of(1, 2, 0.5), Float32Array.of(1, 2));
  expect(vector[0]! / vector[1]!).toBeCloseTo(3 / 5, 6);
  expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
  expect(() => garmentVector(METRIC, Float32Array.of(1, 2), Float32Array.of(1, 2))).toThrow(/other vectors/);
});

test('is read as it was written, and nothing else is', () => {
  const bytes = encodeMetric(METRIC);
  expect(decodeMetric(bytes, 'm')).toEqual(METRIC);
  expect(() => decodeMetric(bytes.slice(0, 30), 'm')).toThrow(/m/);
  const other = encodeMetric({ ...METRIC, offset: Float32Array.of(1), length: 1 });
  expect(decodeMetric(other, 'm').length).toBe(1);
});

test('signs are the code', () => {
  expect([...signBits(Float32Array.of(1, -1, 0, 2, -3, 1, 1, 1, 5))]).toEqual([0b11101001, 1]);
});
