/** How the catalogue comes over to a new model. */
import { describe, expect, it } from 'vitest';
import type { ModelFingerprint, Sha256 } from '../../../src/domain/ids.js';
import type { DecideItem } from '../../../src/domain/ports.js';
import type { SearchFeatures } from '../../../src/domain/prediction.js';
import type { Store } from '../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  context,
  download,
  LOOK,
  manifest,
  MODEL,
  product,
  read,
  sha,
  T0,
  visit,
  workbench,
} from './builders.js';

const bench = workbench();
const NEW = 'n'.repeat(64) as ModelFingerprint;
const PAGE = 'https://moda.example/p/';
const image = (name: string): string => `https://moda.example/i/${name}.jpg`;
const sweater = classified({ sweater: 0.97, beanie: 0.03 });
const beanie = classified({ sweater: 0.02, beanie: 0.98 }, {}, NEW);

const decideOf =
  (model: ModelFingerprint): DecideItem =>
  (pictures) => {
    for (const one of pictures) expect(one.model).toBe(model);
    return pictures[0] ?? null;
  };
const old = { model: MODEL, decide: decideOf(MODEL) };
const next = { model: NEW, decide: decideOf(NEW) };

/** Items with these pictures, seen by the old model. */
function catalogue(items: readonly (readonly string[])[], path?: string): Store {
  const store = bench.open(path);
  store.models.register({ manifest: manifest(), path: '/models/old' }, 'config');
  store.renewals.begin({ model: MODEL, from: MODEL, lookVersion: LOOK, decider: 'v1' });
  store.renewals.end(T0);
  store.setDecider(MODEL, 'v1', old.decide);
  const run = begin(store);
  items.forEach((names, n) =>
    visit(store, run, `${PAGE}${n}`, read(product({ url: `${PAGE}${n}`, images: names.map(image) }))),
  );
  download(store, (url) => sha(url.at(-5)!));
  classify(store, () => sweater);
  return store;
}

function promote(store: Store): void {
  store.models.register({ manifest: manifest(NEW), path: '/models/new' }, 'config');
  store.serveWith(next, [old]);
  store.renewals.begin({ model: NEW, from: MODEL, lookVersion: LOOK, decider: 'v1' });
}

function see(store: Store, picture: Sha256, outcome = beanie): void {
  expect(store.renewals.lease(picture)).toBe(true);
  store.commitPicture({ sha256: picture, isSuspect: false }, outcome, { ...context, ...next }, T0);
}

const categories = (store: Store): unknown[] =>
  store
    .query<{ category: string }>('SELECT category FROM v_items ORDER BY product_id')
    .map((row) => row.category);

