import { describe, expect, it } from 'vitest';
import { calibrationError, reliability } from '../../../../src/learn/evaluation/calibration.js';
import { classReports, confusionMatrix } from '../../../../src/learn/evaluation/class-report.js';
import { compare } from '../../../../src/learn/evaluation/compare.js';
import { decisionsOf } from '../../../../src/learn/evaluation/decisions.js';
import type { Judged } from '../../../../src/learn/evaluation/judge.js';
import { offDomainReport } from '../../../../src/learn/evaluation/off-domain.js';
import { interval, share } from '../../../../src/learn/evaluation/share.js';
import { thresholdCurve } from '../../../../src/learn/evaluation/threshold-curve.js';
import { figures } from '../../../../src/learn/metrics.js';
import { Random } from '../../../../src/platform/random.js';

/** Rows of a made-up classifier of three classes. */
function madeUp(rows: number): { probabilities: Float32Array; classes: number; labels: number[] } {
  const random = new Random(3);
  const labels: number[] = [];
  const probabilities: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    labels.push(random.int(0, 2));
    const powers = [0, 1, 2].map(() => Math.exp(random.range(-3, 3)));
    const sum = powers.reduce((a, b) => a + b, 0);
    probabilities.push(...powers.map((power) => power / sum));
  }
  return { probabilities: Float32Array.from(probabilities), classes: 3, labels };
}

describe('calibration', () => {
  it('weighs the gap of each bin by its pictures', () => {
    // Bin 15: 0.95 and 0.97, one right: |0.5 - 0.96|. Bin 8: 0.5, right: 0.5. Bin 6: 0.4 exactly, wrong: 0.4.
    const bins = reliability([0.95, 0.97, 0.5, 0.4], [true, false, true, false]);
    expect(bins.map(({ accuracy }) => accuracy.of)).toEqual([0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 2]);
    expect(calibrationError(bins)).toBeCloseTo((2 * 0.46 + 0.5 + 0.4) / 4, 10);
    expect(bins[14]).toMatchObject({ high: 1, accuracy: { count: 1, of: 2 } });
  });

  it('puts certainty into the last bin, and nothing is lost', () => {
    const bins = reliability([1, 0, 0.2], [true, true, true]);
    expect(bins[14]!.accuracy.of).toBe(1);
    expect(bins.reduce((sum, { accuracy }) => sum + accuracy.of, 0)).toBe(3);
  });
});

describe('thresholdCurve', () => {
  it('says at every threshold what the figures say at that one', () => {
    const predictions = madeUp(200);
    const decisions = decisionsOf(predictions);
    const curve = thresholdCurve(
      decisions.map(({ probability }) => probability),
      decisions.map(({ right }) => right),
    );
    expect(curve[0]!.threshold).toBe(0);
    expect(curve.at(-1)!.accepted).toBe(0);
    for (const point of curve) {
      const { coverage, precision } = figures(predictions, point.threshold);
      expect([point.accepted, point.right]).toEqual([coverage.count, precision.count]);
    }
  });

  it('gives equal confidences one point', () => {
    const curve = thresholdCurve([0.5, 0.5, 0.75], [true, false, true]);
    expect(curve).toEqual([
      { threshold: 0, accepted: 3, right: 2 },
      { threshold: 0.5, accepted: 1, right: 1 },
      { threshold: 0.75, accepted: 0, right: 0 },
    ]);
  });
});

describe('classes', () => {
  // Truth 0: named 0 (0.95), named 1 (0.95), named 0 (0.6); truth 1: named 1 (0.5).
  const predictions = {
    classes: 3,
    probabilities: Float32Array.of(0.95, 0.05, 0, 0.05, 0.95, 0, 0.6, 0.4, 0, 0.25, 0.5, 0.25),
    labels: [0, 0, 0, 1],
  };
  const decisions = decisionsOf(predictions);

  it('counts rows as true and columns as named', () => {
    expect(confusionMatrix(decisions, 3)).toEqual([
      [2, 1, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
  });

  it('keeps what is accepted apart from what is named', () => {
    const [first, second, third] = classReports(decisions, ['a', 'b', 'c'], 0.9);
    expect(first).toMatchObject({
      pictures: 3,
      recall: { count: 2, of: 3 },
      precision: { count: 2, of: 2 },
      acceptedPrecision: { count: 1, of: 1 },
      coverage: { count: 2, of: 3 },
    });
    expect(second).toMatchObject({
      precision: { count: 1, of: 2 },
      acceptedPrecision: { count: 0, of: 1 },
      coverage: { count: 0, of: 1 },
    });
    expect(interval(third!.recall)).toBe('-');
  });
});

describe('compare', () => {
  const judged = (right: readonly number[], pictures: readonly number[]): Judged => ({
    split: 'test',
    pictures,
    predictions: {
      classes: 2,
      probabilities: Float32Array.from(
        pictures.flatMap((picture) => (right.includes(picture) ? [1, 0] : [0, 1])),
      ),
      labels: pictures.map(() => 0),
    },
    outputs: { probabilities: new Float32Array(0), logits: null, features: null },
    leftOut: [],
    elapsedMs: 1,
  });

  it('counts pictures that both have, and gives the exact binomial p', () => {
    const all = Array.from({ length: 12 }, (_, picture) => picture);
    // 8 by the first alone, 1 by the second alone: 2 * (C(9,0) + C(9,1)) / 2^9.
    const result = compare(judged([0, 1, 2, 3, 4, 5, 6, 7, 9], all), judged([8, 9, 11], all.slice(0, 11)));
    expect(result).toMatchObject({ pictures: 11, bothRight: 1, onlyFirst: 8, onlySecond: 1, neither: 1 });
    expect(result.p).toBeCloseTo(20 / 512, 10);
  });

  it('sees no difference between a model and itself', () => {
    expect(compare(judged([0], [0, 1]), judged([0], [0, 1])).p).toBe(1);
  });
});

it('off-domain pictures count as accepted only above the threshold', () => {
  const report = offDomainReport(
    {
      pixels: new Uint8Array(0),
      entries: [
        { path: 'x/1.jpg', group: 'x' },
        { path: 'x/2.jpg', group: 'x' },
        { path: 'y/3.jpg', group: 'y' },
      ],
      undecodable: 1,
      leftOut: ['shoes'],
    },
    Float32Array.of(0.75, 0.25, 0.125, 0.875, 1, 0),
    ['hat', 'coat'],
    0.75,
  );
  expect(report.accepted).toEqual(share(2, 3));
  expect(report.byGroup.map(({ accepted }) => [accepted.count, accepted.of])).toEqual([
    [1, 2],
    [1, 1],
  ]);
  expect(report.worst.map(({ path, named }) => [path, named])).toEqual([
    ['y/3.jpg', 'hat'],
    ['x/2.jpg', 'coat'],
  ]);
});
