import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CategoryId } from '../../../../src/domain/ids.js';
import { picturesOf, readDataset, writeDataset } from '../../../../src/learn/dataset/dataset.js';
import { importDataset } from '../../../../src/learn/dataset/import.js';
import type { ImportOptions } from '../../../../src/learn/dataset/import.js';
import { sha256Hex } from '../../../../src/platform/fingerprint.js';

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
  const pixels = new Uint8Array(2 * 2 * 3).fill(text.charCodeAt(0));
  const phash = sha256Hex(Buffer.from(text)).slice(0, 16);
  return Promise.resolve({ kind: 'pixels', pixels, box: { left: 0, top: 0, width: 2, height: 2 }, phash });
};

const SPLITS_BY_SEED: ImportOptions['splits'] = {
  dealing: 'seeded',
  seed: 1,
  shares: { train: 80, validation: 10, test: 10 },
  resplit: [],
};

const options = (over: Partial<ImportOptions> = {}): ImportOptions => ({
  roots: [join(root, 'photos')],
  licences: new Map([['photos', 'CC0-1.0']]),
  size: 2,
  fill: 255,
  manifest: null,
  groupBy: null,
  splits: SPLITS_BY_SEED,
  leaks: 'report',
  edgesOf: () => new Float32Array(1),
  preprocessing: 'first byte',
  reuse: null,
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
    expect(preview.figures.classes[0]).toEqual({
      label: 'hat',
      bySplit: { train: 1, validation: 1, test: 0 },
    });
  });

  it('reports what does not decode, what is no class, and exact duplicates, of which the tested one stays', async () => {
    await put('photos/train/hat/a.jpg', 'same');
    await put('photos/train/hat/b.jpg', 'broken');
    await put('photos/train/sofa/c.jpg', 'c');
    await put('photos/test/hat/z.jpg', 'same');
    const { dataset, preview } = await importDataset(options());
    expect(dataset.index.entries.map(({ path }) => path)).toEqual(['photos/test/hat/z.jpg']);
    expect(preview.duplicates).toEqual([
      { path: 'photos/train/hat/a.jpg', label: 'hat', of: 'photos/test/hat/z.jpg', ofLabel: 'hat' },
    ]);
    expect(preview.undecodable).toEqual([
      { path: 'photos/train/hat/b.jpg', reason: 'truncated: ends early' },
    ]);
    expect(preview.skipped).toEqual([{ name: 'photos/sofa', pictures: 1 }]);
  });

  it('splits by seed, keeps groups together, and moves no picture when others come', async () => {
    for (let product = 0; product < 60; product += 1) {
      for (const view of ['front', 'back'])
        await put(`photos/hat/p${product}_${view}.jpg`, `${product}${view}`);
    }
    const splitOf = async (): Promise<Map<string, string>> => {
      const { dataset } = await importDataset(options({ groupBy: /^(p\d+)_/ }));
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

  it('joins several roots and puts unsplit ones where it is told', async () => {
    await put('photos/train/hat/a.jpg', 'a');
    await put('shop/hat/a.jpg', 'b');
    const { dataset } = await importDataset(
      options({
        roots: [join(root, 'photos'), join(root, 'shop')],
        splits: { ...SPLITS_BY_SEED, dealing: 'test' },
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

describe('importDataset again', () => {
  const counted = (): { decode: ImportOptions['decode']; names: string[] } => {
    const names: string[] = [];
    return { names, decode: (bytes) => (names.push(Buffer.from(bytes).toString()), decode(bytes)) };
  };

  it('decodes only what is new or changed, and gives the data set that decoding all would give', async () => {
    for (const name of ['a', 'b', 'c']) await put(`photos/train/hat/${name}.jpg`, name);
    const { dataset: before } = await importDataset(options());
    await put('photos/train/hat/b.jpg', 'changed');
    await put('photos/train/shoes/moved.jpg', 'c');
    await rm(join(root, 'photos/train/hat/c.jpg'));
    await put('photos/test/hat/new.jpg', 'new');
    const { decode, names } = counted();
    const { dataset, preview } = await importDataset(options({ reuse: before, decode }));
    expect(names.toSorted()).toEqual(['changed', 'new']);
    expect(preview.decoded).toBe(2);
    const { dataset: afresh } = await importDataset(options());
    expect(dataset.index).toEqual(afresh.index);
    expect(Buffer.compare(dataset.pixels, afresh.pixels)).toBe(0);
  });

  it('decodes everything when the pixels were made in another way', async () => {
    await put('photos/train/hat/a.jpg', 'a');
    const { dataset: before } = await importDataset(options());
    const { decode, names } = counted();
    await importDataset(options({ reuse: before, decode, preprocessing: 'last byte' }));
    await importDataset(options({ reuse: before, decode, fill: 0 }));
    expect(names).toEqual(['a', 'a']);
  });

  it('decodes the same bytes once, however often they occur', async () => {
    for (const name of ['a', 'b', 'c']) await put(`photos/train/hat/${name}.jpg`, 'same');
    const { decode, names } = counted();
    await importDataset(options({ decode }));
    expect(names).toEqual(['same']);
  });
});

describe('importDataset from a manifest', () => {
  it('takes the pictures it lists, and says which it cannot read', async () => {
    await put('pictures/1.jpg', 'a');
    await put('pictures/2.jpg', 'b');
    await put(
      'list.csv',
      'path,class,split,contributor,licence\npictures/1.jpg,hat,train,ann,CC0-1.0\n' +
        'pictures/2.jpg,shoes,test,bob,MIT\npictures/3.jpg,hat,test,bob,MIT\npictures/2.jpg,sofa,test,bob,MIT\n',
    );
    const manifest = { path: join(root, 'list.csv'), columns: new Map(), attributes: [] };
    const { dataset, preview } = await importDataset(options({ roots: [], manifest }));
    expect(dataset.index.sources).toEqual([{ name: 'list', licence: 'CC0-1.0, MIT' }]);
    expect(dataset.index.entries).toMatchObject([
      { path: 'pictures/1.jpg', source: 'list', label: 'hat', split: 'train', group: 'list:ann' },
      { path: 'pictures/2.jpg', source: 'list', label: 'shoes', split: 'test', group: 'list:bob' },
    ]);
    expect(preview.undecodable).toEqual([
      { path: 'pictures/3.jpg', reason: expect.stringMatching(/^unreadable: .*no such file/) as string },
    ]);
    expect(preview.skipped).toEqual([{ name: 'list/sofa', pictures: 1 }]);
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
