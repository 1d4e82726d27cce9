import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TopK } from '../../../src/search/top-k.js';

it('keeps what sorting everything and cutting would keep', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer()), fc.integer({ min: 1, max: 40 }), (numbers, limit) => {
      const best = new TopK<number>(limit, (one, other) => one > other);
      for (const number of numbers) best.add(number);
      expect(best.sorted()).toEqual(numbers.toSorted((one, other) => other - one).slice(0, limit));
    }),
    { numRuns: 300 },
  );
});

it('is right for long streams, rising, falling and mixed', () => {
  const rising = Array.from({ length: 5000 }, (_, index) => index);
  const mixed = rising.map((value) => (value * 2741) % 5000);
  for (const stream of [rising, rising.toReversed(), mixed]) {
    const best = new TopK<number>(100, (one, other) => one > other);
    for (const number of stream) best.add(number);
    expect(best.sorted()).toEqual(rising.slice(-100).reverse());
  }
});
