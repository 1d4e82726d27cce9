/** A catalogue, a model or a shop that is not as it should be, while a catalogue is there: nothing of it is lost. */
import { createHash } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLog } from '../../src/platform/log.js';
import { openStore } from '../../src/store/store.js';
import { fashiond, loopbackShop, rowsOf, writeWorkplace } from '../support/cli.js';
import { fashiondHere } from '../support/command-here.js';
import { writeOnnx } from '../support/onnx-writer.js';
import { startShopServer } from '../support/shop-server.js';
import type { Route, ShopServer } from '../support/shop-server.js';
import { picture, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { writeTinyModel } from '../support/tiny-model.js';
import { TINY_NETWORK } from '../support/tiny-network.js';

const TIMEOUT_MS = 120_000;
const silent = createLog({ level: 'silent', format: 'json' });

let model: string;
beforeAll(async () => {
  model = await writeTinyModel();
});

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The catalogue as a reader sees it, but for the times of the last visit. */
function catalogue(db: string): unknown {
  return {
    items: rowsOf(db, 'SELECT * FROM v_items ORDER BY product_id').map((row) => ({
      ...row,
      last_seen: null,
    })),
    prices: rowsOf(db, 'SELECT * FROM v_prices ORDER BY product_id, at'),
  };
}

describe('a crawled catalogue', () => {
  const items = smallItems(6);
  let server: ShopServer;
  let place: ReturnType<typeof writeWorkplace>;
  beforeAll(async () => {
    server = await startShopServer(await smallShopRoutes(items));
    place = writeWorkplace([loopbackShop('small', server.origin)], { model: { path: model } });
    const { code, stderr } = await fashiond('crawl', '--shop', 'small', '--once', '--config', place.config);
    if (code !== 0) throw new Error(stderr);
  }, TIMEOUT_MS);
  afterAll(() => server.close());

  it('holds what the shop shows', () => {
    expect(rowsOf(place.db, 'SELECT title, price_minor, category FROM v_items ORDER BY sku')).toEqual(
      items.map(({ title, price, category }) => ({ title, price_minor: price, category })),
    );
  });

  it(
    'compares no picture with vectors of another model, and goes on answering for items',
    { timeout: TIMEOUT_MS },
    async () => {
      const weights = TINY_NETWORK.weights.map((weight) =>
        weight.name === 'scale' ? { ...weight, values: [1 / 254] } : weight,
      );
      const other = await writeTinyModel({ network: writeOnnx({ ...TINY_NETWORK, weights }) });
      const config = join(place.folder, 'other-model.yaml');
      writeFileSync(config, `store: { path: ${place.db} }\nmodel: { path: ${other} }\n`);
      const image = join(place.folder, 'unseen.png');
      writeFileSync(image, await picture(items[0]!));
      const { code, stdout, stderr } = await fashiondHere('similar', image, '--config', config);
      expect(stderr).toMatch(
        /no vectors of the current model [0-9a-f]{12}, only of [0-9a-f]{12} \(6 pictures\)/,
      );
      expect(stderr).toMatch(/Run the daemon with this model/);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      const old = await fashiondHere('similar', '1', '--json', '--config', config);
      expect(old.stderr).toMatch(/has described 0 of 6 pictures so far: answered by model [0-9a-f]{12}/);
      expect(old.code).toBe(0);
      expect((JSON.parse(old.stdout) as { results: unknown[] }).results.length).toBeGreaterThan(0);
    },
  );

  it(
    'is searched for an item without the network, which only pictures need',
    async () => {
      const config = join(place.folder, 'network-unfit.yaml');
      // The same fingerprint, and a network that the inference pool would refuse.
      const unfit = await writeTinyModel({ manifest: { latentBits: 64 } });
      writeFileSync(config, `store: { path: ${place.db} }\nmodel: { path: ${unfit} }\n`);
      const byItem = await fashiondHere('similar', '1', '--json', '--config', config);
      expect({ code: byItem.code, stderr: byItem.stderr }).toEqual({ code: 0, stderr: '' });
      expect((JSON.parse(byItem.stdout) as { results: unknown[] }).results.length).toBeGreaterThan(0);
      const image = join(place.folder, 'item.png');
      writeFileSync(image, await picture(items[0]!));
      const byPicture = await fashiondHere('similar', image, '--config', config);
      expect(byPicture.stderr).toContain('latent: float32 [N, 64]');
      expect(byPicture.code).toBe(1);
    },
    TIMEOUT_MS,
  );

  it('is kept from a second process', { timeout: TIMEOUT_MS }, async () => {
    const store = openStore(place.db, { log: silent });
    try {
      const { code, stderr } = await fashiond('crawl', '--once', '--config', place.config);
      expect(stderr).toContain(`${place.db} is in use by process ${process.pid}`);
      expect(stderr).toMatch(/stop the other one/);
      expect(code).toBe(1);
    } finally {
      store.close();
    }
  });

  it('asks for an item that exists', { timeout: TIMEOUT_MS }, async () => {
    const { code, stderr } = await fashiondHere('similar', '4711', '--config', place.config);
    expect(stderr).toMatch(/4711 is neither an item of the catalogue nor a file/);
    expect(code).toBe(1);
  });

  it.each([
    ['a text file', 'is not an SQLite database', 'text'],
    ['a truncated database', 'is damaged', 'truncated'],
  ])('in %s is refused, and not touched', { timeout: TIMEOUT_MS }, async (_, message, kind) => {
    const db = join(place.folder, `${kind}.db`);
    writeFileSync(db, kind === 'text' ? 'My notes.\n'.repeat(200) : readFileSync(place.db));
    if (kind === 'truncated') truncateSync(db, Math.floor(readFileSync(db).length / 2));
    const before = sha256(db);
    const config = join(place.folder, `${kind}.yaml`);
    writeFileSync(config, `store: { path: ${db} }\nshops: [shops/*.yaml]\nmodel: { path: ${model} }\n`);
    for (const args of [['crawl', '--once'], ['status'], ['similar', '1']]) {
      const { code, stdout, stderr } = await fashiondHere(...args, '--config', config);
      expect(stderr).toContain(db);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/\n\s+at /);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(sha256(db)).toBe(before);
    }
  });

  it('outlives a shop that is down', { timeout: TIMEOUT_MS }, async () => {
    const before = catalogue(place.db);
    await server.close();
    const crawled = await fashiondHere('crawl', '--shop', 'small', '--once', '--config', place.config);
    expect(crawled.stderr).toMatch(/small[^]*ECONNREFUSED|connect/);
    expect(crawled.code).toBe(1);
    const [run] = rowsOf(place.db, 'SELECT status FROM runs ORDER BY id DESC LIMIT 1');
    expect(run).toEqual({ status: 'failed' });
    const [health] = rowsOf(place.db, 'SELECT * FROM v_shop_health');
    expect(health).toMatchObject({ last_status: 'failed', items: items.length, vanished: 0 });
    expect(health?.['last_error']).toMatch(/connect/);
    const status = JSON.parse((await fashiondHere('status', '--json', '--config', place.config)).stdout) as {
      shops: Record<string, unknown>[];
    };
    expect(status.shops).toMatchObject([{ shop: 'small', lastStatus: 'failed', items: items.length }]);
    expect(status.shops[0]?.['lastError']).toEqual(health?.['last_error']);
    expect(catalogue(place.db)).toEqual(before);
  });
});

