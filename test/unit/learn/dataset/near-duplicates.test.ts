import { array, check, constant, constantFrom, nat, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Split } from '../../../../src/learn/dataset/dataset.js';
import { mendLeaks } from '../../../../src/learn/dataset/near-duplicates.js';
import type { NearPair } from '../../../../src/learn/dataset/near-duplicates.js';
import { smallDataset } from './small-dataset.js';

const entriesIn = (splits: readonly Split[]): ReturnType<typeof smallDataset>['index']['entries'] =>
  smallDataset(splits.map((split, at) => ({ path: `${at}`, label: 'hat', split }))).index.entries;

const pair = (first: number, second: number): NearPair => ({ first, second, distance: 0, likeness: 1 });

/** The splits after mending, null for what was left out. */
function mended(
  splits: readonly Split[],
  pairs: readonly NearPair[],
  rule: 'drop' | 'move',
): (Split | null)[] {
  const after: (Split | null)[] = [...splits];
  for (const { position, to } of mendLeaks(entriesIn(splits), pairs, rule)) after[position] = to;
  return after;
}

describe('mendLeaks', () => {
  it('drops the training copy of a tested picture, and nothing that is near to no other split', () => {
    const splits: Split[] = ['train', 'test', 'train', 'train', 'validation'];
    expect(mended(splits, [pair(0, 1), pair(2, 3)], 'drop')).toEqual([
      null,
      'test',
      'train',
      'train',
      'validation',
    ]);
    expect(mendLeaks(entriesIn(splits), [pair(0, 1)], 'report')).toEqual([]);
  });

  it('moves a chain into the split that keeps its first', () => {
    // 3 is near 0 only through 1 and 2.
    const splits: Split[] = ['train', 'validation', 'train', 'test', 'train'];
    expect(mended(splits, [pair(0, 1), pair(1, 2), pair(2, 3)], 'move')).toEqual([
      'test',
      'test',
      'test',
      'test',
      'train',
    ]);
  });

  const split = constantFrom<Split>('train', 'validation', 'test');
  const leaky = array(split, { minLength: 2, maxLength: 12 }).chain((splits) => {
    const position = nat({ max: splits.length - 1 });
    const edges = array(
      tuple(position, position).filter(([a, b]) => a < b),
      { maxLength: 20 },
    );
    return tuple(constant(splits), edges);
  });

  it.each(['drop', 'move'] as const)('leaves no pair in two splits after %s', (rule) => {
    const leaks = property(leaky, ([splits, edges]) => {
      const pairs = edges.map(([first, second]) => pair(first, second));
      const after = mended(splits, pairs, rule);
      const inTwo = edges.filter(([first, second]) => {
        const both = [after[first], after[second]];
        return !both.includes(null) && both[0] !== both[1];
      });
      // The test split never loses a picture.
      return inTwo.length === 0 && splits.every((split, at) => split !== 'test' || after[at] === 'test');
    });
    expect(check(leaks).failed).toBe(false);
  });
});
