import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../src/config/assets.js';
import { loadConfig } from '../../../src/config/load.js';
import { ConfigError } from '../../../src/config/problems.js';
import { FashiondError } from '../../../src/domain/errors.js';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'fashiond-config-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function written(text: string | Uint8Array, name = 'test.yaml'): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(path: string, environment = {}): Promise<ConfigError> {
  const error: unknown = await loadConfig(path, environment).then(
    () => 'loaded',
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return error as ConfigError;
}

describe('a bad config', () => {
  const files = readdirSync(fixtures).filter((name) => name.endsWith('.bad.yml'));

  it.each(files)('%s says everything that is wrong, where, and what to type', async (name) => {
    const error = await refusal(join(fixtures, name));
    const text = error.message.replaceAll(fixtures, '');
    await expect(`${text}\n`).toMatchFileSnapshot(join(fixtures, name.replace('.yml', '.txt')));
  });

  it('is one error of code config, whose problems can be read one by one', async () => {
    const error = await refusal(join(fixtures, 'keys.bad.yml'));
    expect(error).toBeInstanceOf(FashiondError);
    expect(error.code).toBe('config');
    expect(error.problems).toContainEqual({
      file: join(fixtures, 'keys.bad.yml'),
      line: 4,
      column: 3,
      path: 'fetch.timout',
      message: 'unknown key',
      hint: 'did you mean timeout?',
      excerpt: '  timout: 30s',
    });
  });

  it.each([
    ['an open quote', 'store:\n  path: "a.db\n', /:3:1: not valid YAML: Missing closing "quote/],
    ['a tab for indentation', 'log:\n\tlevel: info\n', /:2:1: not valid YAML: Tabs are not allowed/],
    ['an alias of nothing', 'store: *other\n', /:1:1: not valid YAML: Unresolved alias.*other/],
    ['two documents', 'log: {}\n---\nlog: {}\n', /not valid YAML: .*multiple documents/],
    ['an unknown tag', 'contact: !secret abc\n', /:1:10: not valid YAML: Unresolved tag: !secret/],
    ['an alias bomb', bomb(), /not valid YAML: Excessive alias count/],
  ])('refuses %s', async (_what, text, expected) => {
    expect((await refusal(written(text))).message).toMatch(expected);
  });

  it('refuses a placeholder as the contact as soon as a shop is a real one', async () => {
    const shop = (host: string): string =>
      written(`id: one\nname: One\nstart: [https://${host}/]\n`, 'shop-one.yaml');
    const config = (contact: string, host: string): string =>
      written(`contact: ${contact}\nshops: [${JSON.stringify(shop(host))}]\n`);
    for (const contact of ['https://fashion.example/crawler', 'me@example.org']) {
      const error = await refusal(config(contact, 'www.shop.co.jp'));
      expect(error.message).toMatch(/:1:10: contact: this address is a placeholder, and the shop one/);
      await expect(loadConfig(config(contact, 'shop.example'), {})).resolves.toBeDefined();
    }
    await expect(loadConfig(config('me@fashion-example.org', 'www.shop.co.jp'), {})).resolves.toBeDefined();
  });

  it('keeps the caret below its character behind tabs', async () => {
    const error = await refusal(written('log: {\tlevle: info }\n'));
    expect(error.message.split('\n').slice(1, 3)).toEqual([
      '    1 | log: {\tlevle: info }',
      '      |       \t^',
    ]);
  });

  it.each([
    ['missing', join(scratch, 'absent.yaml'), 'no such file'],
    ['a folder', scratch, 'this is a folder, not a file'],
  ])('says that the file is %s', async (_what, path, message) => {
    const { problems } = await refusal(path);
    expect(problems).toMatchObject([{ file: path, line: null, message }]);
  });

  it('says that a file is not UTF-8', async () => {
    const path = written(Uint8Array.from([0x63, 0x3a, 0x20, 0x93, 0xfa]), 'sjis.yaml');
    expect((await refusal(path)).message).toContain('not UTF-8 text');
  });
});

describe('a good config', () => {
  it('fills in every default for an empty file', async () => {
    const { config, shops } = await loadConfig(join(fixtures, 'empty.good.yml'), {});
    expect(shops).toEqual([]);
    expect(config.fetch.timeout).toBe(30_000);
    expect(config.fetch.max_page).toBe(8 * 1024 * 1024);
    expect(config.search.weights).toEqual({ colour: 0.4, shape: 4, pattern: 0.8, features: 1 });
    expect(config.store.path).toBe(join(fixtures, 'fashiond.db'));
  });

  it('reads what is given, from the folder of the file, with the environment filled in', async () => {
    const environment = { FASHIOND_TEST_ATTEMPTS: '7' };
    const { config, shops } = await loadConfig(join(fixtures, 'full.good.yml'), environment);
    expect(config.store).toMatchObject({
      path: join(fixtures, 'state', 'items.db'),
      blobs: '/var/lib/blobs',
      backups: join(fixtures, 'backups'),
    });
    expect(config.fetch).toMatchObject({ timeout: 1500, max_page: 2 * 1024 * 1024, attempts: 7 });
    expect(shops.map((shop) => shop.id)).toEqual(['outside', 'minimal']);
    expect(shops[0]).toEqual({
      id: 'outside',
      name: 'Outside',
      start: ['https://shop.example/', 'https://shop.example:8443/sale'],
      sitemaps: [],
      feeds: [],
      scope: {
        hosts: ['shop.example', 'shop.example:8443'],
        imageHosts: [],
        include: [],
        exclude: [],
        maxDepth: 10,
        maxPages: 200_000,
      },
      urls: { dropParameters: [], keepParameters: null },
      schedule: '15 4 * * 1-5',
      timezone: 'Asia/Tokyo',
      pace: { delayMs: 500, concurrency: 2, auto: { targetConcurrency: 1, maxDelayMs: 30_000 } },
      proxy: { url: 'http://me%40home:s%3Acret@proxy.example:3128/', resolve: 'here' },
      language: 'ja',
      currency: 'JPY',
      selectors: { listPrice: '.was', title: 'h1' },
      allowLoopback: false,
    });
  });

  it('cannot be changed afterwards', async () => {
    const { config } = await loadConfig(join(fixtures, 'empty.good.yml'), {});
    expect(() => Object.assign(config.fetch, { timeout: 1 })).toThrow(TypeError);
  });

  it.each(['default', 'demo', 'prod'])('config/%s.yaml is one', async (name) => {
    await expect(loadConfig(join(packageRoot, 'config', `${name}.yaml`), {})).resolves.toBeDefined();
  });
});

/** Nine lists, each naming the one before ten times: a thousand million members when unfolded. */
function bomb(): string {
  const lines = ['a0: &a0 [x]'];
  for (let depth = 1; depth < 10; depth++) {
    lines.push(`a${depth}: &a${depth} [${Array.from({ length: 10 }, () => `*a${depth - 1}`).join(', ')}]`);
  }
  return `${lines.join('\n')}\n`;
}
