import { describe, expect, it } from 'vitest';
import { share } from '../../../src/learn/evaluation/share.js';
import { figures, fitTemperature, negativeLogLikelihood } from '../../../src/learn/metrics.js';
import { Random } from '../../../src/platform/random.js';

const predictions = {
  classes: 2,
  probabilities: Float32Array.of(0.95, 0.05, 0.9, 0.1, 0.3, 0.7, 0.02, 0.98),
  labels: [0, 0, 0, 0],
};

describe('figures', () => {
  it('counts what lies above the threshold as accepted, never what lies on it', () => {
    const result = figures(predictions, Math.fround(0.9));
    expect(result.accuracy).toMatchObject({ count: 2, of: 4, value: 0.5 });
    expect(result.coverage).toMatchObject({ count: 2, of: 4 });
    expect(result.precision).toMatchObject({ count: 1, of: 2 });
    expect(result.byClass[0]!.recall).toMatchObject({ count: 2, of: 4 });
    expect(result.byClass[1]!.precision).toMatchObject({ count: 0, of: 2 });
  });

  it('the loss is the mean negative log-likelihood', () => {
    const expected = -(Math.log(0.95) + Math.log(0.9) + Math.log(0.3) + Math.log(0.02)) / 4;
    expect(negativeLogLikelihood(predictions, 1)).toBeCloseTo(expected, 5);
  });

  it('the calibration error is zero for a model that is right as often as it says', () => {
    const labels = Array.from({ length: 100 }, (_, row) => (row < 80 ? 0 : 1));
    const probabilities = Float32Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? 0.8 : 0.2));
    expect(figures({ classes: 2, probabilities, labels }, 0.5).calibrationError).toBeCloseTo(0, 5);
  });

  it('the calibration error weighs each bin’s gap with its pictures, whichever way the gap goes', () => {
    // 60 pictures said to be 0.9 sure of which 30 are right, and 40 said to be 0.6 sure, all right.
    const rows = Array.from({ length: 100 }, (_, row) => (row < 60 ? 0.9 : 0.6));
    const probabilities = Float32Array.from(rows.flatMap((share) => [share, 1 - share]));
    const labels = rows.map((_, row) => (row < 30 ? 1 : 0));
    const { calibrationError } = figures({ classes: 2, probabilities, labels }, 0.5);
    expect(calibrationError).toBeCloseTo(0.6 * (0.9 - 0.5) + 0.4 * (1 - 0.6), 5);
  });
});

it('Wilson’s interval agrees with a published example (81 of 263: 0.255 to 0.366)', () => {
  const { low, high } = share(81, 263);
  expect(low).toBeCloseTo(0.2553, 4);
  expect(high).toBeCloseTo(0.3662, 4);
});

it('Wilson’s interval keeps within 0 and 1 where all or none were counted', () => {
  // With z^2 = 3.8415, none of n reaches up to z^2 / (n + z^2).
  expect(share(0, 10)).toMatchObject({ value: 0, low: 0 });
  expect(share(0, 10).high).toBeCloseTo(3.8415 / 13.8415, 4);
  expect(share(10, 10).low).toBeCloseTo(10 / 13.8415, 4);
  expect(share(10, 10).high).toBeCloseTo(1, 12);
  expect(share(0, 0)).toMatchObject({ value: 0, low: 0, high: 1 });
});

it('the fitted temperature undoes an overconfidence that was put in', () => {
  const random = new Random(5);
  const labels: number[] = [];
  const rows: number[] = [];
  for (let row = 0; row < 4000; row += 1) {
    const logit = random.range(-3, 3);
    labels.push(random.chance(1 / (1 + Math.exp(-logit))) ? 0 : 1);
    // Twice the true logit: the temperature has to be 2.
    rows.push(1 / (1 + Math.exp(-2 * logit)), 1 / (1 + Math.exp(2 * logit)));
  }
  const temperature = fitTemperature({ classes: 2, probabilities: Float32Array.from(rows), labels });
  expect(temperature).toBeGreaterThan(1.85);
  expect(temperature).toBeLessThan(2.15);
});
