/** Feeds read into a real store over HTTP, a day between two readings. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ShopFeed } from '../../../src/domain/feed.js';
import type { FeedStore } from '../../../src/domain/feed-ports.js';
import type { Clock } from '../../../src/domain/ports.js';
import type { Shop } from '../../../src/domain/shop.js';
import { feedReader } from '../../../src/extract/feed/feed-reader.js';
import { BodyRoom } from '../../../src/platform/body-room.js';
import { readFeeds } from '../../../src/pipeline/feed-step.js';
import type { FeedCounts } from '../../../src/pipeline/feed-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { systemClock } from '../../../src/platform/clock.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import { openStore } from '../../../src/store/store.js';
import type { Store } from '../../../src/store/store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { testFetcher } from '../fetch/fixtures.js';
import { silent } from '../store/builders.js';

export const OPTIONS = {
  attempts: 3,
  baseMs: 1,
  maxMs: 50,
  confirmGoneMs: 3_600_000,
  maxFeedBytes: 1_000_000,
  feedLeaseMs: 60_000,
  maxIdleMs: 200,
};
const DAY = 24 * 3_600_000;
/** Days pass when the test says so. */
export const clock = { ...systemClock, now: () => today + Math.floor(systemClock.monotonic()) };
let today = Date.UTC(2026, 5, 1);

export function feed(url: string, more: Partial<ShopFeed> = {}): ShopFeed {
  return { url, format: null, encoding: null, visitPages: false, ...more };
}

export function storeOf(shop: Shop, path = join(temporaryFolder(), 'feeds.db')): Store {
  const store = openStore(path, { log: silent });
  onTestFinished(() => store.close());
  store.syncShops([shop]);
  return store;
}

/** One run's feeds. `store` may be one that dies; the slot is that of an unfinished run where there is one. */
export async function readAll(
  shop: Shop,
  real: Store,
  slot: string,
  store: FeedStore = real,
  options = OPTIONS,
  time: Clock = clock,
  room: () => Promise<void> = async () => undefined,
): Promise<FeedCounts> {
  const { fetcher } = testFetcher();
  onTestFinished(() => fetcher.close());
  const run = real.unfinishedRuns()[0] ?? real.beginRun(shop.id, slot, today)!;
  const both = Object.assign(Object.create(real) as Store, bound(store));
  const parts = {
    store: both,
    fetcher,
    feedReader,
    feedRoom: new BodyRoom(1),
    clock: time,
    log: silent,
    imagesWanted: new Bell(),
    room,
    textsFound: new Bell(),
  };
  const counts = await readFeeds(parts, options, run, shop, new AbortController().signal);
  real.finishRun(run.id, 'finished', today);
  today += DAY;
  return counts;
}

export function bound(store: FeedStore): FeedStore {
  return {
    addFeeds: (...given) => store.addFeeds(...given),
    claimFeed: (...given) => store.claimFeed(...given),
    beginReading: (...given) => store.beginReading(...given),
    stageItems: (...given) => store.stageItems(...given),
    settleMissing: (...given) => store.settleMissing(...given),
    applyItems: (...given) => store.applyItems(...given),
    commitFeed: (...given) => store.commitFeed(...given),
    releaseFeed: (...given) => store.releaseFeed(...given),
    nextFeedDue: (...given) => store.nextFeedDue(...given),
    feedsRead: (...given) => store.feedsRead(...given),
  };
}

export const etagOf = (body: string): string => `"${sha256Hex(Buffer.from(body)).slice(0, 8)}"`;
export const tsv = (...rows: readonly string[]): string => ['id\ttitle\tlink\tprice', ...rows].join('\n');
export const row = (n: number, price = `${n}.50 EUR`): string =>
  `${n}\tItem ${n}\t/p/${n}?utm_source=feed\t${price}`;

export const items = (store: Store): unknown[] =>
  store.query(`SELECT title, price, vanished_at IS NOT NULL AS vanished FROM v_items ORDER BY product_id`);
