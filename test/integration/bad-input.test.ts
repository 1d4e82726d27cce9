/** What is wrong outside the program, through the real executable: a message, an exit code, nothing lost. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../src/platform/log.js';
import { openStore } from '../../src/store/store.js';
import { fashiond, loopbackShop, rowsOf, writeWorkplace } from '../support/cli.js';
import { writeOnnx } from '../support/onnx-writer.js';
import { startShopServer } from '../support/shop-server.js';
import type { Route, ShopServer } from '../support/shop-server.js';
import { picture, smallItems, smallShopRoutes } from '../support/small-shop.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeTinyModel } from '../support/tiny-model.js';
import { TINY_NETWORK } from '../support/tiny-network.js';

const TIMEOUT_MS = 120_000;
const silent = createLog({ level: 'silent', format: 'json' });

let model: string;
beforeAll(async () => {
  model = await writeTinyModel();
});

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('the command line', () => {
  const folder = temporaryFolder();
  const emptyFolder = join(folder, 'empty');
  mkdirSync(emptyFolder);
  const earlier = join(folder, 'demo.db');
  writeFileSync(earlier, 'the catalogue of an earlier demo');

  it.each([
    [['frobnicate'], 2, /frobnicate/],
    [['statsu', '--config', 'config/demo.yaml'], 2, /statsu[^]*status/],
    [['--frobnicate'], 2, /--frobnicate/],
    [['demo', '--one'], 2, /--one[^]*--once/],
    [['classify'], 2, /picture/],
    [['status'], 2, /--config FILE/],
    [['crawl', '--config', 'config/demo.yaml'], 2, /--once/],
    [['demo', '--products', 'many', '--data', folder], 2, /--products many .*whole number/],
    [['demo', '--products', '0', '--data', folder], 2, /--products 0 .*at least 1/],
    [['demo', '--seed', '1.5', '--data', folder], 2, /--seed 1\.5 .*whole number/],
    [['demo', '--pictures', join(folder, 'none'), '--data', folder], 1, /none[^]*CLASS/],
    [['demo', '--pictures', emptyFolder, '--data', folder], 1, /no picture[^]*empty[^]*CLASS/],
  ])('%j', { timeout: TIMEOUT_MS }, async (args, code, message) => {
    const result = await fashiond(...args);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
    expect(readFileSync(earlier, 'utf8')).toBe('the catalogue of an earlier demo');
  });
});

describe('a config', () => {
  const workplaceWith = (text: string): string => {
    const path = join(temporaryFolder(), 'bad.yaml');
    writeFileSync(path, text);
    return path;
  };

  it(
    'with an unknown key is refused with the place and the nearest key',
    { timeout: TIMEOUT_MS },
    async () => {
      const config = workplaceWith('log:\n  level: info\nfetch:\n  timeuot: 3s\n');
      for (const args of [
        ['--config', config],
        ['check-config', '--config', config],
      ]) {
        const { code, stderr } = await fashiond(...args);
        expect(stderr).toContain(`${config}:4:3: fetch.timeuot:`);
        expect(stderr).toMatch(/hint:.*timeout/);
        expect(code).toBe(78);
      }
    },
  );

  it.each([
    ['that is no YAML', 'log: [info\nfetch: {', /bad\.yaml:\d+:\d+: /],
    ['with a value of the wrong type', 'fetch:\n  attempts: lots\n', /bad\.yaml:2:13: fetch\.attempts: /],
    ['that names a missing shop', 'shops: [nowhere.yaml]\n', /bad\.yaml:1:9: shops\[0\]: .*nowhere\.yaml/],
  ])('%s is refused', { timeout: TIMEOUT_MS }, async (_, text, message) => {
    const { code, stderr } = await fashiond('status', '--config', workplaceWith(text));
    expect(stderr).toMatch(message);
    expect(code).toBe(78);
  });

  it('that is not there is refused', { timeout: TIMEOUT_MS }, async () => {
    const { code, stderr } = await fashiond('--config', join(temporaryFolder(), 'none.yaml'));
    expect(stderr).toMatch(/none\.yaml/);
    expect(code).toBe(78);
  });
});

describe('a model folder', () => {
  const image = join(temporaryFolder(), 'item.png');
  beforeAll(async () => writeFileSync(image, await picture(smallItems(1)[0]!)));

  it(
    'that is missing is named, and a mistake of the config that names it',
    { timeout: TIMEOUT_MS },
    async () => {
      const missing = join(temporaryFolder(), 'no-model');
      const named = await fashiond('classify', image, '--model', missing);
      expect(named.stderr).toContain(missing);
      expect(named.stderr).toMatch(/train category/);
      expect(named.code).toBe(1);
      const { config, db } = writeWorkplace([], { model: { path: missing } });
      for (const args of [[], ['check-config'], ['crawl', '--once'], ['similar', '1'], ['classify', image]]) {
        const { code, stderr } = await fashiond(...args, '--config', config);
        expect(stderr).toContain(`model.path: there is no model in ${missing}`);
        expect(code).toBe(78);
      }
      // Refused before there was anything to lose.
      expect(existsSync(db)).toBe(false);
    },
  );

  it('with another fingerprint is refused', { timeout: TIMEOUT_MS }, async () => {
    const wrong = await writeTinyModel({ manifest: { fingerprint: 'ab'.repeat(32) } });
    const { code, stdout, stderr } = await fashiond('classify', image, '--json', '--model', wrong);
    expect(stderr).toMatch(/manifest\.json states fingerprint abab/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('with a changed network is refused', { timeout: TIMEOUT_MS }, async () => {
    const wrong = await writeTinyModel();
    const network = readFileSync(join(wrong, 'model.onnx'));
    network[network.length - 1]! ^= 1;
    writeFileSync(join(wrong, 'model.onnx'), network);
    const { code, stdout, stderr } = await fashiond('classify', image, '--json', '--model', wrong);
    expect(stderr).toMatch(/model\.onnx is not the file its manifest names: expected SHA-256/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('an unusual picture', () => {
  const folder = temporaryFolder();
  const solid = (background: string): Sharp =>
    sharp({ create: { width: 40, height: 40, channels: 3, background } });

  it('is classified by its colours and first frame', { timeout: TIMEOUT_MS }, async () => {
    const frames = await Promise.all(['#e61414', '#1414e6'].map((colour) => solid(colour).png().toBuffer()));
    const animated = (): Sharp => sharp(frames, { join: { animated: true } });
    // The tiny model is not sure of grey and of a line between bars; it has seen them all the same.
    const files: [name: string, file: Sharp, category: string | null, reason: string | null][] = [
      ['cmyk.jpg', solid('#e61414').toColourspace('cmyk').jpeg(), 'sweater', null],
      ['deep.png', solid('#14e614').toColourspace('rgb16').png(), 'beanie', null],
      ['palette.png', solid('#1414e6').png({ palette: true }), 'shorts', null],
      ['moving.webp', animated().webp({ lossless: true }), 'sweater', null],
      ['wide.png', solid('#e61414').resize(4000, 2, { fit: 'fill' }).png(), null, 'below-threshold'],
      ['grey.png', solid('#808080').toColourspace('b-w').png(), null, 'below-threshold'],
      ['moving.gif', animated().gif(), null, 'unsupported-format'],
    ];
    for (const [name, file] of files) await file.toFile(join(folder, name));
    const paths = files.map(([name]) => join(folder, name));
    const { code, stdout } = await fashiond('classify', ...paths, '--json', '--model', model);
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout) as { results: Record<string, unknown>[] };
    expect(results.map(({ category, reason }) => [category, reason])).toEqual(
      files.map(([, , category, reason]) => [category, reason]),
    );
  });

  it('may be one of many with long names', async () => {
    vi.stubEnv('ORT_DISABLE_TELEMETRY', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    const picture = join(folder, `${'long'.repeat(50)}.png`);
    await solid('#e61414').png().toFile(picture);
    const paths = Array.from({ length: 150 }, () => picture);
    const { code, stdout } = await fashiond('classify', ...paths, '--model', model);
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(paths.length);
  });
});

describe('a picture', () => {
  const folder = temporaryFolder();
  const paths = Object.fromEntries(
    ['good.png', 'empty.jpg', 'truncated.jpg', 'svg.jpg', 'huge.png', 'text.jpg', 'missing.jpg'].map(
      (name) => [name, join(folder, name)],
    ),
  );
  beforeAll(async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const jpeg = await sharp({ create: { width: 200, height: 200, channels: 3, background: 'red', noise } })
      .jpeg()
      .toBuffer();
    const huge = { width: 10_000, height: 10_000, channels: 3, background: 'red' } as const;
    writeFileSync(paths['good.png']!, await picture(smallItems(1)[0]!));
    writeFileSync(paths['empty.jpg']!, '');
    writeFileSync(paths['truncated.jpg']!, jpeg.subarray(0, jpeg.length / 2));
    writeFileSync(paths['svg.jpg']!, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await sharp({ create: huge, limitInputPixels: false }).png().toFile(paths['huge.png']!);
    writeFileSync(paths['text.jpg']!, 'Not a picture at all.\n');
  });

  it(
    'that cannot be used is unknown with its reason, and the others are classified',
    { timeout: TIMEOUT_MS },
    async () => {
      const { code, stdout, stderr } = await fashiond(
        'classify',
        ...Object.values(paths),
        '--json',
        '--model',
        model,
      );
      const { results } = JSON.parse(stdout) as { results: Record<string, unknown>[] };
      expect(results.map(({ path }) => path)).toEqual(Object.values(paths));
      for (const result of results) {
        expect(Object.keys(result).toSorted()).toEqual(
          ['best', 'candidates', 'category', 'path', 'probability', 'reason', 'typicality'].toSorted(),
        );
      }
      const [good, ...bad] = results;
      expect(good).toMatchObject({ category: 'sweater', best: 'sweater', reason: null });
      expect(good?.['candidates']).toEqual([
        { category: 'sweater', probability: good?.['probability'] },
        { category: expect.any(String), probability: expect.any(Number) },
        { category: expect.any(String), probability: expect.any(Number) },
      ]);
      expect(bad.map(({ reason }) => reason)).toEqual([
        'empty',
        'truncated',
        'unsupported-format',
        'too-many-pixels',
        'unsupported-format',
        'not-found',
      ]);
      for (const result of bad) expect(result).toMatchObject({ category: null, best: null, candidates: [] });
      expect(stderr).toMatch(/1 of 7 pictures could not be read/);
      expect(code).toBe(1);
    },
  );

  it('is described in one line each, with what is wrong', { timeout: TIMEOUT_MS }, async () => {
    // Its decoder has several things to say, each on a line.
    const torn = join(temporaryFolder(), 'torn.jpg');
    const noisy = sharp({ create: { width: 64, height: 64, channels: 3, background: '#123' } }).jpeg();
    writeFileSync(torn, (await noisy.toBuffer()).subarray(0, 200));
    const { code, stdout } = await fashiond(
      'classify',
      paths['good.png']!,
      paths['huge.png']!,
      paths['svg.jpg']!,
      torn,
      '--model',
      model,
    );
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    const [good, huge, svg] = lines;
    expect(good).toMatch(/good\.png: sweater \(\d+\.\d %\)/);
    expect(huge).toMatch(/huge\.png: unknown \(too-many-pixels: 10000 x 10000 pixels; at most 40000000/);
    expect(svg).toMatch(/svg\.jpg: unknown \(unsupported-format: .*svg/i);
    expect(code).toBe(0);
  });

  it('that is no picture cannot be searched with', { timeout: TIMEOUT_MS }, async () => {
    const { db, config } = writeWorkplace([], { model: { path: model } });
    openStore(db, { log: silent }).close();
    const result = await fashiond('similar', paths['text.jpg']!, '--config', config);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/catalogue has no classified picture yet[^]*crawl --once/);
  });
});

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
      const { code, stdout, stderr } = await fashiond('similar', image, '--config', config);
      expect(stderr).toMatch(
        /no vectors of the current model [0-9a-f]{12}, only of [0-9a-f]{12} \(6 pictures\)/,
      );
      expect(stderr).toMatch(/Run the daemon with this model/);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      const old = await fashiond('similar', '1', '--json', '--config', config);
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
      const byItem = await fashiond('similar', '1', '--json', '--config', config);
      expect({ code: byItem.code, stderr: byItem.stderr }).toEqual({ code: 0, stderr: '' });
      expect((JSON.parse(byItem.stdout) as { results: unknown[] }).results.length).toBeGreaterThan(0);
      const image = join(place.folder, 'item.png');
      writeFileSync(image, await picture(items[0]!));
      const byPicture = await fashiond('similar', image, '--config', config);
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
    const { code, stderr } = await fashiond('similar', '4711', '--config', place.config);
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
      const { code, stdout, stderr } = await fashiond(...args, '--config', config);
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
    const crawled = await fashiond('crawl', '--shop', 'small', '--once', '--config', place.config);
    expect(crawled.stderr).toMatch(/small[^]*ECONNREFUSED|connect/);
    expect(crawled.code).toBe(1);
    const [run] = rowsOf(place.db, 'SELECT status FROM runs ORDER BY id DESC LIMIT 1');
    expect(run).toEqual({ status: 'failed' });
    const [health] = rowsOf(place.db, 'SELECT * FROM v_shop_health');
    expect(health).toMatchObject({ last_status: 'failed', items: items.length, vanished: 0 });
    expect(health?.['last_error']).toMatch(/connect/);
    const status = JSON.parse((await fashiond('status', '--json', '--config', place.config)).stdout) as {
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
    const { code, stderr } = await fashiond('crawl', '--once', '--config', place.config);
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
    const { code, stderr } = await fashiond('crawl', '--once', '--config', place.config);
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
    const { code } = await fashiond('crawl', '--shop', 'asa', '--once', '--config', place.config);
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
