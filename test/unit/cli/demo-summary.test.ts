import { describe, expect, it } from 'vitest';
import { categoryTable, percent, stageTable } from '../../../src/cli/demo-summary.js';
import type { JudgedItem } from '../../../src/cli/demo-summary.js';

/** The cells of a table's row, by its first cell. */
function cellsOf(table: string, name: string): string[] {
  const line = table.split('\n').find((row) => row.split('│')[1]?.trim() === name) ?? '';
  return line
    .split('│')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

const times = (count: number, item: JudgedItem): JudgedItem[] => Array<JudgedItem>(count).fill(item);

describe('categoryTable', () => {
  const table = categoryTable([
    ...times(6, { truth: 'sweater', category: 'sweater' }),
    ...times(2, { truth: 'sweater', category: 'beanie' }),
    ...times(2, { truth: 'sweater', category: null }),
    ...times(3, { truth: 'beanie', category: 'beanie' }),
    ...times(1, { truth: 'beanie', category: 'hat' }),
  ]);

  it('counts, of each true category, what was accepted; precision is of what was put there', () => {
    // items, accepted, unknown, precision, coverage
    expect(cellsOf(table, 'sweater')).toEqual(['10', '8', '2', '100.0 %', '80.0 %']);
    expect(cellsOf(table, 'beanie')).toEqual(['4', '4', '0', '60.0 %', '100.0 %']);
    expect(cellsOf(table, 'hat')).toEqual(['0', '0', '0', '0.0 %', '-']);
  });

  it('judges all items together, with the interval of so few', () => {
    expect(cellsOf(table, 'all')).toEqual(['14', '12', '2', '75.0 %', '85.7 %']);
    // Wilson's interval of 9 of 12.
    expect(table).toContain('9 of 12 accepted items are right (95 % interval 46.8 to 91.1 %)');
  });
});

it('categoryTable of items that are all unknown claims no precision', () => {
  const table = categoryTable(times(3, { truth: 'hat', category: null }));
  expect(cellsOf(table, 'all')).toEqual(['3', '0', '3', '-', '0.0 %']);
  expect(table).toContain('no item was accepted');
});

it('percent never rounds up to all', () => {
  expect([percent(1, 3), percent(9999, 10_000), percent(7, 7), percent(0, 0)]).toEqual([
    '33.3 %',
    '99.9 %',
    '100.0 %',
    '-',
  ]);
});

it('stageTable shows calls a second of the time at work', () => {
  const table = stageTable(
    [
      { stage: 'fetch', count: 300, activeMs: 1500 },
      { stage: 'idle', count: 0, activeMs: 0 },
    ],
    4000,
  );
  expect(cellsOf(table, 'fetch')).toEqual(['300', '1.5 s', '200']);
  expect(cellsOf(table, 'idle')).toEqual(['0', '0.0 s', '-']);
  expect(cellsOf(table, 'whole demo (wall clock)')).toEqual(['', '4.0 s', '']);
});
