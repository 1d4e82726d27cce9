/** The daemon as an operator runs it: it starts by its schedule, is looked at, stopped in the middle, started again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { fashiond, logLines, loopbackShop, rowsOf, startFashiond, writeWorkplace } from '../support/cli.js';
import { eventually } from '../support/eventually.js';
import type { RunningCli } from '../support/cli.js';
import { openNotifySocket } from '../support/notify-socket.js';
import { startShopServer } from '../support/shop-server.js';
import type { Route, ShopServer } from '../support/shop-server.js';
import { pathOf, picturePathOf, pictureRoutes, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { writeTinyModel } from '../support/tiny-model.js';

const TIMEOUT_MS = 120_000;
const ITEMS = smallItems(40);
/** Product pages answered before the shop falls silent; the pictures of the first few come at once. */
const AT_FIRST = 6;

/** Lets as many requests through as it has been told to; the others hang. */
class Gate {
  #asked = 0;
  #allowed = 0;
  #waiting: (() => void)[] = [];

  allow(more: number): void {
    this.#allowed += more;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  async pass(): Promise<void> {
    this.#asked += 1;
    const ticket = this.#asked;
    while (ticket > this.#allowed) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

const behind =
  (gate: Gate, route: Route): Route =>
  async (request, response) => {
    await gate.pass();
    return typeof route === 'function' ? route(request, response) : route;
  };

// Null without systemd-notify, or Python to listen.
const manager = await openNotifySocket();

describe('the daemon', () => {
  const pages = new Gate();
  const latePicture = new Gate();
  let server: ShopServer;
  // On a host of their own, or pages that hang would take the places of the pictures.
  let pictures: ShopServer;
  let place: ReturnType<typeof writeWorkplace>;
  let daemon: RunningCli;

  const events = (name: string) =>
    logLines(daemon.output().stdout.replace(/[^\n]*$/, '')).filter(({ event }) => event === name);
  const items = () => rowsOf<{ n: number }>(place.db, 'SELECT count(*) AS n FROM v_items')[0]!.n;
  const classified = () =>
    rowsOf<{ n: number }>(place.db, 'SELECT count(*) AS n FROM v_items WHERE category IS NOT NULL')[0]!.n;

  beforeAll(async () => {
    const late = picturePathOf(ITEMS[AT_FIRST - 1]!);
    const files = await pictureRoutes(ITEMS);
    pictures = await startShopServer({ ...files, [late]: behind(latePicture, files[late]!) });
    const routes = await smallShopRoutes(ITEMS, pictures.origin);
    for (const item of ITEMS) routes[pathOf(item)] = behind(pages, routes[pathOf(item)]!);
    server = await startShopServer(routes);
    // New Year is long past and the shop was never crawled, so this year's slot is due at once, and only once.
    const shop = loopbackShop('yearly', server.origin, {
      schedule: '0 0 1 1 *',
      scope: { image_hosts: [pictures.host] },
    });
    place = writeWorkplace([shop], {
      model: { path: await writeTinyModel() },
      api: { listen: '127.0.0.1:0' },
    });
    pages.allow(AT_FIRST);
    if (manager !== null) process.env['NOTIFY_SOCKET'] = manager.path;
    daemon = startFashiond('--config', place.config);
  });
  afterAll(async () => {
    delete process.env['NOTIFY_SOCKET'];
    manager?.close();
    await Promise.all([server.close(), pictures.close()]);
  });

  it('starts a run by its schedule', { timeout: TIMEOUT_MS }, async () => {
    await daemon.until(() => events('daemon.started').length > 0);
    await eventually(() => classified() === AT_FIRST - 1);
    const year = new Date().getUTCFullYear();
    expect(rowsOf(place.db, 'SELECT slot, status FROM runs')).toEqual([
      { slot: `${year}-01-01T00:00:00.000Z`, status: 'running' },
    ]);
  });

  it('serves what it has crawled so far', { timeout: TIMEOUT_MS }, async () => {
    const url = String(events('api.listening')[0]?.['url']);
    expect((await fetch(`${url}/-/ready`)).status).toBe(200);
    const answer = (await (await fetch(`${url}/v1/items`)).json()) as { items: unknown[] };
    expect(answer.items).toHaveLength(AT_FIRST);
    expect(await (await fetch(`${url}/crawl`)).text()).toContain('yearly');
  });

  it('is the only one on its database', { timeout: TIMEOUT_MS }, async () => {
    const { code, stderr } = await fashiond('--config', place.config);
    expect(stderr).toContain(`${place.db} is in use by process ${daemon.pid}`);
    expect(code).toBe(1);
  });

  it('lets others read while it writes', { timeout: TIMEOUT_MS }, async () => {
    const before = items();
    // One that holds on to what it saw until the end.
    const reader = new Database(place.db, { readonly: true });
    reader.exec('BEGIN');
    const seen = (): unknown => reader.prepare('SELECT count(*) FROM products').pluck().get();
    const seenBefore = seen();
    // Ten are left over, however slowly what is let through arrives.
    let left = ITEMS.length - 10 - AT_FIRST;
    const trickle = setInterval(() => {
      if (left > 0) pages.allow(1);
      left -= 1;
    }, 100);
    const [status, similar] = await Promise.all([
      fashiond('status', '--json', '--config', place.config),
      fashiond('similar', '1', '--json', '--config', place.config),
    ]);
    clearInterval(trickle);
    expect([status.stderr, status.code, similar.stderr, similar.code]).toEqual(['', 0, '', 0]);
    const { shops, heartbeat } = JSON.parse(status.stdout) as {
      shops: Record<string, unknown>[];
      heartbeat: unknown;
    };
    const late = expect.any(Number);
    expect(heartbeat).toMatchObject({ pid: daemon.pid, loop: { p50Ms: late, p99Ms: late, maxMs: late } });
    expect(shops).toMatchObject([{ shop: 'yearly', lastStatus: 'running', lastError: null, vanished: 0 }]);
    expect(shops[0]?.['pagesWaiting']).toBeGreaterThanOrEqual(10);
    const { results } = JSON.parse(similar.stdout) as { results: { id: number; title: string }[] };
    expect(results.length).toBeGreaterThanOrEqual(AT_FIRST - 2);
    expect(results.map(({ id }) => id)).not.toContain(1);
    // There was something to write, and the readers were not in its way.
    expect(items()).toBeGreaterThan(before);
    expect(seen()).toBe(seenBefore);
    reader.close();
    expect(events('run.failed')).toEqual([]);
  });

  it(
    'ends within ten seconds of SIGTERM and gives back what it had in hand',
    { timeout: TIMEOUT_MS },
    async () => {
      const leased = (table: string) => rowsOf(place.db, `SELECT * FROM ${table} WHERE state = 'leased'`);
      await eventually(() => leased('frontier').length > 0 && leased('images').length > 0);
      const startedAt = performance.now();
      const { code, stderr } = await daemon.stop('SIGTERM');
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      const url = String(events('api.listening')[0]?.['url']);
      await expect(fetch(`${url}/-/healthy`)).rejects.toThrow('fetch failed');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const table of ['frontier', 'images', 'blobs']) {
        expect(leased(table)).toEqual([]);
      }
      expect(rowsOf(place.db, 'SELECT status FROM runs')).toEqual([{ status: 'running' }]);
      expect(rowsOf(place.db, 'SELECT * FROM heartbeat')).toEqual([]);
      expect(items()).toBeLessThan(ITEMS.length);
      expect(events('run.interrupted')).toHaveLength(1);
      expect(logLines(daemon.output().stdout).at(-1)).toMatchObject({ event: 'daemon.stopped' });
    },
  );

  it('goes on where it stood, and stays', { timeout: TIMEOUT_MS }, async () => {
    const known = rowsOf<{ url: string }>(place.db, 'SELECT url FROM v_items').map(({ url }) => url);
    pages.allow(Number.POSITIVE_INFINITY);
    latePicture.allow(Number.POSITIVE_INFINITY);
    daemon = startFashiond('--config', place.config);
    await daemon.until(() => events('run.finished').length > 0);
    await eventually(() => classified() === ITEMS.length);
    expect(
      rowsOf(place.db, 'SELECT title, price_minor, currency, category FROM v_items ORDER BY url'),
    ).toEqual(
      ITEMS.toSorted((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1)).map(({ title, price, category }) => ({
        title,
        price_minor: price,
        currency: 'EUR',
        category,
      })),
    );
    expect(rowsOf(place.db, 'SELECT status FROM runs')).toEqual([{ status: 'finished' }]);
    const asked = server.paths().map((path) => server.origin + path);
    for (const url of known) expect(asked.filter((one) => one === url)).toHaveLength(1);
    const { stdout } = await fashiond('status', '--config', place.config);
    expect(stdout).toMatch(/yearly.*finished/);
    expect(stdout).toMatch(/yearly.*green/);
    expect(stdout).toMatch(
      new RegExp(
        `^daemon: process ${daemon.pid}, since .* late by [\\d.]+ ms \\(p50\\), [\\d.]+ ms \\(p99, goal: under 20 ms\\)`,
        'm',
      ),
    );
    expect(stdout).toMatch(/^runtime: onnx on (cpu|cuda) \(compute\.runtime is auto: /m);
    expect(stdout).toMatch(/^disk: .* free, fetching stops below 512 MiB; the database takes /m);
    expect(events('daemon.stopped')).toEqual([]);
  });

  it(
    'reads its config anew on SIGHUP, and keeps the old one where the new one is wrong',
    { timeout: TIMEOUT_MS },
    async () => {
      const before = readFileSync(place.config, 'utf8');
      const change = async (text: string, event: string): Promise<Record<string, unknown>> => {
        const seen = events(event).length;
        writeFileSync(place.config, text);
        process.kill(daemon.pid, 'SIGHUP');
        await daemon.until(() => events(event).length > seen);
        return events(event).at(-1)!;
      };
      const refused = await change(before.replace('attempts:', 'atempts:'), 'config.refused');
      expect(refused['error']).toMatch(/fetch\.atempts: unknown key/);
      const { url } = events('api.listening').at(-1) as { url: string };
      const answer = await fetch(`${url}/-/reload`, { method: 'POST' });
      expect(answer.status).toBe(422);
      expect(await answer.text()).toMatch(/fetch\.atempts: unknown key/);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain('fashiond_config_in_force 0');
      expect(metrics).toContain('fashiond_disk_has_room 1');
      const other = loopbackShop('other', server.origin, { schedule: '0 0 1 1 *' });
      writeFileSync(join(place.folder, 'shops', 'other.yaml'), stringify(other));
      const settings = parse(before) as { shops: string[]; fetch: { attempts: number } };
      settings.shops.push('shops/other.yaml');
      settings.fetch.attempts = 3;
      const reloaded = await change(stringify(settings), 'config.reloaded');
      expect(reloaded).toMatchObject({ shops: 2, waitingForRestart: ['fetch.attempts'] });
      // The new shop was never crawled: its slot of this year is due.
      await eventually(() => rowsOf(place.db, "SELECT 1 FROM v_runs WHERE shop = 'other'").length > 0);
      expect((await daemon.stop('SIGTERM')).code).toBe(0);
    },
  );

  it.skipIf(manager === null)('tells systemd what it does', { timeout: TIMEOUT_MS }, async () => {
    const said = (): string[] => manager!.messages().filter((line) => !line.startsWith('STATUS='));
    // The daemon has ended, and so everything is in the socket; whoever reads it may be behind.
    await eventually(() => said().filter((line) => line === 'STOPPING=1').length === 2);
    expect(said()).toEqual([
      'READY=1',
      'STOPPING=1',
      'READY=1',
      'RELOADING=1',
      'READY=1',
      'RELOADING=1',
      'READY=1',
      'STOPPING=1',
    ]);
    expect(manager!.messages()).toContainEqual(
      expect.stringMatching(/^STATUS=crawling yearly; \d+ pictures and the words of \d+ items wait$/),
    );
  });

  it('logs a JSON line for each event, by fixed names', () => {
    const lines = logLines(daemon.output().stdout);
    for (const line of lines) {
      expect(line).toMatchObject({ level: expect.any(Number), time: expect.any(Number), pid: daemon.pid });
    }
    // Where something else keeps the machine busy for minutes, the loop is late, and the log says so.
    const logged = lines.map(({ event }) => event).filter((event) => !/loop|interrupted/.test(String(event)));
    expect(new Set(logged)).toEqual(
      new Set([
        'api.listening',
        'config.refused',
        'config.reloaded',
        'daemon.started',
        'daemon.stopped',
        'infer.ready',
        'model.checked',
        'run.finished',
        'store.opened',
        'text.ready',
      ]),
    );
    const [finished] = events('run.finished');
    expect(finished).toMatchObject({
      shop: 'yearly',
      pending: 0,
      leased: 0,
      done: ITEMS.length + 1,
      dropped: 0,
    });
  });
});
