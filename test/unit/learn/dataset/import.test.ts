import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../../src/domain/ids.js';
import { picturesOf, readDataset, writeDataset } from '../../../../src/learn/dataset/dataset.js';
import { importDataset } from '../../../../src/learn/dataset/import.js';
import type { ImportOptions } from '../../../../src/learn/dataset/import.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fashiond-import-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

/** Reads the first byte as the colour of the whole picture; `broken` does not decode. */
const decode: ImportOptions['decode'] = (bytes) => {
  const text = Buffer.from(bytes).toString();
  if (text === 'broken') {
    return Promise.resolve({ kind: 'refused', reason: 'truncated', detail: 'ends early' });
  }
  return Promise.resolve({ kind: 'pixels', pixels: new Uint8Array(2 * 2 * 3).fill(text.charCodeAt(0)) });
};

const SPLITS_BY_SEED: ImportOptions['splits'] = {
  unsplit: 'seeded',
  seed: 1,
  shares: { train: 80, validation: 10, test: 10 },
  groupBy: null,
};

const options = (over: Partial<ImportOptions> = {}): ImportOptions => ({
  roots: [join(root, 'photos')],
  licences: new Map([['photos', 'CC0-1.0']]),
  size: 2,
  fill: 255,
  splits: SPLITS_BY_SEED,
  classOf: (folder) => (['hat', 'shoes'].includes(folder) ? (folder as CategoryId) : null),
  decode,
  signal: new AbortController().signal,
  ...over,
});

describe('importDataset', () => {
  it('takes splits and classes from the folders', async () => {
    await put('photos/train/hat/a.jpg', 'a');
    await put('photos/train/shoes/b.PNG', 'b');
    await put('photos/validation/hat/c.webp', 'c');
    await put('photos/test/shoes/d.jpeg', 'd');
    await put('photos/train/hat/notes.txt', 'x');
    await put('photos/train/hat/.hidden', 'x');
    await put('photos/drafts/hat/e.jpg', 'e');
    const { dataset, preview } = await importDataset(options());
    expect(dataset.index.labels).toEqual(['hat', 'shoes']);
    expect(dataset.index.sources).toEqual([{ name: 'photos', licence: 'CC0-1.0' }]);
    expect(dataset.index.entries.map(({ path, label, split }) => [path, label, split])).toEqual([
      ['photos/test/shoes/d.jpeg', 'shoes', 'test'],
      ['photos/train/hat/a.jpg', 'hat', 'train'],
      ['photos/train/shoes/b.PNG', 'shoes', 'train'],
      ['photos/validation/hat/c.webp', 'hat', 'validation'],
    ]);
    const colours = [0, 1, 2, 3].map((picture) => String.fromCharCode(dataset.pixels[picture * 12]!));
    expect(colours).toEqual(['d', 'a', 'b', 'c']);
    expect(preview.left).toEqual([
      { path: 'photos/drafts', why: 'no split folder' },
      { path: 'photos/train/hat/notes.txt', why: 'not named .jpg, .jpeg, .png, .webp' },
    ]);
    expect(preview.counts[0]).toEqual({ label: 'hat', bySplit: { train: 1, validation: 1, test: 0 } });
  });

  it('reports what does not decode, what is no class, and exact duplicates, of which the tested one stays', async () => {
    await put('photos/train/hat/a.jpg', 'same');
    await put('photos/train/hat/b.jpg', 'broken');
    await put('photos/train/sofa/c.jpg', 'c');
    await put('photos/test/hat/z.jpg', 'same');
    const { dataset, preview } = await importDataset(options());
    expect(dataset.index.entries.map(({ path }) => path)).toEqual(['photos/test/hat/z.jpg']);
    expect(preview.duplicates).toEqual([{ path: 'photos/train/hat/a.jpg', of: 'photos/test/hat/z.jpg' }]);
    expect(preview.undecodable).toEqual([
      { path: 'photos/train/hat/b.jpg', reason: 'truncated: ends early' },
    ]);
    expect(preview.skipped).toEqual([{ folder: 'photos/sofa', pictures: 1 }]);
  });

  it('splits by seed, keeps groups together, and moves no picture when others come', async () => {
    for (let product = 0; product < 60; product += 1) {
      for (const view of ['front', 'back'])
        await put(`photos/hat/p${product}_${view}.jpg`, `${product}${view}`);
    }
    const splits = { ...SPLITS_BY_SEED, groupBy: /^(p\d+)_/ };
    const splitOf = async (): Promise<Map<string, string>> => {
      const { dataset } = await importDataset(options({ splits }));
      return new Map(dataset.index.entries.map(({ path, split }) => [path, split]));
    };
    const before = await splitOf();
    expect(new Set(before.values())).toEqual(new Set(['train', 'validation', 'test']));
    for (let product = 0; product < 60; product += 1) {
      expect(before.get(`photos/hat/p${product}_front.jpg`)).toBe(
        before.get(`photos/hat/p${product}_back.jpg`),
      );
    }
    await put('photos/hat/aaa_front.jpg', 'new');
    const after = await splitOf();
    for (const [path, split] of before) expect(after.get(path)).toBe(split);
  });

  it('deals groups by the given shares, whatever they add up to', async () => {
    for (let product = 0; product < 200; product += 1)
      await put(`photos/hat/p${product}-a.jpg`, `${product}`);
    for (const [train, validation, test] of [
      [60, 10, 30],
      [0.3, 0.05, 0.15],
      [1, 0, 0],
    ] as const) {
      const splits = { ...SPLITS_BY_SEED, shares: { train, validation, test }, groupBy: /^([^-]+)-/ };
      const { index } = (await importDataset(options({ splits }))).dataset;
      for (const split of ['train', 'validation', 'test'] as const) {
        const share = splits.shares[split] / (train + validation + test);
        // Three standard deviations of a binomial count.
        const give = 3 * Math.sqrt(200 * share * (1 - share));
        expect(Math.abs(picturesOf(index, split).length - 200 * share)).toBeLessThanOrEqual(give);
      }
    }
  });

  it('joins several roots and puts unsplit ones where it is told', async () => {
    await put('photos/train/hat/a.jpg', 'a');
    await put('shop/hat/a.jpg', 'b');
    const { dataset } = await importDataset(
      options({
        roots: [join(root, 'photos'), join(root, 'shop')],
        splits: { ...SPLITS_BY_SEED, unsplit: 'test' },
      }),
    );
    expect(dataset.index.entries.map(({ source, split }) => [source, split])).toEqual([
      ['photos', 'train'],
      ['shop', 'test'],
    ]);
  });

  it('says what to do when no folder is a class', async () => {
    await put('photos/sofa/a.jpg', 'a');
    await expect(importDataset(options())).rejects.toMatchObject({ code: 'usage', hint: /--map/ });
  });
});

