/** URLs of pictures: wanted, shared out, fetched again. */
import { describe, expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import {
  begin,
  download,
  HOUR,
  product,
  read,
  sha,
  shop,
  T0,
  visit,
  workbench,
  readNothing,
} from './builders.js';
import { PAGE, image, none, withImages, items } from './picture-builders.js';

const bench = workbench();

describe('picture URLs', () => {
  it('are wanted once, in the order they were found', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    withImages(store, ['b', 'c'], 'b', `${PAGE}2`);
    expect(store.backlog()).toEqual({ wanted: 3, stored: 0 });
    const claimed = store.claimImages(2, T0, HOUR);
    expect(claimed.map((found) => found.url)).toEqual([image('a'), image('b')]);
    expect(store.claimImages(10, T0, HOUR).map((found) => found.url)).toEqual([image('c')]);
    expect(store.backlog()).toEqual({ wanted: 3, stored: 0 });
  });

  it('are shared out so that one shop does not take every place', () => {
    const store = bench.open();
    store.syncShops([shop(), shop('other')]);
    withImages(store, ['a', 'b', 'c', 'd', 'e', 'f']);
    const run = begin(store, 'a', T0, 'other' as ShopId);
    visit(store, run, PAGE, read(product({ images: ['x', 'y', 'z'].map(image) })));
    const shops = (limit: number): string[] => store.claimImages(limit, T0, HOUR).map((found) => found.shop);
    expect(shops(2).sort()).toEqual(['moda', 'other']);
    expect(shops(1)).toEqual(['moda']);
    expect(shops(3).sort()).toEqual(['moda', 'other', 'other']);
  });

  it('of a shop that left the config wait until it is back, and keep nobody waiting', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    const [inFlight] = store.claimImages(1, T0, HOUR);
    store.syncShops([shop('other')]);
    store.releaseImages([inFlight!.id]);
    expect(store.claimImages(10, T0, HOUR)).toEqual([]);
    expect(store.nextImageDue()).toBeNull();
    expect([
      store.backlog().wanted,
      store.summary().imagesWanted,
      store.browse.stats().picturesWanted,
    ]).toEqual([0, 0, 0]);
    store.syncShops([shop()]);
    expect(store.backlog().wanted).toBe(2);
    expect(store.nextImageDue()).toBe(0);
    expect(store.claimImages(10, T0, HOUR)).toHaveLength(2);
  });

  it('leave places free when the shop has as many in flight as it may', () => {
    const store = bench.open();
    store.syncShops([shop(), shop('other')]);
    withImages(store, ['a', 'b', 'c', 'd']);
    const most = (limit: number): number => store.claimImages(limit, T0, HOUR, () => 2).length;
    expect([most(10), most(10)]).toEqual([2, 0]);
    const run = begin(store, 'a', T0, 'other' as ShopId);
    visit(store, run, PAGE, read(product({ images: ['x', 'y', 'z'].map(image) })));
    expect(store.claimImages(10, T0, HOUR, () => 2).map((found) => found.shop)).toEqual(['other', 'other']);
  });

  it('are counted by shop and together', () => {
    const store = bench.open();
    store.syncShops([shop(), shop('other')]);
    withImages(store, ['a', 'b']);
    const run = begin(store, 'a', T0, 'other' as ShopId);
    visit(store, run, PAGE, read(product({ images: [image('x')] })));
    store.claimImages(1, T0, HOUR);
    expect(store.backlog(shop().id)).toEqual({ wanted: 2, stored: 0 });
    expect(store.backlog('other' as ShopId)).toEqual({ wanted: 1, stored: 0 });
    expect(store.backlog()).toEqual({ wanted: 3, stored: 0 });
  });

  it('wait for their retry, carry validators, and are given back', () => {
    const store = bench.open();
    withImages(store, ['a']);
    const [first] = store.claimImages(1, T0, HOUR);
    const retry = { kind: 'retry', at: T0 + 50, spendsAttempt: true, reason: 'timeout' } as const;
    store.commitImage(first!, retry, T0);
    expect(store.nextImageDue()).toBe(T0 + 50);
    expect(store.claimImages(1, T0 + 49, HOUR)).toEqual([]);
    const [second] = store.claimImages(1, T0 + 50, HOUR);
    expect(second!.attempts).toBe(1);
    store.releaseImages([second!.id]);
    expect(store.claimImages(1, T0 + 50, HOUR)).toEqual([second]);
    expect(store.recoverLeases()).toEqual({ pages: 0, feeds: 0, images: 1, pictures: 0 });
    expect(store.claimImages(1, T0, HOUR)).toEqual([second]);
  });

  it('that failed get another chance with the next run', () => {
    const store = bench.open();
    withImages(store, ['a']);
    store.commitImage(store.claimImages(1, T0, HOUR)[0]!, { kind: 'dropped', reason: 'gone (404)' }, T0);
    expect(store.backlog()).toEqual({ wanted: 0, stored: 0 });
    readNothing(store);
    expect(items(store)).toMatchObject([{ category: null, reason: 'no-usable-picture' }]);
    begin(store, 'b');
    expect(store.backlog()).toEqual({ wanted: 1, stored: 0 });
  });

  it('with the same bytes are one picture', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    download(store, () => sha('5'));
    expect(store.backlog()).toEqual({ wanted: 0, stored: 1 });
  });

  it('keep their bytes when the server says unchanged, and ask in full when there are none', () => {
    const store = bench.open();
    withImages(store, ['a']);
    store.commitImage(store.claimImages(1, T0, HOUR)[0]!, { kind: 'unchanged' }, T0);
    expect(store.claimImages(1, T0, HOUR)).toMatchObject([{ validators: none }]);
  });
});
