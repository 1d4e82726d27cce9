import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ShopId } from '../../../src/domain/ids.js';
import { loopbackShop, writeWorkplace } from '../../support/cli.js';
import { runCommand } from '../../support/run-command.js';
import { begin, HOUR, shop, T0, workbench } from '../store/builders.js';

const bench = workbench();
const RUNTIME = { runtime: 'tensorflow', device: 'cuda', reason: 'as its machine allows' };
const LOOP = { windowMs: 60_000, p50Ms: 1, p99Ms: 2, maxMs: 3 };

/** Twenty shops with a schedule: one that failed after it had finished, one under way, and 18 nobody crawled yet. */
function twentyShops() {
  const ids = Array.from({ length: 20 }, (_, n) => `shop-${String(n).padStart(2, '0')}`);
  const place = writeWorkplace(
    ids.map((id, n) => loopbackShop(id, `http://127.0.0.1:${n + 1}`, { schedule: '0 3 * * *' })),
  );
  const store = bench.open(place.db);
  store.syncShops(ids.map((id) => shop(id)));
  const failed = 'shop-17' as ShopId;
  store.finishRun(begin(store, 'first', T0, failed).id, 'finished', T0 + 1000);
  store.finishRun(begin(store, 'second', T0 + HOUR, failed).id, 'failed', T0 + HOUR, 'x'.repeat(500));
  const run = begin(store, 'first', T0, 'shop-18' as ShopId);
  store.addUrls(run, [{ url: 'http://127.0.0.1:19/', kind: 'page', depth: 0 }], T0);
  store.keepRobots('http://127.0.0.1:19', { text: 'User-agent: *\nCrawl-delay: 7\n', fetchedAt: T0 });
  return { store, config: place.config };
}

it('lists the shops that need somebody before the others, in one screen', async () => {
  const { store, config } = twentyShops();
  store.beat({ pid: 7, startedAt: T0, at: Date.now(), loop: LOOP, runtime: RUNTIME });
  const { out } = await runCommand('status', '--config', config);
  // Of the daemon, whatever this process could run on.
  expect(out).toContain('runtime: tensorflow on cuda (as its machine allows)\n');
  const rows = out.split('\n').filter((line) => line.startsWith('│ shop-'));
  expect(rows).toHaveLength(12);
  expect(rows[0]).toMatch(/shop-17 .* 2026-01-01T01:00:00Z .* failed .* 2026-01-01T00:00:01Z .*T03:00:00Z/);
  expect(rows[1]).toMatch(/shop-18 .* running .* never /);
  expect(out).toContain('and 9 more shops: 8 fine, 1 not in the config (--all lists them)');
  expect(out).toMatch(/^shop-17 failed last: x{119}…$/m);
  expect(out).toContain('shop-18: 1 pages wait for its turn: robots.txt allows a request every 7 s');
  expect(out.split('\n').length).toBeLessThan(40);
  const whole = await runCommand('status', '--all', '--config', config);
  expect(whole.out.split('\n').filter((line) => /^│ (shop-|moda)/.test(line))).toHaveLength(21);
});

it('says what waits for a daemon where none runs, to programs as well', async () => {
  const { config } = twentyShops();
  const screen = await runCommand('status', '--config', config);
  expect(screen.out).toMatch(/^runtime: a start now would take onnx on /m);
  const { out } = await runCommand('status', '--json', '--config', config);
  const { shops } = JSON.parse(out) as { shops: Record<string, unknown>[] };
  expect(shops.find((one) => one['shop'] === 'shop-17')).toMatchObject({
    lastRun: '2026-01-01T01:00:00Z',
    lastSuccess: '2026-01-01T00:00:01Z',
    nextSlot: expect.stringMatching(/T03:00:00Z$/) as unknown,
    waitsFor: null,
  });
  expect(shops.find((one) => one['shop'] === 'shop-18')).toMatchObject({
    lastSuccess: null,
    waitsFor: 'a daemon: none runs',
  });
});

it('fails with --check while no daemon lives, or the disk is nearly full, and names each', async () => {
  const place = writeWorkplace([]);
  const store = bench.open(place.db);
  const check = async (config = place.config): ReturnType<typeof runCommand> =>
    runCommand('status', '--check', '--config', config);
  expect(await check()).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^fashiond: no daemon runs\n/) as unknown,
  });
  const silentSince = Date.now() - 10 * 60_000;
  store.beat({ pid: 7, startedAt: T0, at: silentSince, loop: LOOP, runtime: RUNTIME });
  expect(await check()).toMatchObject({
    code: 1,
    err: expect.stringContaining(`no sign of life since ${new Date(silentSince).toISOString()}`) as unknown,
  });
  store.beat({ pid: 7, startedAt: T0, at: Date.now(), loop: LOOP, runtime: RUNTIME });
  expect(await check()).toMatchObject({ code: 0, err: '' });
  writeFileSync(place.config, "store: { disk_floor: '999999GiB' }\n");
  expect(await check()).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^fashiond: the disk is nearly full: /) as unknown,
  });
});

it('says when the last backup was made', async () => {
  const place = writeWorkplace([]);
  bench.open(place.db);
  const line = async (): Promise<string | undefined> =>
    /^backup: .*$/m.exec((await runCommand('status', '--config', place.config)).out)?.[0];
  const backups = join(place.folder, 'backups');
  expect(await line()).toBe(`backup: none in ${backups}`);
  await runCommand('db', 'backup', '--config', place.config);
  const [name] = readdirSync(backups);
  expect(await line()).toMatch(/^backup: the last is of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, 0 h ago: /);
  expect(await line()).toContain(join(backups, name!));
});

it('says that a run was recorded by a clock that was ahead', async () => {
  const { store, config } = twentyShops();
  expect((await runCommand('status', '--config', config)).out).not.toContain('clock:');
  const ahead = Math.ceil(Date.now() / 1000) * 1000 + 10 * 24 * HOUR;
  store.finishRun(begin(store, 'third', ahead, 'shop-03' as ShopId).id, 'finished', ahead);
  const { out } = await runCommand('status', '--config', config);
  const time = `${new Date(ahead).toISOString().slice(0, 19)}Z`;
  expect(out).toContain(`clock: it was ahead when shop-03 was crawled at ${time}, or is behind now\n`);
});
