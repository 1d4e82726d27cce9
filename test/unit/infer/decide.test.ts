import { describe, expect, it } from 'vitest';
import type { CategoryId, ModelFingerprint } from '../../../src/domain/ids.js';
import { decide, predictionFrom } from '../../../src/infer/decide.js';

const manifest = {
  labels: ['sweater', 'beanie', 'shorts'] as CategoryId[],
  fingerprint: 'a'.repeat(64) as ModelFingerprint,
};
const picture = (...probabilities: number[]) => predictionFrom(probabilities, manifest, 0.9);

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
    const decided = decide([picture(0.8, 0.2, 0), picture(0.4, 0.6, 0)], manifest, 0.6);
    const sweater = Math.cbrt(0.8 * 0.8 * 0.4);
    const beanie = Math.cbrt(0.2 * 0.2 * 0.6);
    expect(decided.category).toBe('sweater');
    expect(decided.probability).toBeCloseTo(sweater / (sweater + beanie), 4);
    expect(decided.candidates.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
  });

  it('depends on which picture comes first', () => {
    const [one, other] = [picture(0.8, 0.2, 0), picture(0.2, 0.8, 0)];
    expect(decide([one, other], manifest, 0.5).category).toBe('sweater');
    expect(decide([other, one], manifest, 0.5).category).toBe('beanie');
  });

  it('gives one picture its own numbers, and applies the threshold again', () => {
    const only = picture(0.02, 0.95, 0.03);
    expect(decide([only], manifest, 0.9)).toEqual(only);
    expect(decide([only], manifest, 0.96)).toMatchObject({
      category: null,
      best: 'beanie',
      probability: 0.95,
    });
  });

  it('is surer of pictures that agree than of pictures that do not', () => {
    expect(decide([picture(0.95, 0.05, 0), picture(0.95, 0.05, 0)], manifest, 0.9).category).toBe('sweater');
    expect(decide([picture(0.95, 0.05, 0), picture(0.01, 0.99, 0)], manifest, 0.9).category).toBeNull();
  });

  it('lets no single picture rule a category out for good', () => {
    const sure = picture(0.99, 0.01, 0);
    const blind = picture(0, 0.5, 0.5);
    expect(decide([sure, sure, sure, sure, sure, sure, blind], manifest, 0.5).category).toBe('sweater');
  });

  it('refuses an empty list and predictions of another model', () => {
    const other = { ...picture(0.9, 0.1, 0), model: 'b'.repeat(64) as ModelFingerprint };
    expect(() => decide([], manifest, 0.9)).toThrow(/without a prediction/);
    expect(() => decide([picture(0.9, 0.1, 0), other], manifest, 0.9)).toThrow(
      /of model b+ cannot be joined/,
    );
  });
});
