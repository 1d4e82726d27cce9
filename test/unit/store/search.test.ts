import { describe, expect, it } from 'vitest';
import type { ModelFingerprint, Sha256 } from '../../../src/domain/ids.js';
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

describe('searchItems', () => {
  it('gives every item with its vectors, past the size of one read', () => {
    const store = filled(3);
    const [first, ...rest] = [...store.searchItems(MODEL, LOOK)];
    expect(rest).toHaveLength(2);
    expect(first!.item).toEqual({
      productId: 1,
      shop: SHOP,
      title: 'Item 1',
      url: page(1),
      brand: null,
      category: 'sweater',
      price: { minor: 4990, currency: 'USD' },
      availability: 'in-stock',
      colour: 'navy',
      picture: number(1),
    });
    expect(first!.vectors.features).toEqual(new Float32Array([1, 0]));
    expect(first!.vectors.look).toEqual(new Float32Array([1, 0, 0.1]));
  });

  it('reads on past the size of one page', () => {
    const store = filled(205);
    const seen = [...store.searchItems(MODEL, LOOK)].map(({ vectors }) => vectors.features[0]);
    expect(seen).toEqual(Array.from({ length: 205 }, (_, index) => index + 1));
  });

  it('lets the store be written while it is read', () => {
    const store = filled(3);
    let slots = 0;
    for (const { item } of store.searchItems(MODEL, LOOK)) {
      begin(store, `slot-${item.productId}`);
      slots += 1;
    }
    expect(slots).toBe(3);
  });

  it('never mixes models or looks', () => {
    const store = filled(2);
    expect([...store.searchItems(OTHER, LOOK)]).toEqual([]);
    expect([...store.searchItems(MODEL, 'look-2')]).toEqual([]);
    expect(store.vectorFingerprints()).toEqual([{ model: MODEL, count: 2 }]);
  });

  it('takes the first picture that can be used', () => {
    const store = bench.open();
    const images = ['a', 'b'].map((name) => `https://moda.example/i/${name}.jpg`);
    visit(store, begin(store), page(1), read(product({ images, offer: null })));
    download(store, (url) => sha(url.at(-5)!));
    const refused: PictureOutcome = { kind: 'refused', reason: 'undecodable', detail: '' };
    classify(store, (hash) => (hash === sha('a') ? refused : classified({ sweater: 0.5 })));
    const [only] = [...store.searchItems(MODEL, LOOK)];
    expect(only!.item).toMatchObject({
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
    expect([...store.searchItems(MODEL, LOOK)].map(({ item }) => item.availability)).toEqual([
      'discontinued',
    ]);
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
