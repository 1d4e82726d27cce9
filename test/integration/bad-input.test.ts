/**
 * What is wrong outside the program: a message, an exit code, nothing lost. Most of it in this process, through all of the
 * command line but its executable; what the executable adds (streams, exit codes) is asked of it once for each code.
 */
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '../../src/platform/log.js';
import { openStore } from '../../src/store/store.js';
import { fashiond, writeWorkplace } from '../support/cli.js';
import { fashiondHere } from '../support/command-here.js';
import { picture, smallItems } from '../support/small-shop.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeTinyModel } from '../support/tiny-model.js';

const TIMEOUT_MS = 120_000;
const silent = createLog({ level: 'silent', format: 'json' });

let model: string;
beforeAll(async () => {
  model = await writeTinyModel();
});

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
    [['demo', '--products', 'many', '--data', folder], 2, /--products.*many.*whole number/],
    [['demo', '--products', '0', '--data', folder], 2, /--products.* '0' .*at least 1/],
    [['demo', '--seed', '1.5', '--data', folder], 2, /--seed.*1\.5.*whole number/],
    [['demo', '--pictures', join(folder, 'none'), '--data', folder], 1, /none[^]*CLASS/],
    [['demo', '--pictures', emptyFolder, '--data', folder], 1, /no picture[^]*empty[^]*CLASS/],
  ])('%j', { timeout: TIMEOUT_MS }, async (args, code, message) => {
    const result = await fashiondHere(...args);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
    expect(readFileSync(earlier, 'utf8')).toBe('the catalogue of an earlier demo');
  });

  it.each([
    [['status'], 2, /--config FILE/],
    [['demo', '--pictures', emptyFolder, '--data', folder], 1, /no picture[^]*empty[^]*CLASS/],
    [['--config', join(folder, 'none.yaml')], 78, /none\.yaml/],
  ])('%j, asked of the executable', { timeout: TIMEOUT_MS }, async (args, code, message) => {
    const result = await fashiond(...args);
    expect(result.stderr).toMatch(message);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
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
        const { code, stderr } = await fashiondHere(...args);
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
    const { code, stderr } = await fashiondHere('status', '--config', workplaceWith(text));
    expect(stderr).toMatch(message);
    expect(code).toBe(78);
  });

  it('that is not there is refused', { timeout: TIMEOUT_MS }, async () => {
    const { code, stderr } = await fashiondHere('--config', join(temporaryFolder(), 'none.yaml'));
    expect(stderr).toMatch(/none\.yaml/);
    expect(code).toBe(78);
  });
});

// systemd starts the daemon again after any exit code but 78.
describe('what a later start may find mended is no fault of the config', () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, 'no folder');
  const link = join(temporaryFolder(), 'shop.db');
  symlinkSync(join(temporaryFolder(), 'not-mounted', 'shop.db'), link);

  it.each([
    ['a database in what is no folder', { store: { path: join(file, 'shop.db') } }, /cannot make the folder/],
    ['a database on a disk that is not mounted yet', { store: { path: link } }, /cannot make/],
    // Kept for documentation (RFC 5737), so nobody has it.
    [
      'an address that the machine has not got yet',
      { api: { listen: '192.0.2.1:8420', tokens: [{ name: 'ann', secret: 'secret-0123456789' }] } },
      /cannot listen on 192\.0\.2\.1:8420/,
    ],
  ])('%s', { timeout: TIMEOUT_MS }, async (_, settings, message) => {
    const { config } = writeWorkplace([], { model: { path: model }, ...settings });
    const { code, stderr } = await fashiondHere('--config', config);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
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
      const named = await fashiondHere('classify', image, '--model', missing);
      expect(named.stderr).toContain(missing);
      expect(named.stderr).toMatch(/train category/);
      expect(named.code).toBe(1);
      const { config, db } = writeWorkplace([], { model: { path: missing } });
      for (const args of [[], ['check-config'], ['crawl', '--once'], ['similar', '1'], ['classify', image]]) {
        const { code, stderr } = await fashiondHere(...args, '--config', config);
        expect(stderr).toContain(`model.path: there is no model in ${missing}`);
        expect(code).toBe(78);
      }
      // Refused before there was anything to lose.
      expect(existsSync(db)).toBe(false);
    },
  );

  it('with another fingerprint is refused', { timeout: TIMEOUT_MS }, async () => {
    const wrong = await writeTinyModel({ manifest: { fingerprint: 'ab'.repeat(32) } });
    const { code, stdout, stderr } = await fashiondHere('classify', image, '--json', '--model', wrong);
    expect(stderr).toMatch(/manifest\.json states fingerprint abab/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('with a changed network is refused', { timeout: TIMEOUT_MS }, async () => {
    const wrong = await writeTinyModel();
    const network = readFileSync(join(wrong, 'model.onnx'));
    network[network.length - 1]! ^= 1;
    writeFileSync(join(wrong, 'model.onnx'), network);
    const { code, stdout, stderr } = await fashiondHere('classify', image, '--json', '--model', wrong);
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
    const { code, stdout } = await fashiondHere('classify', ...paths, '--json', '--model', model);
    expect(code).toBe(0);
    const { results } = JSON.parse(stdout) as { results: Record<string, unknown>[] };
    expect(results.map(({ category, reason }) => [category, reason])).toEqual(
      files.map(([, , category, reason]) => [category, reason]),
    );
  });

  it('may be one of many with long names', { timeout: TIMEOUT_MS }, async () => {
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
      const { code, stdout, stderr } = await fashiondHere(
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
    const { code, stdout } = await fashiondHere(
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
    const result = await fashiondHere('similar', paths['text.jpg']!, '--config', config);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/catalogue has no classified picture yet[^]*crawl --once/);
  });
});
