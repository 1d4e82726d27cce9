/** The plans of the statements that run for every page, picture and item: a lost index shows here. */
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { SqlParams } from '../../../src/store/connection.js';
import type { ItemFilter } from '../../../src/domain/browse.js';
import type { CategoryId, ShopId } from '../../../src/domain/ids.js';
import { listStatement } from '../../../src/store/browse/list-items.js';
import { KNOWN_MODELS } from '../../../src/store/browse/shop-states.js';
import { PRODUCTS_AT } from '../../../src/store/catalogue.js';
import { CHANGED_GROUPS } from '../../../src/store/feed-items.js';
import { CLAIM_FEED, MISSING_AGAIN } from '../../../src/store/feeds.js';
import { FIND_URL, KNOWN_ENTRY } from '../../../src/store/found-urls.js';
import {
  CLAIM_PAGES,
  EXPIRE_LEASES,
  FIRST_DUE,
  LEASE,
  LEASED_ENTRY,
  NEXT_RANK,
  RECOVER_PAGES,
} from '../../../src/store/frontier.js';
import { WITHOUT_IDENTITY } from '../../../src/store/identity.js';
import { DECISIONS, ITEMS_ON_SALE } from '../../../src/store/health/measures.js';
import {
  CLAIM_IMAGES,
  NEXT_IMAGE_DUE,
  SHOPS_WITH_DUE_IMAGES,
  WANTED_OF_SHOP,
} from '../../../src/store/image-queue.js';
import { CLAIM_PICTURES, SUSPECT_IN_HAND } from '../../../src/store/picture-queue.js';
import { PREDICTIONS_OF_ITEM, STILL_OF_ANOTHER } from '../../../src/store/predictions.js';
import { COUNT_DUE, COUNT_LEASED, COUNT_OF_RUN, MAKE_ALL_DUE, RETRY_NOW } from '../../../src/store/runs.js';
import { BOUND_IMAGES, BOUND_PAGES } from '../../../src/store/times-ahead.js';
import { ITEMS_TO_RENEW, PICTURES_TO_RENEW } from '../../../src/store/renewal/renewals.js';
import { LEAST_SURE, WAITING } from '../../../src/store/review/queue.js';
import { FIND_BY_REFERENCE, INDEXED_ITEMS } from '../../../src/store/search-items.js';
import { COUNTS_OF_PATTERN } from '../../../src/store/traps.js';
import { workbench } from './builders.js';
import { EVERY_ITEM } from '../../support/every-item.js';

const bench = workbench();

