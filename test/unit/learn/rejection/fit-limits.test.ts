import { describe, expect, it } from 'vitest';
import {
  acceptanceOf,
  fitAcceptance,
  thresholdAt,
} from '../../../../src/learn/rejection/acceptance-model.js';
import { fitLimits } from '../../../../src/learn/rejection/fit-limits.js';
import type { FittedLimits } from '../../../../src/learn/rejection/fit-limits.js';
import type { Judgement } from '../../../../src/learn/rejection/judgement.js';
import { sequentialThreshold } from '../../../../src/learn/rejection/sequential-threshold.js';
import { Random } from '../../../../src/platform/random.js';

const promised = { risk: 0.05, doubt: 0.1 };

describe('sequentialThreshold', () => {
  /** A decision with score s = 1 - u^3 is right with probability s; accepting u below `limit` errs in limit^3 / 4. */
  const sample = (seed: number, count: number): { scores: number[]; right: boolean[] } => {
    const random = new Random(seed);
    const scores = Array.from({ length: count }, () => 1 - random.next() ** 3);
    return { scores, right: scores.map((score) => random.chance(score)) };
  };

  it('keeps its promise in all but a few of many drawings, and accepts more than half of what it could', () => {
    let broken = 0;
    let accepted = 0;
    for (let seed = 0; seed < 100; seed += 1) {
      const { scores, right } = sample(seed, 400);
      const found = sequentialThreshold(scores, right, promised);
      if (found === null) continue;
      accepted += found.accepted / 400 / 100;
      if ((1 - found.threshold) / 4 > promised.risk) broken += 1;
    }
    expect(broken).toBeLessThanOrEqual(10);
    // Who knew the world would accept cbrt(0.2), 58 %.
    expect(accepted).toBeGreaterThan(0.3);
  });

  it('states counts that the threshold really gives, equal scores accepted together', () => {
    const scores = [...Array<number>(100).fill(0.9), ...Array<number>(100).fill(0.5)];
    const right = scores.map((score, row) => score > 0.5 || row % 3 !== 0);
    const found = sequentialThreshold(scores, right, promised)!;
    expect(found).toMatchObject({ accepted: 100, wrong: 0 });
    expect(scores.filter((score) => score > found.threshold)).toHaveLength(100);
  });

  it('promises nothing on too few pictures', () => {
    expect(
      sequentialThreshold(Array<number>(50).fill(1), Array<boolean>(50).fill(true), promised),
    ).toBeNull();
    expect(sequentialThreshold([], [], promised)).toBeNull();
  });
});

describe('the acceptance model', () => {
  const named = [0, 0, 0, 0, 1, 1, 1, 2, 2, 0, 1, 2];
  const probabilities = [0.9, 0.8, 0.99, 0.6, 0.95, 0.7, 0.85, 0.9, 0.55, 0.97, 0.999, 0.75];
  const right = [1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1];
  const judgements = named.map((label, row) => ({
    source: row < 8 ? 'large' : 'small',
    named: label,
    probability: probabilities[row]!,
    right: right[row] === 1,
    typicality: {},
  }));

  it('agrees with scipy’s minimum of the same loss', () => {
    const { slope, offset, offsets } = fitAcceptance(judgements, 3);
    // scipy 1.17, minimize(method='BFGS', gtol=1e-10).
    const expected = [0.84984439, -1.30059117, -0.06530513, -0.34589797, 0.41120175];
    for (const [at, value] of [slope, offset, ...offsets].entries())
      expect(value).toBeCloseTo(expected[at]!, 5);
  });

  it('turns a cut into the probability at which a category reaches it', () => {
    const model = fitAcceptance(judgements, 3);
    const threshold = thresholdAt(model, 1, 1.5);
    expect(acceptanceOf(model, { named: 1, probability: threshold })).toBeCloseTo(1.5, 10);
  });

  it('is not made certain by a few pictures that are all right', () => {
    const few = Array.from({ length: 10 }, (_, row) => ({ ...judgements[2]!, probability: 0.6 + row / 30 }));
    expect(acceptanceOf(fitAcceptance(few, 3), few[9]!)).toBeLessThan(Math.log(0.97 / 0.03));
  });
});

describe('fitLimits', () => {
  /** `sureness`: how often category 0 is right when the network says 0.97 of it; category 1 always is. */
  const world = (seed: number, source: string, count: number, sureness: number): Judgement[] => {
    const random = new Random(seed);
    return Array.from({ length: count }, (_, row) => {
      const label = row % 2;
      const probability = random.range(0.9, 1);
      const right = label === 1 || random.chance(sureness);
      return { source, named: label, probability, right, typicality: { energy: random.range(5, 10) } };
    });
  };
  const accepted = ({ limits }: FittedLimits, rows: readonly Judgement[]): Judgement[] =>
    rows.filter(
      ({ named, probability, typicality }) =>
        (limits.floor === null || typicality.energy! >= limits.floor) &&
        probability > (limits.thresholds[named] ?? 1),
    );

  it('asks more of a category that is often wrong, wherever it is', () => {
    const home = world(1, 'home', 600, 1);
    const away = world(2, 'away', 600, 0.6);
    const fitted = fitLimits({ classes: 2, known: [...home, ...away], offDomain: [], scores: [] }, promised);
    const [first, second] = fitted.limits.thresholds;
    expect(first ?? 1).toBeGreaterThan(second! + 0.02);
    const fresh = accepted(fitted, world(3, 'away', 4000, 0.6));
    expect(fresh.filter(({ right }) => right).length / fresh.length).toBeGreaterThan(0.95);
    expect(fresh.length / 4000).toBeGreaterThan(0.35);
    expect(fitted.limits.evidence).toMatchObject([
      { source: 'home', role: 'known', pictures: 600, promise: 'proven' },
      { source: 'away', role: 'known', pictures: 600, promise: 'proven' },
    ]);
  });

  it('puts a floor under the typicality where that keeps other things out more cheaply', () => {
    const known = world(1, 'home', 600, 1);
    const random = new Random(9);
    const strange = (): Judgement => ({
      source: 'other',
      named: 1,
      probability: random.range(0.99, 1),
      right: false,
      typicality: { energy: random.range(0, 5.2) },
    });
    const offDomain = Array.from({ length: 200 }, strange);
    const without = fitLimits({ classes: 2, known, offDomain, scores: [] }, promised);
    const fitted = fitLimits({ classes: 2, known, offDomain, scores: ['energy'] }, promised);
    expect(without.limits.floor).toBeNull();
    expect(without.coverage).toBeLessThan(0.2);
    expect(fitted.score).toBe('energy');
    expect(fitted.coverage).toBeGreaterThan(0.9);
    const fresh = Array.from({ length: 1000 }, strange);
    expect(accepted(fitted, fresh).length).toBeLessThanOrEqual(70);
    expect(fitted.limits.evidence.at(-1)).toMatchObject({
      source: 'other',
      role: 'off-domain',
      pictures: 200,
    });
  });

  it('accepts nothing below the surest mistake of a source that is nearly always wrong', () => {
    const away = world(4, 'away', 60, 0.1).filter(({ named }) => named === 0);
    const fitted = fitLimits({ classes: 2, known: away, offDomain: [], scores: [] }, promised);
    expect(accepted(fitted, away).filter(({ right }) => !right)).toEqual([]);
    expect(fitted.limits.evidence).toMatchObject([{ wrong: 0, promise: 'open' }]);
  });
});
