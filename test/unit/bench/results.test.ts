import { describe, expect, it } from 'vitest';
import { partOf, partsIn, resultsText } from '../../bench/results.js';

const ORDER = ['backup', 'store'];

const part = (name: string, output: string) =>
  partOf({ rows: [[name, 'what | why', '1', 'at least 1', 'met']], output, measured: 'fashiond', load: 0.5 });

describe('RESULTS.md', () => {
  it('is read as it was written', () => {
    const parts = new Map([
      ['store', part('store', 'a table\n\n## not a heading of mine')],
      ['backup', part('backup', 'another')],
    ]);
    const text = resultsText(parts, ORDER);
    expect(partsIn(text).get('store')).toEqual(parts.get('store'));
    expect(partsIn(text).get('backup')).toEqual(parts.get('backup'));
    expect(resultsText(partsIn(text), ORDER)).toBe(text);
  });

  it('keeps the parts that are not measured anew', () => {
    const before = resultsText(
      new Map([
        ['backup', part('backup', 'kept')],
        ['store', part('store', 'old')],
      ]),
      ORDER,
    );
    const parts = partsIn(before);
    parts.set('store', part('store', 'new'));
    const after = resultsText(parts, ORDER);
    expect(after).toContain('kept');
    expect(after).toContain('new');
    expect(after).not.toContain('old');
  });

  it('has its parts in the order of the benchmarks, and none that is no benchmark any more', () => {
    const parts = new Map([
      ['store', part('store', '')],
      ['gone', part('gone', '')],
      ['backup', part('backup', '')],
    ]);
    const text = resultsText(parts, ORDER);
    expect([...text.matchAll(/^## (.*)$/gm)].map(([, name]) => name)).toEqual(ORDER);
  });

  it('begins anew where there is none', () => {
    expect(partsIn('').size).toBe(0);
  });
});
