/** `fashiond dataset` on real picture files. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DatasetStats } from '../../../src/learn/dataset/stats.js';
import { pixelsOf, readDataset } from '../../../src/learn/dataset/dataset.js';
import { seedOf } from '../../../src/platform/random.js';
import { garmentSpec, renderGarment } from '../../../src/garments/render.js';
import type { GarmentKind } from '../../../src/garments/spec.js';
import { runCommand } from '../../support/run-command.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const root = temporaryFolder();
const place = (path: string): string => join(root, path);

function put(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(place(path)), { recursive: true });
  writeFileSync(place(path), bytes);
}

const garment = (kind: GarmentKind, number: number): Promise<Buffer> =>
  renderGarment(garmentSpec(kind, seedOf('dataset test', kind, number), 'training'), {
    width: 96,
    height: 96,
  });

interface Preview {
  readonly writtenTo: string | null;
  readonly decoded: number;
  readonly figures: DatasetStats;
  readonly mended: readonly { path: string; from: string; to: string | null; near: string }[];
  readonly left: readonly { path: string; why: string }[];
  readonly undecodable: readonly { path: string; reason: string }[];
}

async function preview(...args: string[]): Promise<Preview> {
  const { code, out, err } = await runCommand('dataset', ...args, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Preview;
}

beforeAll(async () => {
  for (const split of ['train', 'test']) {
    for (const number of [1, 2, 3]) {
      const seed = number + (split === 'test' ? 10 : 0);
      put(`photos/${split}/dress/${number}.jpg`, await garment('dress', seed));
      put(`photos/${split}/hat/${number}.jpg`, await garment('beanie', seed));
    }
  }
  // The same photograph, smaller and lighter, where it must not be.
  const leaked = await readFile(place('photos/test/dress/2.jpg'));
  put(
    'photos/train/dress/leak.jpg',
    await sharp(leaked).resize(60).modulate({ brightness: 1.15 }).toBuffer(),
  );
});

describe('fashiond dataset import', () => {
  it('shows counts, leaks and what is missing, and writes nothing in a dry run', async () => {
    const { code, out } = await runCommand('dataset', 'import', place('photos'), '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^dress +4 +0 +3$/m);
    expect(out).toContain('photos/test/dress/2.jpg (test) ~ photos/train/dress/leak.jpg (train)');
    expect(out).toMatch(/warning: the validation split is empty/);
    expect(out).toMatch(/warning: 1 pairs of near duplicates/);
    expect(out).toMatch(/13 pictures of 64 px in all/);
  });

  it('drops or moves the leaked picture, as it is told', async () => {
    const dropped = await preview('import', place('photos'), '--dry-run', '--leaks', 'drop');
    const change = { path: 'photos/train/dress/leak.jpg', from: 'train', near: 'photos/test/dress/2.jpg' };
    expect(dropped.mended).toEqual([{ ...change, to: null }]);
    expect(dropped.figures).toMatchObject({ pictures: 12, near: { pairs: 0, leaks: [] } });
    const moved = await preview('import', place('photos'), '--dry-run', '--leaks', 'move');
    expect(moved.mended).toEqual([{ ...change, to: 'test' }]);
    expect(moved.figures).toMatchObject({ pictures: 13, near: { pairs: 1, leaks: [] } });
  });

  it('decodes nothing the second time, and the same pixels', async () => {
    const out = place('data');
    const first = await preview('import', place('photos'), '--out', out);
    expect(first).toMatchObject({ writtenTo: out, decoded: 13 });
    const before = await readDataset(out);
    expect(await preview('import', place('photos'), '--out', out)).toMatchObject({ decoded: 0 });
    const after = await readDataset(out);
    expect(after.index).toEqual(before.index);
    const other = await preview('import', place('photos'), '--dry-run', '--reuse', out, '--leaks', 'drop');
    expect(other.decoded).toBe(0);
    const larger = await preview('import', place('photos'), '--dry-run', '--reuse', out, '--size', '48');
    expect(larger.decoded).toBe(13);
  });

  it('keeps what a pictures.csv tells of pictures, and says what it tells of none', async () => {
    for (const number of [1, 2]) put(`told/dress/${number}.jpg`, await garment('dress', 40 + number));
    put('told/hat/1.jpg', await garment('beanie', 41));
    put(
      'told/pictures.csv',
      'path,class,presentation\ndress/1.jpg,dress,worn\ndress/2.jpg,dress,"flat, lay"\nhat/2.jpg,hat,worn\n',
    );
    const { figures, left } = await preview(
      'import',
      place('told'),
      '--out',
      place('told-data'),
      '--split',
      'test',
    );
    expect(left).toEqual([{ path: 'told/hat/2.jpg', why: 'in pictures.csv, but there is no such picture' }]);
    const test = { train: 0, validation: 0, test: 1 };
    expect(figures.attributes).toEqual([
      {
        attribute: 'presentation',
        values: [
          { value: 'flat, lay', bySplit: test },
          { value: 'worn', bySplit: test },
        ],
        untold: 1,
      },
    ]);
    const { index } = await readDataset(place('told-data'));
    expect(index.entries.map(({ attributes }) => attributes)).toEqual([
      { presentation: 'worn' },
      { presentation: 'flat, lay' },
      undefined,
    ]);
    const { out } = await runCommand('dataset', 'stats', place('told-data'));
    expect(out).toMatch(/^presentation +train +validation +test$/m);
    expect(out).toContain('not told of 1 pictures');
    put('told/pictures.csv', 'path,presentation\ndress/1.jpg\n');
    const broken = await runCommand('dataset', 'import', place('told'), '--dry-run');
    expect(broken.err).toMatch(/pictures\.csv:2 has 1 fields, and the header 2/);
    put('told/pictures.csv', 'file,presentation\ndress/1.jpg,worn\n');
    expect((await runCommand('dataset', 'import', place('told'), '--dry-run')).err).toMatch(/no column path/);
  });

  it('takes a CSV list with chosen columns, and splits it by group', async () => {
    const rows = ['dress', 'hat'].flatMap((name) =>
      ['train', 'test'].flatMap((split) =>
        [1, 2, 3].map((number) => `photos/${split}/${name}/${number}.jpg,${name},p${number},a "shop"`),
      ),
    );
    const quoted = rows.map((row) => row.replace('a "shop"', '"a ""shop"""'));
    put('list.csv', ['file,kind,product,shop', ...quoted].join('\r\n'));
    const { figures } = await preview(
      'import',
      '--csv',
      place('list.csv'),
      '--csv-columns',
      'path=file,class=kind,group=product,source=shop',
      '--dry-run',
      '--split',
      'stratified',
      '--shares',
      '1:1:1',
    );
    expect(figures).toMatchObject({
      pictures: 12,
      sources: [{ name: 'a "shop"', bySplit: { train: 4, validation: 4, test: 4 } }],
      groups: { groups: 3, ungrouped: 0, crossing: [] },
    });
  });

  it('says what is missing of the command line', async () => {
    for (const [args, message] of [
      [['import', '--out', place('x')], /nothing to import/],
      [['import', place('photos')], /needs a place[^]*--dry-run/],
      [['import', place('photos'), '--out', place('x'), '--csv-columns', 'class=kind'], /needs a --csv/],
      [['import', place('photos'), '--dry-run', '--reuse', place('none')], /no data set/],
      [['import', place('photos'), '--dry-run', '--shares', '1:2'], /TRAIN:VALIDATION:TEST/],
      [['import', '--csv', place('list.csv'), '--dry-run'], /no column path[^]*file, kind/],
    ] as const) {
      const { code, err } = await runCommand('dataset', ...args);
      expect(err).toMatch(message);
      expect(code).toBeGreaterThan(0);
    }
  });
});

describe('a folder of mixed pictures', () => {
  it('comes in as three channels each, and what cannot be read is named with its reason', async () => {
    const solid = { create: { width: 40, height: 30, channels: 3, background: '#c81e28' } } as const;
    const jpeg = await sharp(solid).jpeg().toBuffer();
    const frames = await Promise.all([1, 2].map(() => sharp(solid).png().toBuffer()));
    const files: Record<string, Uint8Array | string> = {
      'grey.png': await sharp(solid).greyscale().toColourspace('b-w').png().toBuffer(),
      'grey-alpha.png': await sharp(Buffer.alloc(800, 128), { raw: { width: 20, height: 20, channels: 2 } })
        .toColourspace('b-w')
        .png()
        .toBuffer(),
      'alpha.webp': await sharp(solid).ensureAlpha(0.5).webp().toBuffer(),
      'cmyk.jpg': await sharp(solid).toColourspace('cmyk').jpeg().toBuffer(),
      'deep.png': await sharp(solid).toColourspace('rgb16').png().toBuffer(),
      'palette.png': await sharp(solid).png({ palette: true }).toBuffer(),
      'moving.webp': await sharp(frames, { join: { animated: true } })
        .webp()
        .toBuffer(),
      'colour.jpg': jpeg,
      'gif.jpg': await sharp(solid).gif().toBuffer(),
      'half.jpg': jpeg.subarray(0, jpeg.length / 2),
      'empty.png': '',
      'text.jpg': 'Not a picture.',
    };
    for (const [name, bytes] of Object.entries(files)) put(`mixed/hat/${name}`, bytes);
    mkdirSync(place('mixed/hat/folder.png'));
    const out = place('mixed-data');
    const { undecodable, figures } = await preview(
      'import',
      place('mixed'),
      '--out',
      out,
      '--split',
      'train',
      '--size',
      '16',
    );
    expect(undecodable.map(({ path, reason }) => [path, reason.split(':')[0]])).toEqual([
      ['mixed/hat/empty.png', 'empty'],
      ['mixed/hat/folder.png', 'unreadable'],
      ['mixed/hat/gif.jpg', 'unsupported-format'],
      ['mixed/hat/half.jpg', 'truncated'],
      ['mixed/hat/text.jpg', 'unsupported-format'],
    ]);
    expect(figures.pictures).toBe(8);
    const dataset = await readDataset(out);
    const middles = dataset.index.entries.map(({ path }, at) => {
      const start = (8 * 16 + 8) * 3;
      return [path.slice(10), ...pixelsOf(dataset, at).subarray(start, start + 3)] as const;
    });
    expect(middles.map(([name]) => name)).toEqual([
      'alpha.webp',
      'cmyk.jpg',
      'colour.jpg',
      'deep.png',
      'grey-alpha.png',
      'grey.png',
      'moving.webp',
      'palette.png',
    ]);
    for (const [name, red, green, blue] of middles) {
      // Grey stays grey; the others are the red they were made of, half of it white for the transparent one.
      const expected: number[] = name.startsWith('grey') ? [green!, green!, green!] : [200, 30, 40];
      const seen =
        name === 'alpha.webp' ? [red, green, blue].map((value) => value! * 2 - 255) : [red, green, blue];
      for (const [channel, value] of expected.entries()) {
        expect(Math.abs(seen[channel]! - value)).toBeLessThanOrEqual(name === 'cmyk.jpg' ? 35 : 5);
      }
    }
  });
});

describe('fashiond dataset merge and stats', () => {
  it('join what was imported apart, and describe it', async () => {
    for (const number of [1, 2])
      put(`shop/dress/p${number}-a.jpg`, await readFile(place('photos/train/hat/1.jpg')));
    put('shop/dress/p3-a.jpg', await garment('dress', 40));
    const imported = await runCommand(
      'dataset',
      'import',
      place('shop'),
      '--out',
      place('shop-data'),
      '--split',
      'validation',
      '--group-by',
      '^([^-]+)-',
      '--licence',
      'shop=MIT',
    );
    expect(imported.code).toBe(0);
    await preview('import', place('photos'), '--out', place('data'));
    const merged = await runCommand(
      'dataset',
      'merge',
      place('data'),
      place('shop-data'),
      '--out',
      place('both'),
    );
    // One file in two classes: somebody is wrong.
    expect(merged.out).toMatch(
      /photos\/train\/hat\/1\.jpg \(hat\) = shop\/dress\/p1-a\.jpg \(dress\): one of the two is wrong/,
    );
    expect(merged.out).toMatch(/^shop +0 +2 +0 +MIT$/m);
    const { code, out } = await runCommand('dataset', 'stats', place('both'), '--json');
    expect(code).toBe(0);
    const stats = JSON.parse(out) as DatasetStats;
    expect(stats).toMatchObject({ pictures: 14, size: 64, groups: { groups: 2, ungrouped: 12 } });
    expect(stats.colours.map(({ label }) => label)).toEqual(['dress', 'hat']);
    expect(stats.background.map(({ split, named }) => [split, named.of])).toEqual([
      ['validation', 2],
      ['test', 6],
    ]);
    const text = await runCommand('dataset', 'stats', place('both'));
    expect(text.out).toMatch(/the background alone \(edge pixels, test\) names the class for \d/);
    rmSync(place('both'), { recursive: true });
    expect((await runCommand('dataset', 'stats', place('both'))).err).toMatch(/no data set/);
  });
});
