/** What the endurance run makes of a log and of a catalogue, of good shops and of the hostile one. */
import { describe, expect, it } from 'vitest';
import { tooSlow, wrongPrices } from '../../soak/endurance/crawled.js';
import { isExpected } from '../../soak/endurance/expected.js';

const hostile = { hosts: ['127.0.0.1:4001'], start: [] };

describe('the endurance run', () => {
  it.each([
    ['run.unhealthy', { shop: 'hostile' }, { shop: 'shop-3' }],
    ['run.failed', { shop: 'hostile' }, { shop: 'shop-3' }],
    ['sitemap.skipped', { shop: 'hostile' }, { shop: 'shop-3' }],
    ['robots.unreachable', { origin: 'http://127.0.0.1:4001' }, { origin: 'http://127.0.0.1:4002' }],
    ['robots.unreachable', { origin: 'https://127.0.0.1:4001' }, {}],
  ])('expects %s of the hostile shop only', (event, ofHostile, ofAnother) => {
    expect(isExpected(hostile, event, ofHostile)).toBe(true);
    expect(isExpected(hostile, event, ofAnother)).toBe(false);
  });

  it('expects of any shop what full speed explains, and nothing else', () => {
    expect(isExpected(hostile, 'schedule.skipped', { shop: 'shop-3' })).toBe(true);
    expect(isExpected(hostile, 'infer.thread_lost', { shop: 'hostile' })).toBe(false);
  });

  it('requires that every second run visits all items', () => {
    expect(tooSlow(50, 6000)).toEqual([]);
    expect(tooSlow(49, 6000)).toEqual(['the warm daemon crawled 49.0 pages a second, and should crawl 50.0']);
  });

  it('compares every price with that of the shop', () => {
    expect(wrongPrices({ a: 100, b: 200 }, { b: 200, a: 100 })).toEqual([]);
    expect(wrongPrices({ a: 100, b: 200, c: 300 }, { a: 110, c: 300, d: 400 })).toEqual([
      '3 prices are not those of the shops: a costs 100, not 110; b costs 200, not undefined; d costs undefined, not 400',
    ]);
  });
});
