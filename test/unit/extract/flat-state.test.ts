import { expect, test } from 'vitest';
import { unflatten } from '../../../src/extract/flat-state.js';

test('members are put in by their positions, and what wraps them is left out', () => {
  const flat = [
    ['Reactive', 1],
    { name: 2, tags: 3, made: 5 },
    'Hat',
    [2, 4],
    9,
    ['Date', '2026-01-01'],
    null,
  ];
  expect(unflatten(flat)).toEqual({ name: 'Hat', tags: ['Hat', 9], made: '2026-01-01' });
});

test('what holds itself ends, and what names no position is nothing', () => {
  const value = unflatten([{ self: 0, other: 99, hole: -1 }]) as { self: unknown };
  expect(value).toMatchObject({ other: undefined, hole: undefined });
  expect(JSON.stringify(value).length).toBeLessThan(2000);
});
