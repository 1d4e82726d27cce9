import { describe, expect, it } from 'vitest';
import type { Split } from '../../../../src/learn/dataset/dataset.js';
import { deal } from '../../../../src/learn/dataset/deal.js';
import type { SplitRule } from '../../../../src/learn/dataset/deal.js';
import { Random } from '../../../../src/platform/random.js';

const rule = (over: Partial<SplitRule> = {}): SplitRule => ({
  dealing: 'seeded',
  seed: 1,
  shares: { train: 80, validation: 10, test: 10 },
  resplit: [],
  ...over,
});

interface One {
  readonly path: string;
  readonly label: string;
  readonly split: Split | null;
  readonly group: string | null;
  readonly dealtBy: string;
}

const picture = (over: Partial<One>): One => {
  const group = over.group ?? null;
  return { path: 'p', label: 'hat', split: null, dealtBy: group ?? over.path ?? 'p', ...over, group };
};

/** One picture for each group. */
const singles = (count: number, label = 'hat'): One[] =>
  Array.from({ length: count }, (_, at) => picture({ path: `${label}${at}`, label, group: `${label}${at}` }));

const count = (pictures: readonly { split: Split }[], split: Split): number =>
  pictures.filter((one) => one.split === split).length;

const SPLITS = ['train', 'validation', 'test'] as const;

describe('deal, seeded', () => {
  it.each([
    [60, 10, 30],
    [0.3, 0.05, 0.15],
    [1, 0, 0],
    [0, 0, 5],
  ])('meets shares of %d : %d : %d on average', (train, validation, test) => {
    const shares = { train, validation, test };
    const dealt = deal(singles(2000), rule({ shares }));
    for (const split of SPLITS) {
      const share = shares[split] / (train + validation + test);
      // Three standard deviations of a binomial count.
      const give = 3 * Math.sqrt(2000 * share * (1 - share));
      expect(Math.abs(count(dealt, split) - 2000 * share)).toBeLessThanOrEqual(give);
    }
  });

  it('deals anew only the splits that are named, and keeps groups whole', () => {
    const given = Array.from({ length: 300 }, (_, at) =>
      picture({ path: `${at}`, split: SPLITS[at % 3]!, group: `g${at % 70}` }),
    );
    const dealt = deal(given, rule({ resplit: ['train', 'validation'] }));
    const splitsOf = new Map<string, Set<Split>>();
    const wereTested = dealt.filter((_, at) => given[at]!.split === 'test');
    expect(wereTested.every(({ split }) => split === 'test')).toBe(true);
    for (const one of dealt.filter((_, at) => given[at]!.split !== 'test')) {
      splitsOf.set(one.group!, (splitsOf.get(one.group!) ?? new Set()).add(one.split));
    }
    expect([...splitsOf.values()].filter((splits) => splits.size > 1)).toEqual([]);
    expect(dealt.filter((one, at) => one.split !== given[at]!.split).length).toBeGreaterThan(50);
  });

  it('puts pictures without a split where it is told', () => {
    const dealt = deal([picture({}), picture({ split: 'train' })], rule({ dealing: 'validation' }));
    expect(dealt.map(({ split }) => split)).toEqual(['validation', 'train']);
  });
});

describe('deal, stratified', () => {
  it('gives each class its shares, to within a group', () => {
    const random = new Random(3);
    const sizes = new Map([
      ['hat', 20],
      ['shoes', 55],
      ['coat', 200],
    ]);
    const pictures = [...sizes].flatMap(([label, groups]) =>
      Array.from({ length: groups }, (_, group) =>
        Array.from({ length: random.int(1, 5) }, (_, view) =>
          picture({ path: `${label}/${group}/${view}`, label, group: `${label}${group}` }),
        ),
      ).flat(),
    );
    const shares = { train: 60, validation: 10, test: 30 };
    const dealt = deal(pictures, rule({ dealing: 'stratified', shares }));
    for (const label of sizes.keys()) {
      const own = dealt.filter((one) => one.label === label);
      for (const split of SPLITS) {
        expect(Math.abs(count(own, split) - (own.length * shares[split]) / 100)).toBeLessThanOrEqual(5);
      }
    }
    const groups = new Map(dealt.map(({ group, split }) => [group, split]));
    expect(dealt.every(({ group, split }) => groups.get(group) === split)).toBe(true);
    const other = deal(pictures, rule({ dealing: 'stratified', shares, seed: 2 }));
    expect(other.map(({ split }) => split)).not.toEqual(dealt.map(({ split }) => split));
  });

  it('keeps a group of several classes whole', () => {
    const pictures = Array.from({ length: 300 }, (_, at) =>
      picture({ path: `${at}`, label: ['hat', 'shoes', 'coat'][at % 3]!, group: `g${at % 50}` }),
    );
    const dealt = deal(pictures, rule({ dealing: 'stratified' }));
    const groups = new Map(dealt.map(({ group, split }) => [group, split]));
    expect(dealt.every(({ group, split }) => groups.get(group) === split)).toBe(true);
    expect(count(dealt, 'test')).toBeGreaterThan(12);
  });
});