describe('a shop', () => {
  it('that answers with errors only ends the crawl as failed', { timeout: TIMEOUT_MS }, async () => {
    const server = await startShopServer({ '/': { status: 500 } });
    const place = writeWorkplace([loopbackShop('broken', server.origin)], { model: { path: model } });
    const { code, stderr } = await fashiondHere('crawl', '--once', '--config', place.config);
    await server.close();
    expect(stderr).toMatch(/broken[^]*HTTP 500/);
    expect(code).toBe(1);
    expect(rowsOf(place.db, 'SELECT last_status, items, last_error FROM v_shop_health')).toEqual([
      { last_status: 'failed', items: 0, last_error: expect.stringContaining('HTTP 500') },
    ]);
  });

  it('that stumbles is asked again, and read to the end', { timeout: TIMEOUT_MS }, async () => {
    const items = smallItems(4);
    const routes = await smallShopRoutes(items);
    const server = await startShopServer(routes);
    const stumbles = (path: string, status: number): Route => {
      let asked = 0;
      return () => ((asked += 1) === 1 ? { status } : (routes[path] as { body: string }));
    };
    server.route({
      '/': stumbles('/', 503),
      '/products/2': stumbles('/products/2', 500),
      '/products/3': stumbles('/products/3', 429),
      '/pictures/1.png': stumbles('/pictures/1.png', 500),
      '/pictures/4.png': stumbles('/pictures/4.png', 503),
    });
    const place = writeWorkplace([loopbackShop('flaky', server.origin)], { model: { path: model } });
    const { code, stderr } = await fashiondHere('crawl', '--once', '--config', place.config);
    await server.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(rowsOf(place.db, 'SELECT title, category FROM v_items ORDER BY sku')).toEqual(
      items.map(({ title, category }) => ({ title, category })),
    );
  });

  it('whose pages claim UTF-8 and are EUC-JP is read right', { timeout: TIMEOUT_MS }, async () => {
    const golden = readFileSync(new URL('../golden/claims-utf8-is-euc-jp.html', import.meta.url));
    const claim = { 'content-type': 'text/html; charset=UTF-8' };
    const server = await startShopServer({
      '/': { headers: claim, body: '<!DOCTYPE html><title>top</title><a href="/item/1">1</a>' },
      '/item/1': { headers: claim, body: golden },
      '/photo/shirt.jpg': {
        headers: { 'content-type': 'image/png' },
        body: await picture(smallItems(1)[0]!),
      },
    });
    const place = writeWorkplace([loopbackShop('asa', server.origin, { currency: 'JPY' })], {
      model: { path: model },
    });
    const { code } = await fashiondHere('crawl', '--shop', 'asa', '--once', '--config', place.config);
    await server.close();
    expect(code).toBe(0);
    expect(
      rowsOf(place.db, 'SELECT title, price_minor, currency, availability, category, url FROM v_items'),
    ).toEqual([
      {
        title: '麻のシャツ',
        price_minor: 4950,
        currency: 'JPY',
        availability: 'sold-out',
        // The picture's model knows no shirts; the words do.
        category: 'shirt',
        url: `${server.origin}/item/1`,
      },
    ]);
    expect(server.paths()).toContain('/photo/shirt.jpg');
  });
});
