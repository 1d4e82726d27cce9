import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { waitingKeys } from '../../../src/config/changes.js';
import { effectiveValues, renderEffective } from '../../../src/config/effective.js';
import { loadConfig } from '../../../src/config/load.js';
import { configSchema } from '../../../src/config/schema.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** A shop file with a proxy of which more is said. */
const shop = (proxy: string): string =>
  `id: a\nname: A\nstart: [http://127.0.0.1/]\nallow_loopback: true\nproxy: { url: http://127.0.0.1:3128, user: me, ${proxy} }\n`;

function files(texts: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const name of ['conf.d', 'shops']) mkdirSync(join(folder, name));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  return folder;
}

const load = async (folder: string, environment = {}) => loadConfig(join(folder, 'prod.yaml'), environment);

describe('include', () => {
  it('fills in what the config leaves out, the later file before the earlier, paths from their own folder', async () => {
    const folder = files({
      'prod.yaml': 'include: [conf.d/*.yaml]\nfetch: { attempts: 2 }\n',
      'conf.d/10-store.yaml':
        'store: { path: items.db, disk_floor: 1GiB }\nfetch: { attempts: 9, timeout: 5s }\n',
      'conf.d/20-more.yaml': 'fetch: { timeout: 7s }\nmodel: { text: off }\n',
    });
    const { config } = await load(folder);
    expect(config.fetch).toMatchObject({ attempts: 2, timeout: 7000 });
    expect(config.store).toMatchObject({
      path: join(folder, 'conf.d', 'items.db'),
      blobs: join(folder, 'blobs'),
      disk_floor: 1024 ** 3,
    });
    expect(config.model.text).toBe('off');
  });

  it('counts every path of a file from its own folder, the absolute ones as they are', async () => {
    const folder = files({
      'prod.yaml': 'include: [conf.d/a.yaml]\n',
      'conf.d/a.yaml':
        'store: { blobs: b, backups: /var/backups }\nmodel: { folder: models, lookalike: look }\n' +
        'api: { tokens: [{ name: front, secret_file: front.secret }] }\n',
      'conf.d/front.secret': 'front-secret-0123\n',
    });
    mkdirSync(join(folder, 'conf.d', 'look'));
    writeFileSync(join(folder, 'conf.d', 'look', 'manifest.json'), '{}');
    const { config } = await load(folder);
    const here = (name: string): string => join(folder, 'conf.d', name);
    expect(config.store).toMatchObject({ blobs: here('b'), backups: '/var/backups' });
    expect(config.model).toMatchObject({ folder: here('models'), lookalike: here('look') });
    expect(config.api.tokens).toMatchObject([{ secret_file: here('front.secret') }]);
  });

  it('says what is wrong in the file where it is wrong, once', async () => {
    const folder = files({
      'prod.yaml': 'include: [conf.d/a.yaml, gone.yaml]\n',
      'conf.d/a.yaml': 'fetch:\n  timeuot: 5s\ninclude: [b.yaml]\n',
    });
    const error: unknown = await load(folder).catch((thrown: unknown) => thrown);
    const message = (error as Error).message.replaceAll(`${folder}/`, '');
    expect(message).toContain('conf.d/a.yaml:3:1: include: an included file includes no others');
    expect(message).toContain('prod.yaml:1:26: include[1]: gone.yaml: no such file');
    expect(message.match(/timeuot: unknown key/g)).toHaveLength(1);
    expect(message).toContain('conf.d/a.yaml:2:3: fetch.timeuot: unknown key');
  });
});

