import { expect, it } from 'vitest';
import { benchCommand } from '../../bench/command-line.js';

const NAMES = ['crawl', 'decode', 'growth'];
const NOTHING = { isRecorded: false, within: null, barsFile: null };
const told = (line: string) => benchCommand(line === '' ? [] : line.split(' '), NAMES);

it('runs and records all, or those that are named', () => {
  const each = (...names: readonly string[]) => names.map((name) => ({ name, args: [] }));
  expect(told('')).toEqual({ ...NOTHING, wanted: each(...NAMES), isRecorded: true });
  expect(told('decode crawl')).toEqual({ ...NOTHING, wanted: each('decode', 'crawl'), isRecorded: true });
  expect(told('decode')).toEqual({ ...NOTHING, wanted: each('decode') });
  expect(told('decode --record')).toEqual({ ...NOTHING, wanted: each('decode'), isRecorded: true });
});

it('records one with what it takes itself', () => {
  expect(told('crawl --seconds 60 --record')).toEqual({
    ...NOTHING,
    wanted: [{ name: 'crawl', args: ['--seconds', '60'] }],
    isRecorded: true,
  });
  expect(told('--record growth 100000')).toMatchObject({
    wanted: [{ name: 'growth', args: ['100000'] }],
    isRecorded: true,
  });
});

it('requires bars, or that none is missed by more than so many times', () => {
  expect(told('crawl --require')).toMatchObject({ within: 1 });
  expect(told('crawl --require=10 --bars a.json')).toMatchObject({ within: 10, barsFile: 'a.json' });
});

it.each(['fly', 'fly crawl', '--require=0', '--require=0 crawl'])('does not understand %j', (line) => {
  expect(told(line)).toBeNull();
});