describe('a renewal', () => {
  it('goes from the newest item down, and an item keeps its answer until all its pictures were seen', () => {
    const store = catalogue([['a', 'b'], ['c']]);
    promote(store);
    expect(store.renewals.next(1)).toEqual([{ product: 2, pictures: [sha('c')] }]);
    expect(store.renewals.next(9)).toMatchObject([
      { product: 2 },
      { product: 1, pictures: [sha('a'), sha('b')] },
    ]);
    see(store, sha('c'));
    expect(categories(store)).toEqual(['sweater', 'beanie']);
    see(store, sha('a'));
    expect(categories(store)).toEqual(['sweater', 'beanie']);
    see(store, sha('b'));
    expect(categories(store)).toEqual(['beanie', 'beanie']);
    expect(store.vectorFingerprints()).toEqual([
      { model: MODEL, count: 3 },
      { model: NEW, count: 3 },
    ]);
  });

  it('goes on after a restart where it stood, and search is with the old vectors until its end', () => {
    const path = bench.file();
    const store = catalogue([['a'], ['b'], ['c']], path);
    promote(store);
    see(store, sha('c'));
    store.renewals.settle([3 as never], T0);
    expect(store.renewals.state()).toMatchObject({
      model: NEW,
      from: MODEL,
      total: 3,
      done: 1,
      endedAt: null,
    });
    store.close();
    const again = bench.open(path);
    const wish = { model: NEW, from: NEW, lookVersion: LOOK, decider: 'v1' };
    expect(again.renewals.begin(wish)).toMatchObject({ from: MODEL, done: 1 });
    again.serveWith(next, [old]);
    again.setDecider(NEW, 'v1', next.decide);
    expect(categories(again)).toEqual(['sweater', 'sweater', 'beanie']);
    const left = again.renewals.next(9);
    expect(left.map(({ product: id }) => id)).toEqual([2, 1]);
    for (const picture of left.flatMap(({ pictures }) => pictures)) see(again, picture);
    again.renewals.settle([2 as never, 1 as never], T0);
    expect(again.renewals.next(9)).toEqual([]);
    again.renewals.end(T0);
    expect(again.renewals.state()).toMatchObject({ from: NEW, done: 3, endedAt: T0 });
  });

  it('leaves search where it was when a third model comes before it is over, or the old one comes back', () => {
    const store = catalogue([['a']]);
    promote(store);
    const third = { lookVersion: LOOK, decider: 'v1', from: NEW };
    expect(store.renewals.begin({ ...third, model: '3'.repeat(64) as ModelFingerprint }).from).toBe(MODEL);
    expect(store.renewals.begin({ ...third, model: MODEL }).from).toBe(MODEL);
  });

  it('starts anew where the looks are of another version, which cannot be searched with the old ones', () => {
    const store = catalogue([['a']]);
    const wish = { model: MODEL, from: MODEL, lookVersion: 'look-2', decider: 'v1' };
    expect(store.renewals.begin(wish)).toMatchObject({ from: MODEL, endedAt: null });
    expect(store.renewals.next(9)).toEqual([{ product: 1, pictures: [sha('a')] }]);
  });

  it('has a picture seen again that was with the old model at the switch', () => {
    const store = catalogue([['a']]);
    const run = begin(store, 'b');
    visit(store, run, `${PAGE}9`, read(product({ url: `${PAGE}9`, images: [image('d')] })));
    download(store, (url) => sha(url.at(-5)!));
    const [late] = store.claimPictures(9, T0);
    promote(store);
    store.commitPicture(late!, sweater, { ...context, ...next }, T0);
    expect(categories(store)).toEqual(['sweater', 'sweater']);
    expect(store.claimPictures(9, T0)).toEqual([{ sha256: sha('d'), isSuspect: false }]);
    store.commitPicture(late!, beanie, { ...context, ...next }, T0);
    expect(categories(store)).toEqual(['sweater', 'beanie']);
  });

  it('has an item that comes meanwhile found with the old vectors at once, and decided by the new model', () => {
    const store = catalogue([['a']]);
    const searched = () =>
      [...store.indexedItems({ model: MODEL, lookVersion: LOOK, short: 'short-1' })].map(
        ({ item }) => item.productId,
      );
    promote(store);
    const come = (name: string, forSearch: SearchFeatures | null): void => {
      const url = `${PAGE}${name}`;
      visit(store, begin(store, name), url, read(product({ url, images: [image(name)] })));
      download(store, (from) => sha(from.at(-5)!));
      const [picture] = store.claimPictures(1, T0);
      store.commitPicture(picture!, beanie, { ...context, ...next, forSearch }, T0);
    };
    come('b', null);
    expect(searched()).toEqual([1]);
    come('c', { model: MODEL, features: new Float32Array([0.8, 0.6]) });
    expect(searched()).toEqual([1, 3]);
    expect(categories(store)).toEqual(['sweater', 'beanie', 'beanie']);
  });

  it('does not bring back what a person overruled when the old model comes back', () => {
    const store = catalogue([['a'], ['b']]);
    promote(store);
    see(store, sha('a'));
    see(store, sha('b'));
    store.reviews.label([
      {
        product: 1 as never,
        verdict: 'category',
        category: 'shorts' as never,
        picture: null,
        sample: null,
        by: 'ann',
      },
    ]);
    store.models.register({ manifest: manifest(), path: '/models/old' }, 'config');
    store.serveWith(old, [next]);
    store.renewals.begin({ model: MODEL, from: NEW, lookVersion: LOOK, decider: 'v1' });
    expect(categories(store)).toEqual(['shorts', 'sweater']);
    store.renewals.settle([2 as never, 1 as never], T0);
    expect(categories(store)).toEqual(['shorts', 'sweater']);
  });
});
