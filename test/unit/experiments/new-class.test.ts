import { expect, it } from 'vitest';
import type { CategoryId } from '../../../src/domain/ids.js';
import { share } from '../../../src/learn/evaluation/share.js';
import type { Memory } from '../../../src/learn/fine-tuning/memory.js';
import { brokenPromises, partsOf } from '../../experiments/new-class.js';

const memory = (before: number, after: number, found: number): Memory => ({
  split: 'test',
  before: share(before, 1000),
  after: share(after, 1000),
  added: [{ label: 'beanie' as CategoryId, recall: share(found, 100) }],
});

it.each([
  [memory(900, 890, 90), []],
  [memory(900, 920, 100), []],
  [memory(900, 889, 90), ['old classes lost 1.1 points, at most 1 was promised']],
  [memory(900, 900, 89), ['beanie found 0.890, promised 0.9']],
  [{ ...memory(900, 900, 90), added: [] }, ['no new class was taught']],
])('the experiment with a new class says what was not kept', (found, broken) => {
  expect(brokenPromises(found)).toEqual(broken);
});

it('takes as many pictures as are asked for, and none of the new class for the base', () => {
  const folders = { many: 'm', few: 'f', test: 't' };
  const { base, grown } = partsOf({ perClass: 20, reminders: 10, test: 5 }, folders);
  const shown = (parts: typeof base) =>
    parts.map(({ folder, perClass, kinds }) => [folder, perClass, kinds.length]);
  expect(shown(base)).toEqual([
    ['m', 20, 12],
    ['t', 5, 12],
  ]);
  expect(base.flatMap(({ kinds }) => kinds)).not.toContain('beanie');
  expect(shown(grown)).toEqual([
    ['m', 20, 1],
    ['f', 10, 12],
    ['t', 5, 13],
  ]);
  expect([8, 9].map((number) => grown[1]!.splitOf(number))).toEqual(['train', 'validation']);
});
