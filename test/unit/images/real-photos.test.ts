/** The whole preparation on photos, where FASHIOND_DATA names the data folder. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PreparedPicture } from '../../../src/domain/picture.js';
import { LOOK_LAYOUT } from '../../../src/images/look.js';
import { hammingDistance } from '../../../src/images/phash.js';
import { preparePicture } from '../../../src/images/prepare.js';
import { cosine } from './pictures.js';

const folder = process.env['FASHIOND_DATA'];

async function prepare(bytes: Uint8Array): Promise<PreparedPicture> {
  const outcome = await preparePicture(bytes, { size: 96, fill: 128, maxPixels: 40_000_000 });
  if (outcome.kind !== 'prepared') throw new Error(outcome.detail);
  return outcome.picture;
}

describe.skipIf(folder === undefined)('photos of FASHIOND_DATA (skipped without it)', () => {
  it('prepares every class, and knows a photo again after it was re-encoded smaller', async () => {
    const root = join(folder ?? '', 'images', 'clothing', 'test');
    const classes = await readdir(root);
    expect(classes.length).toBeGreaterThanOrEqual(10);
    const originals: PreparedPicture[] = [];
    const copies: PreparedPicture[] = [];
    for (const name of classes) {
      for (const file of (await readdir(join(root, name))).toSorted().slice(0, 4)) {
        const bytes = await readFile(join(root, name, file));
        originals.push(await prepare(bytes));
        copies.push(
          await prepare(await sharp(bytes).autoOrient().resize(130).jpeg({ quality: 75 }).toBuffer()),
        );
      }
    }
    let found = 0;
    for (const [index, copy] of copies.entries()) {
      const scores = originals.map(({ look }) => cosine(look, copy.look));
      if (scores.indexOf(Math.max(...scores)) === index) found += 1;
      expect(hammingDistance(copy.facts.phash, originals[index]!.facts.phash)).toBeLessThanOrEqual(8);
      for (const [start, end] of [LOOK_LAYOUT.colour, LOOK_LAYOUT.shape, LOOK_LAYOUT.pattern]) {
        const length = copy.look.subarray(start, end).reduce((sum, value) => sum + value * value, 0);
        expect(length).toBeCloseTo(1, 4);
      }
      const shares = copy.facts.palette.reduce((sum, { share }) => sum + share, 0);
      expect(shares).toBeCloseTo(1, 9);
    }
    expect(found).toBe(copies.length);
  });
});
