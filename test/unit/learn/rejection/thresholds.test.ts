import { describe, expect, it } from 'vitest';
import { logBinomial, upperRate } from '../../../../src/learn/rejection/binomial.js';
import { acceptedByClass, classThresholds } from '../../../../src/learn/rejection/class-thresholds.js';
import { guaranteedThreshold } from '../../../../src/learn/rejection/guaranteed-threshold.js';
import { Random } from '../../../../src/platform/random.js';

describe('binomial', () => {
  it('agrees with scipy', () => {
    expect(logBinomial(20, 7, 0.3)).toBeCloseTo(-1.8062926549204255, 10);
  });

  // scipy 1.17: beta.ppf(1 - doubt, hits + 1, trials - hits).
  it.each([
    [0, 50, 0.05, 0.05815507911697225],
    [3, 100, 0.05, 0.07571079374983004],
    [10, 100, 0.025, 0.17622259774002266],
    [7, 341, 0.1 / 9, 0.04580548813527826],
    [50, 50, 0.05, 1],
  ])('the upper bound for %d of %d with doubt %d is scipy’s', (hits, trials, doubt, expected) => {
    expect(upperRate(hits, trials, doubt)).toBeCloseTo(expected, 8);
  });

  it('without a hit it is the closed form 1 - doubt^(1/n)', () => {
    expect(upperRate(0, 300, 0.01)).toBeCloseTo(1 - 0.01 ** (1 / 300), 10);
  });
});

/** A world where a decision with score s is right with probability s. */
function sample(seed: number, count: number): { scores: number[]; right: boolean[] } {
  const random = new Random(seed);
  const scores = Array.from({ length: count }, () => 1 - random.next() ** 3);
  return { scores, right: scores.map((score) => random.chance(score)) };
}

/** The true error rate of what is accepted there: the mean of 1 - s over s = 1 - u^3 above the threshold. */
function trueRisk(threshold: number): number {
  const limit = Math.cbrt(1 - threshold);
  return limit ** 3 / 4;
}

describe('guaranteedThreshold', () => {
  it('keeps its promise in all but a few of many drawings, and is not needlessly shy', () => {
    const promised = { risk: 0.05, doubt: 0.1 };
    let broken = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const { scores, right } = sample(seed, 800);
      const found = guaranteedThreshold(scores, right, promised)!;
      if (trueRisk(found.threshold) > promised.risk) broken += 1;
      // A rule that knew the world would accept cbrt(0.2) of it, 58 %.
      expect(found.accepted / 800).toBeGreaterThan(0.25);
      expect(found.bound).toBeLessThanOrEqual(promised.risk);
    }
    expect(broken).toBeLessThanOrEqual(20);
  });

  it('states counts that the threshold really gives, and a bound that follows from them', () => {
    const { scores, right } = sample(7, 500);
    const found = guaranteedThreshold(scores, right, { risk: 0.1, doubt: 0.05 })!;
    const accepted = scores.flatMap((score, row) => (score > found.threshold ? [row] : []));
    expect(accepted.length).toBe(found.accepted);
    expect(accepted.filter((row) => !right[row]).length).toBe(found.wrong);
    // 500 scores are looked at nine times.
    expect(found.bound).toBeCloseTo(upperRate(found.wrong, found.accepted, 0.05 / 9), 10);
  });

  it('treats equal scores alike', () => {
    // 200 of one score, a third of them wrong, and 200 better ones: only the better ones can be promised.
    const scores = [...Array<number>(200).fill(0.5), ...Array<number>(200).fill(0.9)];
    const right = scores.map((score, row) => score > 0.5 || row % 3 !== 0);
    expect(guaranteedThreshold(scores, right, { risk: 0.05, doubt: 0.05 })).toMatchObject({
      accepted: 200,
      wrong: 0,
    });
  });

  it('promises nothing on too few pictures', () => {
    const found = guaranteedThreshold([0.99, 0.98, 0.97], [true, true, true], { risk: 0.01, doubt: 0.05 });
    expect(found).toBeNull();
    expect(guaranteedThreshold([], [], { risk: 0.5, doubt: 0.5 })).toBeNull();
  });
});

describe('classThresholds', () => {
  it('chooses for each class by itself, and accepts nothing where it can promise nothing', () => {
    const good = Array.from({ length: 100 }, () => ({ named: 0, probability: 0.6, truth: 0, right: true }));
    const poor = Array.from({ length: 100 }, (_, row) => ({
      named: 1,
      probability: 0.95,
      truth: row % 2,
      right: row % 2 === 1,
    }));
    const thresholds = classThresholds([...good, ...poor], ['a', 'b'], { risk: 0.1, doubt: 0.05 });
    expect(thresholds[0]!.guaranteed!.threshold).toBeLessThan(0.6);
    expect(thresholds[1]).toMatchObject({ named: 100, guaranteed: null });
    expect(acceptedByClass({ named: 0, probability: 0.6 }, thresholds)).toBe(true);
    expect(acceptedByClass({ named: 0, probability: 0.59 }, thresholds)).toBe(false);
    expect(acceptedByClass({ named: 1, probability: 1 }, thresholds)).toBe(false);
  });
});
