import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import type { Product } from '../../../src/domain/product.js';
import type { Store } from '../../../src/store/store.js';
import { begin, HOUR, product, read, shop, T0, visit, workbench } from './builders.js';

const bench = workbench();
const SHOPS = ['one', 'two', 'three'] as const;
const GTIN = '4006381333931';

let store: Store;
let path: string;
let runs: Map<string, ReturnType<typeof begin>>;

beforeEach(() => {
  path = bench.file();
  store = bench.open(path);
  store.syncShops(SHOPS.map((id) => shop(id)));
  runs = new Map(SHOPS.map((id) => [id, begin(store, undefined, T0, id as ShopId)]));
});

/** `name` is shop and item, such as `one/a`. */
function sell(name: string, fields: Partial<Product>, now = T0): void {
  const [id = ''] = name.split('/');
  const url = `https://${name}`;
  const run = runs.get(id);
  if (run === undefined) throw new Error(`there is no shop ${id}`);
  visit(store, run, url, read(product({ url, title: name, ...fields })), now);
}

const pairs = (): string[] =>
  store
    .query<{ pair: string }>(
      `SELECT title || ' = ' || other_title || ' by ' || joined_by AS pair FROM v_same_product ORDER BY pair`,
    )
    .map(({ pair }) => pair);

const both = (one: string, other: string, by: string): string[] => [
  `${one} = ${other} by ${by}`,
  `${other} = ${one} by ${by}`,
];

describe('v_same_product', () => {
  it('joins by GTIN, in whatever length it is written', () => {
    sell('one/a', { gtin: '036000291452', brand: 'Ada Wren' });
    sell('two/b', { gtin: '0036000291452', brand: 'ADA WREN' });
    sell('three/c', { gtin: '00036000291452' });
    expect(pairs()).toEqual(
      [
        ...both('one/a', 'two/b', 'gtin'),
        ...both('one/a', 'three/c', 'gtin'),
        ...both('two/b', 'three/c', 'gtin'),
      ].sort(),
    );
  });

  it('says what the other shop asks', () => {
    sell('one/a', { gtin: GTIN });
    sell('two/b', {
      gtin: GTIN,
      offer: {
        price: { minor: 3900, currency: 'EUR' },
        listPrice: null,
        availability: 'sold-out',
        taxIncluded: null,
      },
    });
    expect(
      store.query(
        `SELECT shop, price, currency, other_price, other_currency, other_in_stock, other_url, key
         FROM v_same_product WHERE shop = 'one'`,
      ),
    ).toEqual([
      {
        shop: 'one',
        price: 49.9,
        currency: 'USD',
        other_price: 39,
        other_currency: 'EUR',
        other_in_stock: 0,
        other_url: 'https://two/b',
        key: '04006381333931',
      },
    ]);
  });

  it('joins by brand and number where not both have a GTIN', () => {
    sell('one/a', { brand: 'Harbour & Pine', mpn: 'HP-2201/N', gtin: GTIN });
    sell('two/b', { brand: 'HARBOUR&PINE', mpn: 'hp2201 n' });
    expect(pairs()).toEqual(both('one/a', 'two/b', 'brand-mpn').sort());
  });

  it.each<[string, Partial<Product>, Partial<Product>]>([
    ['the same title alone', { brand: 'Ada Wren' }, { brand: 'Ada Wren' }],
    ['a GTIN under two brands', { gtin: GTIN, brand: 'Ada Wren' }, { gtin: GTIN, brand: 'Fieldnote' }],
    ['a wrong check digit', { gtin: '4006381333932' }, { gtin: '4006381333932' }],
    ["a shop's own number", { gtin: '2012345678900' }, { gtin: '2012345678900' }],
    ['a number without a brand', { mpn: 'HP-2201' }, { mpn: 'HP-2201' }],
    ['two brands with one number', { mpn: 'HP-2201', brand: 'A' }, { mpn: 'HP-2201', brand: 'B' }],
    ['a name that is no number', { mpn: 'CLASSIC', brand: 'A' }, { mpn: 'CLASSIC', brand: 'A' }],
    [
      'one number, two GTINs',
      { mpn: 'HP-2201', brand: 'A', gtin: GTIN },
      { mpn: 'HP-2201', brand: 'A', gtin: '036000291452' },
    ],
  ])('does not join by %s', (_, one, other) => {
    sell('one/a', { ...one, title: 'Cable sweater' });
    sell('two/b', { ...other, title: 'Cable sweater' });
    expect(pairs()).toEqual([]);
  });

  it('joins nothing by a key that a shop gives to two of its items', () => {
    sell('one/a', { gtin: GTIN });
    sell('one/b', { gtin: GTIN });
    sell('two/c', { gtin: GTIN });
    expect(pairs()).toEqual([]);
  });

  it('follows what the page says', () => {
    sell('one/a', { gtin: GTIN });
    sell('two/b', { gtin: GTIN });
    expect(pairs()).toHaveLength(2);
    runs.set('two', begin(store, '2026-01-02T00:00:00Z', T0 + HOUR, 'two' as ShopId));
    sell('two/b', { gtin: null }, T0 + HOUR);
    expect(pairs()).toEqual([]);
  });

  it('knows the items of a file that an older program wrote', () => {
    sell('one/a', { gtin: GTIN });
    sell('two/b', { gtin: GTIN });
    store.close();
    const raw = new Database(path);
    raw.exec('DELETE FROM product_identities');
    raw.close();
    store = bench.open(path);
    expect(pairs()).toHaveLength(2);
  });
});
