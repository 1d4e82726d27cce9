import { describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../src/domain/ids.js';
import type { Rejection } from '../../../src/domain/rejection.js';
import { chooseRule } from '../../../src/infer/decision-rule.js';

const rejection: Rejection = {
  version: 1,
  thresholds: [0.7, null],
  floor: -3,
  promise: { precision: 0.97, confidence: 0.95 },
  evidence: [],
  fittedAt: '2026-01-01T00:00:00.000Z',
  sha256: 'a'.repeat(64),
};
const bare = { name: 'tiny', labels: ['hat', 'dress'] as CategoryId[], threshold: 0.9, rejection: null };
const calibrated = { ...bare, rejection };

describe('chooseRule', () => {
  it('takes the fitted limits where the model has them and nobody asks for a threshold', () => {
    const rule = chooseRule(calibrated, { rejection: 'auto', threshold: null });
    expect(rule).toMatchObject({ kind: 'calibrated', thresholds: [0.7, null], floor: -3 });
    expect(chooseRule(bare, { rejection: 'auto', threshold: null })).toMatchObject({
      kind: 'fixed',
      thresholds: [0.9, 0.9],
      floor: null,
    });
    expect(chooseRule(calibrated, { rejection: 'auto', threshold: 0.5 }).thresholds).toEqual([0.5, 0.5]);
    expect(chooseRule(calibrated, { rejection: 'fixed', threshold: null }).thresholds).toEqual([0.9, 0.9]);
  });

  it('names what it decides by, differently for different limits', () => {
    const versions = [
      chooseRule(calibrated, { rejection: 'auto', threshold: null }),
      chooseRule(
        { ...calibrated, rejection: { ...rejection, sha256: 'b'.repeat(64) } },
        {
          rejection: 'calibrated',
          threshold: null,
        },
      ),
      chooseRule(calibrated, { rejection: 'fixed', threshold: null }),
      chooseRule(calibrated, { rejection: 'fixed', threshold: 0.8 }),
    ].map(({ version }) => version);
    expect(new Set(versions).size).toBe(4);
  });

  it('refuses a wish that the model or the rest of the config contradicts', () => {
    expect(() => chooseRule(bare, { rejection: 'calibrated', threshold: null })).toThrow(
      'model.rejection is calibrated, but model tiny has no limits',
    );
    expect(() => chooseRule(calibrated, { rejection: 'calibrated', threshold: 0.5 })).toThrow(
      'model.threshold does not go with model.rejection: calibrated',
    );
  });
});
