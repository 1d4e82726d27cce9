import { expect, it } from 'vitest';
import type { CategoryId } from '../../../src/domain/ids.js';
import { share } from '../../../src/learn/evaluation/share.js';
import type { Memory } from '../../../src/learn/fine-tuning/memory.js';
import { brokenPromises } from '../../experiments/new-class.js';

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
