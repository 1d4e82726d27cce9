import { describe, expect, it } from 'vitest';
import type { FrontierEntry } from '../../../src/domain/crawl.js';
import type { FetchOutcome } from '../../../src/domain/fetch.js';
import { FashiondError } from '../../../src/domain/errors.js';
import type { FrontierId, ShopId } from '../../../src/domain/ids.js';
import type { Fetcher, PageReader } from '../../../src/domain/ports.js';
import type { PageReading } from '../../../src/domain/product.js';
import type { Shop } from '../../../src/domain/shop.js';
import { BodyRoom } from '../../../src/platform/body-room.js';
import { visitPage } from '../../../src/pipeline/page-step.js';
import { sha256Hex } from '../../../src/platform/fingerprint.js';
import { FakeClock } from '../../support/fake-clock.js';
import { silent } from '../store/builders.js';

const none = { etag: null, lastModified: null };
const shop: Shop = {
  id: 'a' as ShopId,
  name: 'A',
  start: ['http://a.test/'],
  sitemaps: [],
  feeds: [],
  scope: { hosts: ['a.test'], imageHosts: [], include: [], exclude: [], maxDepth: 2, maxPages: 10 },
  urls: { dropParameters: [], keepParameters: null },
  schedule: null,
  timezone: 'UTC',
  pace: { delayMs: 0, concurrency: 1 },
  language: null,
  currency: null,
  selectors: {},
  allowLoopback: true,
};
const entry: FrontierEntry = {
  id: 1 as FrontierId,
  shop: shop.id,
  url: 'http://a.test/1',
  kind: 'page',
  depth: 0,
  attempts: 0,
  validators: none,
  contentHash: null,
};
const reading: PageReading = {
  encoding: 'utf-8',
  canonicalUrl: null,
  product: null,
  traces: [],
  noProduct: null,
  contradictions: [],
  links: ['http://a.test/2', 'http://a.test/2', 'http://b.test/3', 'mailto:x@a.test'],
  nofollow: false,
  warnings: [],
};
const body = new TextEncoder().encode('<html></html>');
const ok: FetchOutcome = {
  kind: 'ok',
  url: entry.url,
  contentType: 'text/html',
  headers: {},
  body,
  validators: none,
  elapsedMs: 1,
};
const traps = { maxRepeats: 2, maxParameters: 2, maxPerPattern: 100 };
const options = { attempts: 3, confirmGoneMs: 1000, baseMs: 100, maxMs: 1000, traps };

function visit(
  outcome: FetchOutcome,
  change: Partial<FrontierEntry> = {},
  read: Partial<PageReading> = {},
  failures: FashiondError[] = [],
) {
  const fetcher: Fetcher = {
    fetch: async () => Promise.resolve(outcome),
    sitemapUrls: async function* () {},
    canonicalUrl: (_shop, url) => (url.startsWith('http') ? url : null),
    inScope: (_, url) => url.startsWith('http://a.test/'),
    close: async () => {},
  };
  const reader: PageReader = {
    read: async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return Promise.resolve({ ...reading, ...read });
    },
    close: async () => {},
  };
  const parts = { fetcher, reader, clock: new FakeClock(5000), log: silent, pageRoom: new BodyRoom(1000) };
  return visitPage(parts, options, shop, { ...entry, ...change }, new AbortController().signal);
}

describe('visitPage', () => {
  it('reads a page and keeps the links that belong to the shop, each once', async () => {
    const result = await visit(ok);
    expect(result).toMatchObject({ kind: 'read', links: ['http://a.test/2'], contentHash: sha256Hex(body) });
  });

  it('follows no links past the depth limit or from a nofollow page', async () => {
    expect(await visit(ok, { depth: 2 })).toMatchObject({ kind: 'read', links: [] });
    expect(await visit(ok, {}, { nofollow: true })).toMatchObject({ kind: 'read', links: [] });
  });

  it('keeps links out that run into a guard against traps, and says which', async () => {
    const [deep, again, filters, fine] = [
      'http://a.test/9',
      'http://a.test/x/y/x/y/x',
      'http://a.test/?a=1&b=2&c=3',
      'http://a.test/x/y/x?a=1&b=2',
    ];
    expect(await visit(ok, {}, { links: [again, filters, fine] })).toMatchObject({
      links: [fine],
      refused: [
        { url: again, guard: 'repeats' },
        { url: filters, guard: 'parameters' },
      ],
      maxPerPattern: 100,
    });
    expect(await visit(ok, { depth: 2 }, { links: [deep, 'http://b.test/3'] })).toMatchObject({
      links: [],
      refused: [{ url: deep, guard: 'depth' }],
    });
  });

  it('waits for a thread, and reads the page once there is one', async () => {
    const none = new FashiondError('internal', 'no thread reads pages', { retry: true });
    expect(await visit(ok, {}, {}, [none, none])).toMatchObject({ kind: 'read' });
    const refused = new FashiondError('refused', 'cannot read the page');
    await expect(visit(ok, {}, {}, [refused])).rejects.toThrow('cannot read the page');
  });

  it('does not read the same bytes twice', async () => {
    expect(await visit(ok, { contentHash: sha256Hex(body) })).toEqual({
      kind: 'unchanged',
      validators: none,
    });
  });

  it('drops what is no page', async () => {
    expect(await visit({ ...ok, contentType: 'application/pdf' })).toMatchObject({
      kind: 'dropped',
      reason: 'unreadable',
    });
  });

  it('retries a passing failure after a growing wait, and gives up after the configured tries', async () => {
    const failed: FetchOutcome = { kind: 'failed', failure: 'timeout', detail: 'no answer', retry: true };
    const first = await visit(failed);
    expect(first).toMatchObject({ kind: 'retry', spendsAttempt: true });
    const at = first.kind === 'retry' ? first.at : 0;
    expect(at).toBeGreaterThanOrEqual(5050);
    expect(at).toBeLessThanOrEqual(5100);
    expect(await visit(failed, { attempts: 2 })).toMatchObject({ kind: 'dropped', reason: 'timeout' });
    expect(await visit({ ...failed, retry: false })).toMatchObject({ kind: 'dropped', reason: 'timeout' });
  });

  it('waits as long as the host asks, without spending a try', async () => {
    expect(
      await visit({ kind: 'throttled', status: 429, retryAfterMs: 7000 }, { attempts: 2 }),
    ).toMatchObject({
      kind: 'retry',
      at: 12_000,
      spendsAttempt: false,
    });
  });

  it('names what is gone, unchanged and disallowed', async () => {
    expect(await visit({ kind: 'gone', status: 410 })).toEqual({
      kind: 'gone',
      status: 410,
      confirmAfterMs: 1000,
    });
    expect(await visit({ kind: 'notModified', validators: none })).toEqual({
      kind: 'unchanged',
      validators: none,
    });
    expect(await visit({ kind: 'disallowed', reason: 'robots' })).toMatchObject({
      kind: 'dropped',
      reason: 'robots',
    });
  });
});

describe('the pages of a listing', () => {
  const links = ['http://a.test/list?page=2', 'http://a.test/list/page/3', 'http://a.test/item'];

  it('are no deeper than the first, however many there are', async () => {
    const list = { url: 'http://a.test/list', depth: 2 };
    expect(await visit(ok, list, { links })).toMatchObject({
      links: [],
      furtherPages: links.slice(0, 2),
      refused: [{ url: links[2], guard: 'depth' }],
    });
  });

  it('are links like others on a page that is another', async () => {
    expect(await visit(ok, {}, { links })).toMatchObject({ links, furtherPages: [] });
  });
});