describe('importDataset refuses', () => {
  it('two folders of one name, whose licences could not be told apart', async () => {
    await put('photos/train/hat/a.jpg', 'a');
    await put('other/photos/train/hat/b.jpg', 'b');
    const roots = [join(root, 'photos'), join(root, 'other/photos')];
    await expect(importDataset(options({ roots }))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('named photos') as string,
    });
  });

  it('folders of which no picture decodes, with the first reason', async () => {
    await put('photos/train/hat/a.jpg', 'broken');
    await expect(importDataset(options())).rejects.toMatchObject({
      code: 'refused',
      hint: expect.stringContaining('photos/train/hat/a.jpg (truncated: ends early)') as string,
    });
  });

  it('to go on when it is cancelled', async () => {
    await put('photos/train/hat/a.jpg', 'a');
    await expect(importDataset(options({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

describe('a data set on disk', () => {
  it('that is damaged is refused by name', async () => {
    await put('data/index.json', '{"format":1,');
    await expect(readDataset(join(root, 'data'))).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('index.json is not JSON') as string,
    });
    await put('data/index.json', 'null');
    await expect(readDataset(join(root, 'data'))).rejects.toMatchObject({ code: 'incompatible' });
    await put('data/index.json', JSON.stringify({ format: 1, size: 2, entries: [], labels: [] }));
    await expect(readDataset(join(root, 'data'))).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('pixels.bin cannot be read') as string,
    });
  });

  it('reads back as it was written, and says so when its pixels are damaged', async () => {
    await put('photos/train/hat/a.jpg', 'a');
    await put('photos/test/hat/b.jpg', 'b');
    const { dataset } = await importDataset(options());
    const folder = join(root, 'data');
    await writeDataset(folder, dataset);
    const read = await readDataset(folder);
    expect(read.index).toEqual(dataset.index);
    expect(Buffer.compare(read.pixels, dataset.pixels)).toBe(0);
    expect(picturesOf(read.index, 'test')).toEqual([0]);
    await truncate(join(folder, 'pixels.bin'), 12);
    await expect(readDataset(folder)).rejects.toMatchObject({ code: 'corrupt' });
    await expect(readDataset(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'not-found' });
  });
});
