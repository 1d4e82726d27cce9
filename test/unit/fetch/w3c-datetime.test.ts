import { describe, expect, it } from 'vitest';
import { parseMailDate, parseW3cDatetime } from '../../../src/fetch/w3c-datetime.js';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

describe('parseW3cDatetime', () => {
  // The six forms of the note, with its own examples.
  it.each([
    ['1997', '1997-01-01T00:00:00.000Z'],
    ['1997-07', '1997-07-01T00:00:00.000Z'],
    ['1997-07-16', '1997-07-16T23:59:59.999Z'],
    ['1997-07-16T19:20+01:00', '1997-07-16T18:20:00.000Z'],
    ['1997-07-16T19:20:30+01:00', '1997-07-16T18:20:30.000Z'],
    ['1997-07-16T19:20:30.45+01:00', '1997-07-16T18:20:30.450Z'],
    ['1994-11-05T08:15:30-05:00', '1994-11-05T13:15:30.000Z'],
    ['1994-11-05T13:15:30Z', '1994-11-05T13:15:30.000Z'],
    // What sitemaps hold besides.
    [' 2026-02-01 10:00:00 ', '2026-02-01T10:00:00.000Z'],
    ['2026-02-01T10:00:00+0900', '2026-02-01T01:00:00.000Z'],
    ['2024-02-29', '2024-02-29T23:59:59.999Z'],
    ['2026-02-01T24:00:00Z', '2026-02-02T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(iso(parseW3cDatetime(text))).toBe(expected);
  });

  it.each([
    '',
    'yesterday',
    '26-02-01',
    '2026-13-01',
    '2026-00-10',
    '2026-02-30',
    '2025-02-29',
    '2026-02-01T25:00Z',
    '2026-02-01T10:60Z',
    '2026-02-01T10:00+99:00',
    '2026-2-1',
    '01/02/2026',
    '99999999999999',
  ])('%j is none', (text) => {
    expect(parseW3cDatetime(text)).toBeNull();
  });
});

describe('parseMailDate', () => {
  it.each([
    ['Sat, 07 Sep 2002 09:42:31 GMT', '2002-09-07T09:42:31.000Z'],
    ['7 Sep 2002 09:42 +0900', '2002-09-07T00:42:00.000Z'],
    ['07 Sep 2002', '2002-09-07T23:59:59.999Z'],
    ['2002-09-07T09:42:31Z', '2002-09-07T09:42:31.000Z'],
    ['1', null],
    ['Sat, 99 Foo 2002 09:42:31 GMT', null],
  ])('%s is %s', (text, expected) => {
    expect(iso(parseMailDate(text))).toBe(expected);
  });
});
