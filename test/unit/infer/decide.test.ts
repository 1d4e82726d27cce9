import { describe, expect, it } from 'vitest';
import type { CategoryId, ModelFingerprint } from '../../../src/domain/ids.js';
import { fixedRule } from '../../../src/domain/rejection.js';
import type { DecisionRule } from '../../../src/domain/rejection.js';
import { decide, predictionFrom } from '../../../src/infer/decide.js';

const manifest = {
  labels: ['sweater', 'beanie', 'shorts'] as CategoryId[],
  fingerprint: 'a'.repeat(64) as ModelFingerprint,
};
const fixed = (threshold: number) => fixedRule(manifest.labels, threshold);
const picture = (...probabilities: number[]) => predictionFrom(probabilities, manifest, fixed(0.9), null);
const rule: DecisionRule = { kind: 'calibrated', thresholds: [0.6, 0.95, null], floor: -100, version: 'c' };
const seen = (typicality: number, ...probabilities: number[]) =>
  predictionFrom(probabilities, manifest, rule, typicality);

describe('predictionFrom', () => {
  it('accepts what is above the threshold, likeliest first', () => {
    expect(picture(0.02, 0.95, 0.03)).toEqual({
      category: 'beanie',
      probability: 0.95,
      best: 'beanie',
      candidates: [
        { category: 'beanie', probability: 0.95 },
        { category: 'shorts', probability: 0.03 },
        { category: 'sweater', probability: 0.02 },
      ],
      reason: null,
      typicality: null,
      model: manifest.fingerprint,
    });
  });

  it('is unknown at the threshold itself, and still names the likeliest', () => {
    expect(picture(0.9, 0.06, 0.04)).toMatchObject({
      category: null,
      best: 'sweater',
      probability: 0.9,
      reason: 'below-threshold',
    });
  });

  it('refuses probabilities that are not numbers, or too few', () => {
    expect(() => picture(Number.NaN, 0.5, 0.5)).toThrow(/not a number/);
    expect(() => picture(0.5, 0.5)).toThrow(/not a number/);
  });
});

describe('decide', () => {
  it('takes the weighted geometric mean, the main picture counting double', () => {
    const decided = decide([picture(0.8, 0.2, 0), picture(0.4, 0.6, 0)], manifest, fixed(0.6));
    const sweater = Math.cbrt(0.8 * 0.8 * 0.4);
    const beanie = Math.cbrt(0.2 * 0.2 * 0.6);
    expect(decided.category).toBe('sweater');
    expect(decided.probability).toBeCloseTo(sweater / (sweater + beanie), 4);
    expect(decided.candidates.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
  });

  it('depends on which picture comes first', () => {
    const [one, other] = [picture(0.8, 0.2, 0), picture(0.2, 0.8, 0)];
    expect(decide([one, other], manifest, fixed(0.5)).category).toBe('sweater');
    expect(decide([other, one], manifest, fixed(0.5)).category).toBe('beanie');
  });

  it('gives one picture its own numbers, and applies the threshold again', () => {
    const only = picture(0.02, 0.95, 0.03);
    expect(decide([only], manifest, fixed(0.9))).toEqual(only);
    expect(decide([only], manifest, fixed(0.96))).toMatchObject({
      category: null,
      best: 'beanie',
      probability: 0.95,
    });
  });

  it('is surer of pictures that agree than of pictures that do not', () => {
    expect(decide([picture(0.95, 0.05, 0), picture(0.95, 0.05, 0)], manifest, fixed(0.9)).category).toBe(
      'sweater',
    );
    expect(
      decide([picture(0.95, 0.05, 0), picture(0.01, 0.99, 0)], manifest, fixed(0.9)).category,
    ).toBeNull();
  });

  it('lets no single picture rule a category out for good', () => {
    const sure = picture(0.99, 0.01, 0);
    const blind = picture(0, 0.5, 0.5);
    expect(decide([sure, sure, sure, sure, sure, sure, blind], manifest, fixed(0.5)).category).toBe(
      'sweater',
    );
  });

  it('refuses an empty list and predictions of another model', () => {
    const other = { ...picture(0.9, 0.1, 0), model: 'b'.repeat(64) as ModelFingerprint };
    expect(() => decide([], manifest, fixed(0.9))).toThrow(/without a prediction/);
    expect(() => decide([picture(0.9, 0.1, 0), other], manifest, fixed(0.9))).toThrow(
      /of model b+ cannot be joined/,
    );
  });
});

describe('fitted limits', () => {
  it('ask each category for its own probability', () => {
    expect(seen(-50, 0.7, 0.2, 0.1)).toMatchObject({ category: 'sweater', reason: null, typicality: -50 });
    expect(seen(-50, 0.05, 0.93, 0.02)).toMatchObject({ category: null, reason: 'below-threshold' });
    expect(seen(-50, 0.03, 0.96, 0.01).category).toBe('beanie');
  });

  it('accept nothing as a category without a threshold', () => {
    expect(seen(-50, 0, 0, 1)).toMatchObject({ category: null, best: 'shorts', reason: 'below-threshold' });
  });

  it('call a picture under the floor out of the domain, however sure the network is of it', () => {
    expect(seen(-100.5, 1, 0, 0)).toMatchObject({ category: null, best: 'sweater', reason: 'out-of-domain' });
    expect(seen(-100, 1, 0, 0)).toMatchObject({ category: 'sweater', reason: null });
    expect(decide([seen(-101, 1, 0, 0)], manifest, rule).reason).toBe('out-of-domain');
  });

  it('do not hear pictures out of the domain beside others', () => {
    const label = seen(-900, 0, 1, 0);
    const decided = decide([label, seen(-10, 0.8, 0.1, 0.1), seen(-20, 0.7, 0.2, 0.1)], manifest, rule);
    expect(decided).toMatchObject({ category: 'sweater', reason: null, typicality: null });
    // The main picture is not among them, so none counts double.
    const sweater = Math.sqrt(0.8 * 0.7);
    const [beanie, shorts] = [Math.sqrt(0.1 * 0.2), Math.sqrt(0.1 * 0.1)];
    expect(decided.probability).toBeCloseTo(sweater / (sweater + beanie + shorts), 12);
    expect(decide([label, label], manifest, rule)).toMatchObject({
      category: null,
      best: 'beanie',
      reason: 'out-of-domain',
    });
  });

  it('hear every picture again where one threshold decides', () => {
    const pictures = [seen(-900, 0, 1, 0), seen(-900, 0, 1, 0)];
    expect(decide(pictures, manifest, fixed(0.9))).toMatchObject({ category: 'beanie', reason: null });
  });
});
