import { expect, it } from 'vitest';
import { keptFacets } from '../../../src/api/facets.js';
import type { Facets } from '../../../src/domain/browse.js';

const facets = (currency: string): Facets => ({
  categories: [],
  currencies: [currency],
  brands: [],
  shops: [],
});

it('counts once for all who ask at a time, and lets nobody wait for newer counts', async () => {
  let now = 0;
  const asked: { readonly resolve: (counts: Facets) => void; readonly reject: (error: Error) => void }[] = [];
  const kept = keptFacets(
    () => new Promise((resolve, reject) => asked.push({ resolve, reject })),
    () => now,
  );
  const first = [kept(), kept()];
  expect(asked).toHaveLength(1);
  asked[0]!.resolve(facets('EUR'));
  expect(await Promise.all(first)).toEqual([facets('EUR'), facets('EUR')]);
  now = 29_000;
  expect(await kept()).toEqual(facets('EUR'));
  expect(asked).toHaveLength(1);
  // Old ones are shown while new ones are made, also where that fails.
  now = 31_000;
  expect(await kept()).toEqual(facets('EUR'));
  asked[1]!.reject(new Error('the disk is gone'));
  await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  expect(await kept()).toEqual(facets('EUR'));
  asked[2]!.resolve(facets('JPY'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(await kept()).toEqual(facets('JPY'));
  // After a rest they are too old to be shown, and a failure is told.
  now = 400_000;
  const late = kept();
  asked[3]!.reject(new Error('the disk is gone'));
  await expect(late).rejects.toThrow('the disk is gone');
});
