import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { LabelledPicture } from '../../../src/cli/labelled-pictures.js';
import { reviewedSet } from '../../../src/cli/reviewed-set.js';
import type { CategoryId } from '../../../src/domain/ids.js';
import { garmentSpec, renderGarment } from '../../../src/garments/render.js';
import { createBlobStore } from '../../../src/images/blob-store.js';
import { workbench } from '../store/builders.js';

const bench = workbench();
const INPUT = { size: 96, fill: 255 };
const ITEMS = 12;

describe('the labelled pictures of a review', () => {
  it('judge no model that was taught them, or nearly the same ones', { timeout: 120_000 }, async () => {
    const blobs = bench.folder();
    const files = createBlobStore(blobs);
    const labelled: LabelledPicture[] = [];
    const add = async (item: number, bytes: Uint8Array): Promise<void> => {
      const picture = await files.write(bytes);
      const said = { shop: 'moda', labelled_by: 'ann', at: '2026-01-01T00:00:00.000Z', sample: null };
      labelled.push({ picture, category: 'dress' as CategoryId, item, ...said });
    };
    const garments = await Promise.all(
      Array.from({ length: ITEMS }, (_, at) =>
        renderGarment(garmentSpec('dress', at, 'held-out'), { width: 240, height: 300 }),
      ),
    );
    for (const [at, bytes] of garments.entries()) await add(at + 1, bytes);
    const testOf = async (taught: readonly string[]): Promise<readonly string[]> =>
      (await reviewedSet(labelled, blobs, INPUT, new Set(taught))).parts
        .filter(({ entry }) => entry.split === 'test')
        .map(({ entry }) => entry.sha256);
    const [judge, ...others] = await testOf([]);
    expect(others.length).toBeGreaterThan(0);
    // The same photograph on another item's page, encoded anew.
    const original = garments[labelled.findIndex(({ picture }) => picture === judge)]!;
    await add(ITEMS + 1, await sharp(original).jpeg({ quality: 50 }).toBuffer());
    const copy = labelled.at(-1)!.picture;
    expect((await testOf([])).toSorted()).toEqual([judge!, copy, ...others].toSorted());
    expect((await testOf([copy])).toSorted()).toEqual(others.toSorted());
    expect((await testOf([judge!])).toSorted()).toEqual(others.toSorted());
  });
});
