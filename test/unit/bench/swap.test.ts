import { expect, it } from 'vitest';
import { isMet } from '../../bench/rounds.js';
import { swapBars } from '../../bench/swap.js';

const answers = (ms: number, status: number | string = 200) =>
  Array.from({ length: 100 }, (_, at) => ({ at, ms, status }));

const verdicts = (...of: Parameters<typeof swapBars>) => swapBars(...of).map((bar) => isMet(bar));

it('compares requests that were answered, whatever became of the others', () => {
  const refused = answers(1, 429);
  expect(verdicts(answers(10), [...answers(30), ...refused, ...refused], [500, 500])).toEqual([
    false,
    false,
    true,
  ]);
  expect(verdicts(answers(10), answers(15), [500, 540])).toEqual([true, true, true]);
});

it('says nothing of swaps where requests fail without any', () => {
  const bars = swapBars([...answers(10), ...answers(1, 'no answer')], answers(10), [500]);
  expect(bars.map(({ invalid }) => invalid)).toEqual([
    '100 requests fail without swaps',
    '100 requests fail without swaps',
    undefined,
  ]);
  expect(isMet(bars[0]!)).toBe(false);
});