function plan(sql: string, params: SqlParams): string[] {
  const path = bench.file();
  bench.open(path).close();
  const db = new Database(path, { readonly: true });
  try {
    const rows = db.prepare<SqlParams[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(params);
    return rows.map((row) => row.detail);
  } finally {
    db.close();
  }
}

const now = 0;
const limit = 1;

it.each<readonly [string, string, SqlParams, readonly string[]]>([
  [
    'the product at an address is found by index',
    PRODUCTS_AT,
    { url: 'x', shop: 1 },
    ['SEARCH products USING INDEX products_url (url=?)'],
  ],
  [
    'products without an identity are looked for from where the last ones were',
    WITHOUT_IDENTITY,
    { after: 0, limit },
    [
      'SEARCH p USING INTEGER PRIMARY KEY (rowid>?)',
      'CORRELATED SCALAR SUBQUERY 1',
      'SEARCH i USING INTEGER PRIMARY KEY (rowid=?)',
    ],
  ],
  [
    'a feed is claimed in the order of an index',
    CLAIM_FEED,
    { run: 1, now },
    ['SEARCH feeds USING INDEX feeds_claim (run_id=? AND state=? AND due_at<?)'],
  ],
  [
    'items that a feed lacks are found without reading the others',
    MISSING_AGAIN,
    { feed: 1, whole: 1, before: now },
    ['SEARCH feed_items USING INDEX feed_items_seen (feed_id=? AND gone_count=? AND seen<?)'],
  ],
  [
    'products whose rows changed are found without reading the others',
    CHANGED_GROUPS,
    [1, limit],
    ['SEARCH feed_items USING COVERING INDEX feed_items_changed (feed_id=?)'],
  ],
  [
    "a shop's ranks are stepped through by index",
    NEXT_RANK,
    { shop: 1, rank: 0 },
    ['SEARCH frontier USING COVERING INDEX frontier_claim (shop_id=? AND rank>?)'],
  ],
  [
    'pages are claimed in the order of an index',
    CLAIM_PAGES,
    { run: 1, shop: 1, rank: 66, before: now, limit },
    [
      'SEARCH f USING INDEX frontier_claim (shop_id=? AND rank=? AND due_at<?)',
      'SEARCH p USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
    ],
  ],
  [
    'what is claimed is leased by its numbers',
    LEASE,
    { ids: '[1]', until: now, run: 1 },
    [
      'SEARCH frontier USING INTEGER PRIMARY KEY (rowid=?)',
      'LIST SUBQUERY 1',
      'SCAN json_each VIRTUAL TABLE INDEX 1:',
    ],
  ],
  [
    'the next page due of a rank is its first entry of an index',
    FIRST_DUE,
    { shop: 1, rank: 0 },
    ['SEARCH frontier USING COVERING INDEX frontier_claim (shop_id=? AND rank=?)'],
  ],
  [
    'leases that ended are found without reading the others',
    EXPIRE_LEASES,
    { shop: 1, now },
    ['SEARCH frontier USING INDEX frontier_leases (shop_id=? AND due_at<?)'],
  ],
  [
    'leased pages are found without reading the others',
    RECOVER_PAGES,
    [],
    ['SCAN frontier USING INDEX frontier_leases'],
  ],
  [
    'an entry that is settled is read by its number',
    LEASED_ENTRY,
    [1],
    [
      'SEARCH f USING INTEGER PRIMARY KEY (rowid=?)',
      'SEARCH p USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
    ],
  ],
  [
    'a link is known or not by one look at an index',
    FIND_URL,
    [1, 'https://moda.example/'],
    ['SEARCH frontier USING COVERING INDEX sqlite_autoindex_frontier_1 (shop_id=? AND url=?)'],
  ],
  [
    'what a sign of change is compared with is read by its number',
    KNOWN_ENTRY,
    [1],
    [
      'SEARCH f USING INTEGER PRIMARY KEY (rowid=?)',
      'SEARCH p USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
      'SEARCH o USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN',
    ],
  ],
  [
    'a run that begins touches only what waits for another try',
    RETRY_NOW,
    { shop: 1, rank: 64, now },
    ['SEARCH frontier USING INDEX frontier_claim (shop_id=? AND rank=? AND due_at>?)'],
  ],
  [
    'a run that begins finds the pages that lie too far ahead',
    BOUND_PAGES,
    { shop: 1, rank: 66, now, bound: now, by: 1 },
    ['SEARCH frontier USING INDEX frontier_claim (shop_id=? AND rank=? AND due_at>?)'],
  ],
  [
    'a run that begins finds the pictures that lie too far ahead',
    BOUND_IMAGES,
    { shop: 1, now, bound: now },
    ['SEARCH images USING INDEX images_queue (shop_id=? AND state=? AND due_at>?)'],
  ],
  [
    "all of a shop's known pages, and no other shop's, become due",
    MAKE_ALL_DUE,
    { shop: 1, run: 1 },
    ['SEARCH frontier USING INDEX frontier_claim (shop_id=? AND rank>?)'],
  ],
  [
    'pages that wait within a run are counted by index',
    COUNT_OF_RUN,
    { shop: 1 },
    ['SEARCH frontier USING COVERING INDEX frontier_claim (shop_id=? AND rank<?)'],
  ],
  [
    'known pages that are due are counted by index',
    COUNT_DUE,
    { shop: 1, rank: 66, before: now },
    ['SEARCH frontier USING COVERING INDEX frontier_claim (shop_id=? AND rank=? AND due_at<?)'],
  ],
  [
    'leased pages are counted by index',
    COUNT_LEASED,
    { shop: 1 },
    ['SEARCH frontier USING COVERING INDEX frontier_leases (shop_id=?)'],
  ],
  [
    'the addresses of a pattern are counted in one row',
    COUNTS_OF_PATTERN,
    [1, 'https://moda.example/p/#'],
    ['SEARCH url_patterns USING PRIMARY KEY (shop_id=? AND pattern=?)'],
  ],
  [
    'shops with pictures to fetch are found by index',
    SHOPS_WITH_DUE_IMAGES,
    [now],
    [
      'SCAN s',
      'SEARCH w EXISTS USING COVERING INDEX images_queue (shop_id=? AND state=? AND due_at<?)',
      'CORRELATED SCALAR SUBQUERY 1',
      'SEARCH l USING COVERING INDEX images_queue (shop_id=? AND state=?)',
    ],
  ],
  [
    'picture URLs are claimed in the order of an index',
    CLAIM_IMAGES,
    { shop: 1, now, limit },
    ['SEARCH images USING INDEX images_queue (shop_id=? AND state=? AND due_at<?)'],
  ],
  [
    'the picture URLs that a shop waits for are counted by index',
    WANTED_OF_SHOP,
    ['moda'],
    [
      'SEARCH images USING COVERING INDEX images_queue (shop_id=? AND state=?)',
      'SCALAR SUBQUERY 1',
      'SEARCH shops USING COVERING INDEX sqlite_autoindex_shops_1 (key=?)',
    ],
  ],
  [
    'the next picture due is the first entry of an index for some shop',
    NEXT_IMAGE_DUE,
    [],
    [
      'SEARCH s',
      'CORRELATED SCALAR SUBQUERY 1',
      'SEARCH w USING COVERING INDEX images_queue (shop_id=? AND state=?)',
    ],
  ],
  [
    'pictures are claimed in the order of an index',
    CLAIM_PICTURES,
    [limit],
    ['SEARCH blobs USING INDEX blobs_queue (state=?)'],
  ],
  [
    'a suspect in hand is found by index',
    SUSPECT_IN_HAND,
    [],
    ['SEARCH blobs USING COVERING INDEX blobs_queue (state=?)'],
  ],
])('%s', (_, sql, params, expected) => {
  expect(plan(sql, params)).toEqual(expected);
});

it('items to be seen again are read by their number, from the newest down', () => {
  expect(plan(ITEMS_TO_RENEW, [1, 1])).toEqual(['SEARCH products USING INTEGER PRIMARY KEY (rowid<?)']);
});

it.each<readonly [string, string, SqlParams]>([
  ["an item's predictions", PREDICTIONS_OF_ITEM, { product: 1, model: 1 }],
  ['items with vectors', INDEXED_ITEMS, { features: 1, look: 1, short: 1, after: 0 }],
  ['what another model has seen of an item', STILL_OF_ANOTHER, { product: 1, model: 1 }],
  ['pictures to be seen again', PICTURES_TO_RENEW, { product: 1, model: 1, features: 1, look: 1 }],
  ['the health of the shops', 'SELECT * FROM v_shop_health', []],
  ['the items of a shop on sale', ITEMS_ON_SALE, { shop: 1 }],
  ['the decisions on items of a shop', DECISIONS, { shop: 1 }],
  ['how a run went', 'SELECT * FROM v_runs WHERE run = 1', []],
  ['an item by its reference', FIND_BY_REFERENCE, { reference: 'x' }],
  ['one item of the catalogue', 'SELECT * FROM v_items WHERE product_id = 1', []],
  ['the items that the model is least sure of', LEAST_SURE, []],
])('%s: no table is read as a whole', (_, sql, params) => {
  const steps = plan(sql, params);
  expect(steps.length).toBeGreaterThan(2);
  // Of shops and models there are few, and so are the findings of one run.
  expect(steps.filter((step) => /^SCAN (?!(s|u|models|findings)\b)/.test(step))).toEqual([]);
});

it('models are listed without reading a prediction', () => {
  expect(plan(KNOWN_MODELS, []).filter((step) => step !== 'USE TEMP B-TREE FOR ORDER BY')).toEqual([
    'SCAN m',
  ]);
});

it('items that wait for the review are counted from the indexes and the labels', () => {
  const read = plan(WAITING, []).filter((step) => /^SCAN (products|p|i|shown)\b/.test(step));
  expect(read).toEqual(['SCAN products USING COVERING INDEX products_of_shop']);
});

const everyItem: ItemFilter = { ...EVERY_ITEM, vanished: true };

it.each<readonly [string, Partial<ItemFilter>, string]>([
  ['newest', {}, 'SEARCH p USING INTEGER PRIMARY KEY (rowid<?)'],
  [
    'of a category',
    { category: 'sweater' as CategoryId },
    'SEARCH d USING COVERING INDEX item_predictions_category (category=? AND product_id<?)',
  ],
  [
    'of a shop',
    { shop: 'moda' as ShopId },
    'SEARCH p USING COVERING INDEX products_of_shop (shop_id=? AND id<?)',
  ],
  ['of a brand', { brand: 'Nordlys' }, 'SEARCH p USING COVERING INDEX products_brand (brand=? AND id<?)'],
  ['with words', { words: 'linen shirt', brand: 'Nordlys' }, 'SCAN w VIRTUAL TABLE INDEX 192:M3<'],
  [
    'of a category, cheapest',
    { category: 'sweater' as CategoryId, currency: 'EUR', order: 'cheapest' },
    'SEARCH o USING COVERING INDEX offers_price (currency=? AND price_minor>?)',
  ],
  [
    'dearest',
    { currency: 'EUR', order: 'dearest' },
    'SEARCH o USING COVERING INDEX offers_price (currency=? AND price_minor<?)',
  ],
])('a page of items, %s, is read in the order of an index', (_, asked, expected) => {
  const { sql, params } = listStatement({ ...everyItem, ...asked }, { value: 1, id: 1 });
  const steps = plan(sql, { ...params, limit });
  expect(steps[0]).toBe(expected);
  expect(steps.slice(1).filter((step) => /^SCAN|RIGHT PART/.test(step))).toEqual([]);
});
