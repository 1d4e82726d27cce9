import { describe, expect, it } from 'vitest';
import type { CategoryId, ModelFingerprint } from '../../../../src/domain/ids.js';
import type { TextClass, TextPrediction } from '../../../../src/domain/item-text.js';
import type { Prediction } from '../../../../src/domain/prediction.js';
import { fixedRule } from '../../../../src/domain/rejection.js';
import { decideItem } from '../../../../src/infer/text/decide-item.js';
import type { ItemRule } from '../../../../src/infer/text/decide-item.js';

const MODEL = 'f'.repeat(64) as ModelFingerprint;
const labels = ['sweater', 'shoes', 'dress'] as CategoryId[];
const textClasses = [
  'beanie',
  'dress',
  'no-garment',
  'several-garments',
  'shoes',
  'sneakers',
  'sweater',
] as TextClass[];
const rule: ItemRule = {
  manifest: { labels, fingerprint: MODEL },
  pictures: fixedRule(labels, 0.9),
  weights: { text: 1, picture: 1, unseen: Math.log(0.2) },
  vocabulary: { textClasses, labels, within: new Map([['sneakers', 'shoes']]) },
  limits: { text: 0.9, joint: 0.9 },
};

function seen(...shares: readonly number[]): Prediction {
  const candidates = labels
    .map((category, at) => ({ category, probability: shares[at] ?? 0 }))
    .sort((one, other) => other.probability - one.probability);
  const [best] = candidates;
  if (best === undefined) throw new Error('no share given');
  return {
    category: best.probability > 0.9 ? best.category : null,
    probability: best.probability,
    best: best.category,
    candidates,
    reason: best.probability > 0.9 ? null : 'below-threshold',
    typicality: null,
    model: MODEL,
  };
}

function said(shares: Readonly<Record<string, number>>, words: TextPrediction['words'] = []): TextPrediction {
  const candidates = Object.entries(shares)
    .map(([name, probability]) => ({ class: name as TextClass, probability }))
    .sort((one, other) => other.probability - one.probability);
  return { candidates, words, model: MODEL };
}

describe('decideItem', () => {
  it('lets pictures decide alone as they always did', () => {
    const decision = decideItem([seen(0.95, 0.03, 0.02)], null, rule);
    expect(decision).toMatchObject({ category: 'sweater', probability: 0.95, reason: null });
    expect(decision?.evidence).toMatchObject({ by: 'picture', picture: 0, text: null });
  });

  it('lets words decide alone, with categories that no picture model knows', () => {
    const words = [{ word: 'ビーニー', field: 'title' as const, weight: 4 }];
    const decision = decideItem([], said({ beanie: 0.97, sweater: 0.03 }, words), rule);
    expect(decision).toMatchObject({ category: 'beanie', probability: 0.97, reason: null });
    expect(decision?.evidence).toMatchObject({ by: 'text', words, pictures: null, picture: null });
  });

  it('decides nothing from nothing, nor from words that say nothing', () => {
    expect(decideItem([], null, rule)).toBeNull();
    expect(decideItem([], said({}), rule)).toBeNull();
  });

  it('multiplies what both say, as calculated by hand', () => {
    // sweater 0.5 * 0.6 = 0.3; shoes 0.001 (floor 0.0001) * 0.3; dress 0.4 * 0.1 = 0.04; the rest is unseen or ruled out.
    const decision = decideItem([seen(0.6, 0.3, 0.1)], said({ sweater: 0.5, dress: 0.4, beanie: 0.1 }), rule);
    const odds = { sweater: 0.3, dress: 0.04, beanie: 0.1 * 0.2, rest: 1e-4 * (0.3 + 0.3 + 0.2 + 0.2) };
    const total = Object.values(odds).reduce((sum, one) => sum + one, 0);
    expect(decision?.probability).toBeCloseTo(0.3 / total, 9);
    expect(decision).toMatchObject({ best: 'sweater', category: null, reason: 'below-threshold' });
    expect(decision?.evidence?.by).toBe('text-and-picture');
  });

  it('accepts together what neither accepts alone', () => {
    const picture = seen(0.85, 0.05, 0.1);
    const words = said({ sweater: 0.85, beanie: 0.15 });
    expect(decideItem([picture], null, rule)?.category).toBeNull();
    expect(decideItem([], words, rule)?.category).toBeNull();
    expect(decideItem([picture], words, rule)?.category).toBe('sweater');
  });

  it('sees a sneaker as a shoe, and lets the words say which shoe', () => {
    const decision = decideItem([seen(0.01, 0.98, 0.01)], said({ sneakers: 0.9, shoes: 0.1 }), rule);
    expect(decision?.best).toBe('sneakers');
    const other = decideItem([seen(0.01, 0.01, 0.98)], said({ sneakers: 0.6, dress: 0.4 }), rule);
    expect(other?.best).toBe('dress');
    expect(other?.evidence?.by).toBe('picture');
  });

  it('refuses what contradicts itself', () => {
    const decision = decideItem([seen(0.001, 0.001, 0.998)], said({ sweater: 0.998, dress: 0.001 }), rule);
    expect(decision).toMatchObject({ category: null, reason: 'below-threshold' });
  });

  it.each(['no-garment', 'several-garments'] as const)('says %s where the words do', (name) => {
    const text = said({ [name]: 0.97, sweater: 0.03 });
    for (const pictures of [[], [seen(0.7, 0.2, 0.1)]]) {
      const decision = decideItem(pictures, text, rule);
      expect(decision).toMatchObject({ category: null, reason: name, best: 'sweater' });
      const total = decision?.candidates.reduce((sum, { probability }) => sum + probability, 0) ?? 1;
      expect(total).toBeLessThan(0.5);
    }
  });

  it('does not hear pictures that look like nothing that was taught', () => {
    const floor: ItemRule = { ...rule, pictures: { ...rule.pictures, floor: -10 } };
    const odd = { ...seen(0.001, 0.001, 0.998), typicality: -99 };
    const decision = decideItem([odd], said({ sweater: 0.95, beanie: 0.05 }), floor);
    expect(decision).toMatchObject({ category: 'sweater' });
    expect(decision?.evidence).toMatchObject({ by: 'text', picture: null });
  });

  it('names the picture that spoke loudest for the category', () => {
    const decision = decideItem(
      [seen(0.5, 0.3, 0.2), seen(0.9, 0.05, 0.05)],
      said({ sweater: 0.9, dress: 0.1 }),
      rule,
    );
    expect(decision?.evidence?.picture).toBe(1);
  });
});
