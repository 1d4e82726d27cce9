import { describe, expect, it } from 'vitest';
import { classProbabilities } from '../../../../src/learn/svm/one-against-rest.js';
import { fitSigmoid, probabilityOf } from '../../../../src/learn/svm/platt.js';
import { Random } from '../../../../src/platform/random.js';

describe('fitSigmoid', () => {
  it('finds the minimum that scipy finds', () => {
    const values = [-2, -1.5, -1, -0.4, 0.1, 0.3, -0.2, 0.8, 1.2, 1.9, 2.5];
    const own = [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 1].map(Boolean);
    const { slope, offset } = fitSigmoid(values, own);
    expect(slope).toBeCloseTo(-0.6566632922155621, 6);
    expect(offset).toBeCloseTo(0.7011103039664999, 6);
  });

  it('recovers the sigmoid that labels were drawn from', () => {
    const random = new Random(9);
    const values = Array.from({ length: 20_000 }, () => random.range(-4, 4));
    const own = values.map((value) => random.chance(1 / (1 + Math.exp(-1.7 * value + 0.6))));
    const { slope, offset } = fitSigmoid(values, own);
    expect(Math.abs(slope + 1.7)).toBeLessThan(0.08);
    expect(Math.abs(offset - 0.6)).toBeLessThan(0.08);
  });

  it('stays finite when the classes are apart or one is missing', () => {
    const apart = fitSigmoid([-2, -1, 1, 2], [false, false, true, true]);
    expect(probabilityOf(apart, 2)).toBeGreaterThan(0.5);
    expect(probabilityOf(apart, 2)).toBeLessThan(1);
    const missing = fitSigmoid([-2, -1, 1, 2], [false, false, false, false]);
    expect(probabilityOf(missing, 3)).toBeLessThan(0.5);
  });

  it('does not overflow far from the plane', () => {
    expect(probabilityOf({ slope: -10, offset: 0 }, 1000)).toBe(1);
    expect(probabilityOf({ slope: -10, offset: 0 }, -1000)).toBe(0);
  });
});

it('class probabilities add up to 1, even where every sigmoid says no', () => {
  const sigmoids = [
    { slope: -1, offset: 0 },
    { slope: -1, offset: 0 },
  ];
  const [a, b, c, d] = classProbabilities(Float32Array.of(Math.log(3), 0, -1e6, -1e6), {
    sigmoids,
    temperature: 1,
  });
  // Sigmoids 3/4 and 1/2.
  expect(a).toBeCloseTo(0.6, 6);
  expect(b).toBeCloseTo(0.4, 6);
  expect([c, d]).toEqual([0.5, 0.5]);
  // 0.6 squared against 0.4 squared.
  const [sharp] = classProbabilities(Float32Array.of(Math.log(3), 0), { sigmoids, temperature: 0.5 });
  expect(sharp).toBeCloseTo(0.36 / 0.52, 6);
});
