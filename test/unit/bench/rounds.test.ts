import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBars, writeBars } from '../../bench/bars-file.js';
import { barText, exitCodeOf, isMet, quantile, verdict } from '../../bench/rounds.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const bar = (measured: number) => ({ what: 'pictures/s', measured, required: 170 });

describe('the bars of a benchmark', () => {
  it('are met from their very value on, and by nothing that is no number', () => {
    expect([169.9, 170, 171, Number.NaN].map((measured) => isMet(bar(measured)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const atMost = (measured: number) => ({ ...bar(measured), atMost: true });
    expect([169, 170, 171, Number.NaN].map((measured) => isMet(atMost(measured)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([verdict(bar(171)), verdict(bar(169))]).toEqual(['met:   ', 'missed:']);
  });

  it('are missed where what was measured says nothing, and neither met nor missed by a peer that is not there', () => {
    const invalid = { ...bar(171), invalid: 'too slow a crawl' };
    const absent = { ...bar(Number.NaN), absent: 'npm install it' };
    expect([isMet(invalid), isMet(absent)]).toEqual([false, false]);
    expect([verdict(invalid), verdict(absent)]).toEqual(['missed:', 'absent:']);
    expect([exitCodeOf([invalid], 1), exitCodeOf([absent], 1)]).toEqual([1, 0]);
    expect(barText(invalid)).toBe('missed: pictures/s: 171, at least 170; invalid: too slow a crawl');
    expect(barText(absent)).toBe('absent: pictures/s: npm install it');
  });

  it('end the process with 1 where one is required and missed, and only there', () => {
    expect(exitCodeOf([bar(171), bar(170)], 1)).toBe(0);
    expect(exitCodeOf([bar(171), bar(169)], 1)).toBe(1);
    expect(exitCodeOf([], 1)).toBe(1);
    expect(exitCodeOf([bar(171), bar(169)], null)).toBe(0);
  });

  it('may be missed by so many times where that is enough, but not by what is no number', () => {
    const atMost = (measured: number) => ({ what: 'ms', measured, required: 20, atMost: true });
    expect(
      [bar(18), bar(16), atMost(190), atMost(210), atMost(Infinity)].map((one) => isMet(one, 10)),
    ).toEqual([true, false, true, false, false]);
    expect(exitCodeOf([{ what: 'lost', measured: 1, required: 0, atMost: true }], 10)).toBe(1);
  });

  it.each([Number.NaN, Infinity, -Infinity])('are missed by %d in the file as well', (measured) => {
    const path = join(temporaryFolder(), 'bars.json');
    writeBars(path, [bar(measured), { ...bar(measured), atMost: true }, bar(171)]);
    expect(readBars(path).map((one) => isMet(one))).toEqual([false, false, true]);
  });
});

it('takes quantiles by rank', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);
  expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 99, 100]);
  expect(quantile([], 0.5)).toBeNaN();
});