describe('a secret', () => {
  it('may stand in a file, such as one of systemd', async () => {
    const folder = files({
      'prod.yaml': 'shops: [shops/a.yaml]\n',
      'shops/a.yaml': shop('password_file: "${CREDENTIALS_DIRECTORY}/proxy"'),
      'conf.d/proxy': 'pass/word\nnot this\n',
    });
    const { shops } = await load(folder, { CREDENTIALS_DIRECTORY: join(folder, 'conf.d') });
    expect(shops[0]?.proxy?.url).toBe('http://me:pass%2Fword@127.0.0.1:3128/');
  });

  it.each([
    ['password_file: none', /password_file: cannot read .*none/],
    ['password: x, password_file: none', /stands in proxy\.password already/],
  ])('%s is refused', async (proxy, message) => {
    const folder = files({ 'prod.yaml': 'shops: [shops/a.yaml]\n', 'shops/a.yaml': shop(proxy) });
    await expect(load(folder)).rejects.toThrow(message);
  });
});

describe('the config in force', () => {
  it('is printed as a config that says the same', async () => {
    const folder = files({
      'prod.yaml': 'fetch: { timeout: 90s, max_page: 1.5MiB }\nstore: { keep: { runs: 30d } }\n',
    });
    const loaded = await load(folder);
    const { config } = loaded;
    const text = renderEffective(loaded);
    expect(text).toContain('timeout: 90s');
    expect(text).toContain('max_page: 1536KiB');
    expect(configSchema.parse(parse(text))).toEqual(config);
  });

  it('is followed by each shop file with its defaults, and no password', async () => {
    const folder = files({
      'prod.yaml': 'shops: [shops/*.yaml]\n',
      'shops/a.yaml': shop('password: hunter2hunter2'),
      password: 'hunter3hunter3',
      'shops/b.yaml': shop('password_file: ../password').replace('id: a', 'id: b'),
    });
    const loaded = await load(folder);
    const text = renderEffective(loaded);
    expect(text).not.toMatch(/hunter/);
    expect(text).toContain(`---\n# ${join(folder, 'shops/a.yaml')}\n`);
    const [, ...shops] = parseAllDocuments(text).map((document) => document.toJS() as unknown);
    expect(shops).toMatchObject([
      { id: 'a', pace: { delay: '1s', concurrency: 2 }, proxy: { user: 'me', password: '***' } },
      { id: 'b', scope: { max_depth: expect.any(Number) as unknown }, proxy: { password: '***' } },
    ]);
    expect(effectiveValues(loaded).shops.map(({ settings }) => settings)).toEqual(shops);
  });
});

it('does not wait for a restart with what the shops take over, such as the parameters that name a click', async () => {
  const text = 'id: a\nname: A\nstart: [http://127.0.0.1/]\nallow_loopback: true\n';
  const folder = files({ 'prod.yaml': 'shops: [shops/a.yaml]\n', 'shops/a.yaml': text });
  const before = await load(folder);
  writeFileSync(join(folder, 'prod.yaml'), 'shops: [shops/a.yaml]\nfetch: { tracking_parameters: [ref] }\n');
  const after = await load(folder);
  expect(after.shops[0]?.urls.dropParameters).toEqual(['ref']);
  expect(waitingKeys(before, after)).toEqual([]);
});

it('names what changed between two configs and waits for a restart', async () => {
  const categories = 'categories:\n  - { id: hat, shopify: aa-2-17, en: Hats, ja: 帽子 }\n';
  const before = files({ 'prod.yaml': 'categories: own.yaml\n', 'own.yaml': categories });
  const loaded = await load(before);
  expect(waitingKeys(loaded, await load(before))).toEqual([]);
  writeFileSync(
    join(before, 'prod.yaml'),
    'categories: own.yaml\nfetch: { attempts: 9 }\nlog: { level: warn }\nstore: { keep: { runs: 1d } }\n' +
      'api: { tokens: [{ name: front, secret: front-secret-0123 }] }\n',
  );
  const after = await load(before);
  expect(waitingKeys(loaded, after).sort()).toEqual(['fetch.attempts', 'store.keep.runs']);
  expect(waitingKeys(after, { ...after, tokens: [] })).toEqual(['api.tokens']);
  writeFileSync(join(before, 'own.yaml'), categories.replace('Hats', 'Headwear'));
  expect(waitingKeys(after, await load(before))).toEqual(['categories']);
});
