import { describe, expect, it } from 'vitest';
import { exitCodeOf, isMet, verdict } from '../../bench/rounds.js';

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

  it('end the process with 1 where one is required and missed, and only there', () => {
    expect(exitCodeOf([bar(171), bar(170)], true)).toBe(0);
    expect(exitCodeOf([bar(171), bar(169)], true)).toBe(1);
    expect(exitCodeOf([], true)).toBe(1);
    expect(exitCodeOf([bar(171), bar(169)], false)).toBe(0);
  });
});
