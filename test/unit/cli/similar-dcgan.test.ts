import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { similarByDcgan } from '../../../src/cli/similar-dcgan.js';
import type { Sha256 } from '../../../src/domain/ids.js';
import { createBlobStore } from '../../../src/images/blob-store.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { writeTinyDcgan } from '../../support/tiny-dcgan.js';
import { OPEN, entryOf, found, indexOf } from '../search/entries.js';

const context = {
  print: () => {},
  note: () => {},
  interactive: false,
  signal: new AbortController().signal,
};

/** White with a patch of one colour. */
const pictureOf = async (colour: string, left: number): Promise<Buffer> =>
  sharp({ create: { width: 80, height: 80, channels: 3, background: '#ffffff' } })
    .composite([
      { input: { create: { width: 40, height: 50, channels: 3, background: colour } }, left, top: 10 },
    ])
    .png()
    .toBuffer();

describe('similarByDcgan', () => {
  const blobs = temporaryFolder();
  const pictures: Sha256[] = [];
  let dcgan = '';
  beforeAll(async () => {
    const store = createBlobStore(blobs);
    for (const [colour, left] of [
      ['#aa0000', 20],
      ['#a80000', 21],
      ['#0000aa', 2],
    ] as const) {
      pictures.push(await store.write(await pictureOf(colour, left)));
    }
    dcgan = await writeTinyDcgan();
  });
  const entries = () => pictures.map((picture, at) => entryOf(at + 1, at, { picture }));

  it('ranks the stored pictures by their numbers, not by the stored vectors', async () => {
    const [own] = entries();
    const query = { vectors: own!.vectors, item: own!.item, source: null };
    const filter = { ...OPEN, exclude: own!.item.productId };
    const places = { blobs, context };
    const results = found(await similarByDcgan(indexOf(entries()).index, query, filter, dcgan, places));
    expect(results.map(({ id }) => id)).toEqual([2, 3]);
    expect(results[0]!.score).toBeGreaterThan(results[1]!.score);
    const file = { ...query, item: null, source: { bytes: await pictureOf('#0000aa', 2) } };
    const [first] = found(await similarByDcgan(indexOf(entries()).index, file, OPEN, dcgan, places));
    expect(first).toMatchObject({ id: 3, score: expect.closeTo(1, 5) });
  });

  it('says what to type without an encoder', async () => {
    const [own] = entries();
    const query = { vectors: own!.vectors, item: own!.item, source: null };
    const asked = similarByDcgan(indexOf(entries()).index, query, OPEN, undefined, { blobs, context });
    await expect(asked).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('--dcgan FOLDER'),
    });
  });
});
