import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { ModelFingerprint, ProductId, Sha256 } from '../../../src/domain/ids.js';
import type { PictureOutcome } from '../../../src/domain/prediction.js';
import type { Store } from '../../../src/store/store.js';
import { decodeVector, encodeVector } from '../../../src/store/vectors.js';
import {
  begin,
  classified,
  classify,
  download,
  gone,
  HOUR,
  LOOK,
  MODEL,
  offer,
  product,
  read,
  sha,
  SHOP,
  T0,
  visit,
  workbench,
} from './builders.js';

const bench = workbench();
const OTHER = 'x'.repeat(64) as ModelFingerprint;
const page = (n: number): string => `https://moda.example/p/${n}`;

/** Items 1..count with one picture each; picture n has features [n, 0]. */
function filled(count: number): Store {
  const store = bench.open();
  const run = begin(store);
  for (let n = 1; n <= count; n += 1) {
    const images = [`https://moda.example/i/${n}.jpg`];
    visit(store, run, page(n), read(product({ url: page(n), sku: `SKU-${n}`, title: `Item ${n}`, images })));
  }
  download(store, (url) => number(Number(/(\d+)\.jpg$/.exec(url)![1])));
  classify(store, (hash) => classified({ sweater: 0.95 }, { features: [Number.parseInt(hash, 10), 0] }));
  return store;
}

const number = (n: number): Sha256 => String(n).padStart(64, '0') as Sha256;

const SPACES = { model: MODEL, lookVersion: LOOK, short: 'short-1' };

describe('items for an index', () => {
  it('come with what filters ask; whole ones and vectors are read by number', () => {
    const store = filled(3);
    const [first, ...rest] = [...store.indexedItems(SPACES)];
    expect(rest).toHaveLength(2);
    const filtered = {
      productId: 1,
      shop: SHOP,
      brand: null,
      category: 'sweater',
      price: { minor: 4990, currency: 'USD' },
      availability: 'in-stock',
      colour: 'navy',
    };
    expect(first).toEqual({ item: { ...filtered, picture: 1 }, short: null });
    expect(store.indexedItem(1 as ProductId, SPACES)).toEqual(first);
    expect(store.indexedItem(9 as ProductId, SPACES)).toBeNull();
    const whole = { ...filtered, title: 'Item 1', url: page(1), picture: number(1) };
    expect([...store.wholeItems([9, 1] as ProductId[], SPACES)]).toEqual([[1, whole]]);
    expect(store.pictureVectors(1, SPACES)).toEqual({
      features: new Float32Array([1, 0]),
      look: new Float32Array([1, 0, 0.1]),
    });
    expect(store.pictureVectors(9, SPACES)).toBeNull();
  });

  it('come with the short vectors that were kept, until the picture is described anew', () => {
    const store = filled(2);
    store.saveShortVectors('short-1', [{ picture: 2, bytes: Int8Array.of(1, -2) }]);
    const short = (space: string): unknown[] =>
      [...store.indexedItems({ ...SPACES, short: space })].map((entry) => entry.short);
    expect(short('short-1')).toEqual([null, Int8Array.of(1, -2)]);
    expect(short('short-2')).toEqual([null, null]);
    store.saveShortVectors('short-1', [{ picture: 2, bytes: Int8Array.of(3) }]);
    expect(short('short-1')).toEqual([null, Int8Array.of(3)]);
    const other = new Database(store.path);
    other.exec(`UPDATE blobs SET state = 'stored'`);
    other.close();
    classify(store, () => classified({ sweater: 0.95 }));
    expect(short('short-1')).toEqual([null, null]);
  });

  it('are read on past the size of one page', () => {
    const store = filled(405);
    const seen = [...store.indexedItems(SPACES)].map(({ item }) => item.productId);
    expect(seen).toEqual(Array.from({ length: 405 }, (_, index) => index + 1));
  });

  it('lets the store be written while it is read', () => {
    const store = filled(3);
    let slots = 0;
    for (const { item } of store.indexedItems(SPACES)) {
      begin(store, `slot-${item.productId}`);
      slots += 1;
    }
    expect(slots).toBe(3);
  });

  it('never mixes models or looks', () => {
    const store = filled(2);
    expect([...store.indexedItems({ ...SPACES, model: OTHER })]).toEqual([]);
    expect([...store.indexedItems({ ...SPACES, lookVersion: 'look-2' })]).toEqual([]);
    expect(store.vectorFingerprints()).toEqual([{ model: MODEL, count: 2 }]);
  });

  it('takes the first picture that can be used', () => {
    const store = bench.open();
    const images = ['a', 'b'].map((name) => `https://moda.example/i/${name}.jpg`);
    visit(store, begin(store), page(1), read(product({ images, offer: null })));
    download(store, (url) => sha(url.at(-5)!));
    const refused: PictureOutcome = { kind: 'refused', reason: 'undecodable', detail: '' };
    classify(store, (hash) => (hash === sha('a') ? refused : classified({ sweater: 0.5 })));
    const [only] = [...store.indexedItems(SPACES)];
    const { productId } = only!.item;
    expect(store.wholeItems([productId], SPACES).get(productId)).toMatchObject({
      picture: sha('b'),
      category: null,
      price: null,
      availability: 'unknown',
    });
  });

  it('says that a vanished item cannot be had', () => {
    const store = filled(1);
    const run = begin(store, 'b', T0 + HOUR);
    visit(store, run, page(1), gone, T0 + HOUR);
    visit(store, run, page(1), gone, T0 + 2 * HOUR);
    expect([...store.indexedItems(SPACES)].map(({ item }) => item.availability)).toEqual(['discontinued']);
  });
});

describe('findItem', () => {
  it.each([
    ['id', '2'],
    ['SKU', 'SKU-2'],
    ['URL', page(2)],
  ])('finds an item by its %s', (_, reference) => {
    expect(filled(3).findItem(reference)).toMatchObject({
      item: { title: 'Item 2', category: 'sweater' },
      picture: number(2),
    });
  });

  it('finds it by the page that was crawled, where the page names another URL', () => {
    const store = bench.open();
    const images = ['https://moda.example/i/1.jpg'];
    visit(
      store,
      begin(store),
      'https://moda.example/sale/1',
      read(product({ url: page(1), images, offer: offer(1) })),
    );
    download(store, () => number(1));
    expect(store.findItem('https://moda.example/sale/1')).toMatchObject({ item: { url: page(1) } });
  });

  it.each(['9', 'SKU-9', 'https://moda.example/', ''])('finds nothing for %j', (reference) => {
    expect(filled(1).findItem(reference)).toBeNull();
  });

  it('finds nothing while no picture is there to search with', () => {
    const store = bench.open();
    visit(store, begin(store), page(1), read(product({ sku: 'A' })));
    expect(store.findItem('A')).toBeNull();
  });
});

describe('vectors', () => {
  it('are little-endian float32 on disk (IEEE 754: 1.5 is 3fc00000)', () => {
    expect([...encodeVector(new Float32Array([1.5, -2]))]).toEqual([0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('are read from bytes at any offset', () => {
    const bytes = new Uint8Array([9, 0, 0, 0xc0, 0x3f, 9]).subarray(1, 5);
    expect(decodeVector(bytes)).toEqual(new Float32Array([1.5]));
    const part = new Float32Array([0, 1.5, 0]).subarray(1, 2);
    expect(decodeVector(encodeVector(part))).toEqual(new Float32Array([1.5]));
  });
});
