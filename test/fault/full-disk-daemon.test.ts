/** A disk that fills up under the whole daemon: below the floor, to the last byte, and at its start. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freeBytes } from '../../src/platform/disk-floor.js';
import { logLines, loopbackShop, rowsOf, startFashiond, writeWorkplace } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import type { RunningCli } from '../support/cli.js';
import { startShopServer } from '../support/shop-server.js';
import type { ShopServer } from '../support/shop-server.js';
import { smallDisk } from '../support/small-disk.js';
import { pathOf, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { writeTinyModel } from '../support/tiny-model.js';

const TIMEOUT_MS = 180_000;
const MIB = 1024 * 1024;
const ITEMS = smallItems(30);
/** Product pages answered before the shop falls silent. */
const AT_FIRST = 6;
const ROBOTS_TTL_MS = 1000;

const disk = smallDisk(64 * 1024);

/** Fills what is left of the log's file, a page at a time. */
function useUpLog(path: string): void {
  const other = new Database(path);
  try {
    other.pragma('wal_autocheckpoint = 0');
    const write = other.prepare('UPDATE holder SET since = since + 1');
    expect(() => {
      for (;;) write.run();
    }).toThrow('full');
  } finally {
    other.close();
  }
}

describe.skipIf(disk === null)('the daemon on a disk that fills up', { timeout: TIMEOUT_MS }, () => {
  let shop: ShopServer;
  let place: ReturnType<typeof writeWorkplace>;
  let db: string;
  let daemon: RunningCli;
  let reader: Database.Database;
  let isOpen = false;
  let silentSince = Infinity;
  const waiting: (() => void)[] = [];

  const events = (name: string) =>
    logLines(daemon.output().stdout.replace(/[^\n]*$/, '')).filter(({ event }) => event === name);
  const urlOf = (path: string): string => `${String(events('api.listening').at(-1)?.['url'])}${path}`;
  const items = (): number => rowsOf<{ n: number }>(db, 'SELECT count(*) AS n FROM v_items')[0]!.n;
  const fill = (name: string, leave: number): void =>
    writeFileSync(join(disk!, name), Buffer.alloc(Math.max(0, freeBytes(disk!) - leave)));
  const label = (): Promise<Response> =>
    fetch(urlOf('/v1/labels'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [1], verdict: 'none' }),
    });

  beforeAll(async () => {
    const routes = await smallShopRoutes(ITEMS);
    let asked = 0;
    for (const item of ITEMS) {
      const path = pathOf(item);
      // The second hop looks at robots.txt again, whose time is over when it comes.
      routes[`${path}/page`] = routes[path]!;
      routes[path] = async () => {
        asked += 1;
        if (asked === AT_FIRST) silentSince = Date.now();
        if (asked > AT_FIRST && !isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
        return { status: 302, headers: { location: `${path}/page` } };
      };
    }
    shop = await startShopServer(routes);
    db = join(disk!, 'fashiond.db');
    place = writeWorkplace([loopbackShop('yearly', shop.origin, { schedule: '0 0 1 1 *' })], {
      store: { path: db, blobs: join(disk!, 'blobs'), disk_floor: '16MiB', daily_backups: 0 },
      fetch: {
        backoff: '10ms',
        max_backoff: '50ms',
        attempts: 2,
        robots_ttl: `${ROBOTS_TTL_MS}ms`,
        timeout: '120s',
      },
      model: { path: await writeTinyModel() },
      api: { listen: '127.0.0.1:0', rate: 1000 },
    });
    daemon = startFashiond('--config', place.config);
  }, TIMEOUT_MS);
  afterAll(() => shop.close());

  it('asks for nothing more below the floor, and reads and takes answers', async () => {
    await daemon.until(() => events('api.listening').length > 0);
    // As many as the shop's pace allows; one that was let through may wait behind them with its second hop.
    await eventually(() => waiting.length === 2 && items() > 0);
    fill('ballast', 8 * MIB);
    await daemon.until(() => events('disk.low').length > 0);
    expect((await fetch(urlOf('/v1/items'))).status).toBe(200);
    expect((await label()).status).toBe(200);
  });

  it('lives on without a byte left, obeys robots.txt, reads, and refuses what it cannot keep', async () => {
    // While somebody reads, the log is not begun anew: what is written would take room.
    reader = new Database(db, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM products').get();
    fill('last', 0);
    useUpLog(db);
    // What was asked for before comes in now, over a robots.txt that has to be read anew.
    await eventually(() => Date.now() > silentSince + ROBOTS_TTL_MS);
    isOpen = true;
    for (const answer of waiting.splice(0)) answer();
    await daemon.until(() => events('robots.not_kept').length > 0 && events('store.write_waits').length > 0);
    expect((await fetch(urlOf('/v1/items'))).status).toBe(200);
    const answer = await label();
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('no room left')]);
  });

  it('goes on with the run once there is room', async () => {
    reader.close();
    for (const name of ['ballast', 'last']) rmSync(join(disk!, name));
    await daemon.until(() => events('run.finished').length > 0);
    await eventually(() => items() === ITEMS.length);
    expect(rowsOf(db, 'SELECT status, pages_dropped FROM runs')).toEqual([
      { status: 'finished', pages_dropped: 0 },
    ]);
    expect((await label()).status).toBe(200);
    expect(events('run.failed')).toEqual([]);
  });

  it('waits for room where it starts without a byte left, and starts by itself then', async () => {
    // Whatever it had open beside the database is gone, and would have to be made anew.
    expect((await daemon.stop('SIGTERM')).code).toBe(0);
    fill('ballast', 0);
    daemon = startFashiond('--config', place.config);
    await daemon.until(() => events('daemon.start_waits').length > 0);
    rmSync(join(disk!, 'ballast'));
    await daemon.until(() => events('api.listening').length > 0);
    expect((await fetch(urlOf('/-/ready'))).status).toBe(200);
    expect((await daemon.stop('SIGTERM')).code).toBe(0);
  });
});
