import { expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import { SHOP, shop, workbench } from './builders.js';

const bench = workbench();

it('knows the name of a shop that has left the config: its items and runs are still shown', () => {
  const store = bench.open();
  expect(store.browse.shopName(SHOP)).toBe('MODA');
  store.syncShops([shop('other')]);
  expect(store.browse.shopName(SHOP)).toBe('MODA');
  expect(store.browse.shopName('lost' as ShopId)).toBeNull();
});
