/** A rendered data set: OUT/CATEGORY/NUMBER.jpg, as many as asked for, the same for the same seed. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError } from '../domain/errors.js';
import { Random, seedOf } from '../platform/random.js';
import { garmentSpec, renderGarment } from './render.js';
import { categoryOfKind, GARMENT_KINDS } from './spec.js';
import type { PictureSize } from './stage.js';
import type { GarmentKind, Profile } from './spec.js';

export interface DatasetOptions {
  /** Folder the class folders are made in. */
  readonly out: string;
  readonly perClass: number;
  readonly seed: number;
  readonly profile: Profile;
  /** Longer side of the pictures, in pixels. */
  readonly size: number;
  readonly kinds?: readonly GarmentKind[];
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** The encoder works on its own threads: a few pictures at once keep them busy. */
const IN_FLIGHT = 4;

/**
 * Writes the pictures and returns their number.
 *
 * @throws FashiondError `cancelled` when the signal aborts; what is written stays.
 */
export async function renderDataset(options: DatasetOptions): Promise<number> {
  const { out, perClass, seed, profile, size } = options;
  const kinds = options.kinds ?? GARMENT_KINDS;
  for (const kind of kinds) await mkdir(join(out, categoryOfKind(kind)), { recursive: true });
  const total = kinds.length * perClass;
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < total) {
      if (options.signal?.aborted === true) throw new FashiondError('cancelled', 'rendering was cancelled');
      // Classes take turns, so that a data set cut short is still balanced.
      const kind = kinds[next % kinds.length];
      const number = Math.floor(next / kinds.length);
      next += 1;
      if (kind === undefined) return;
      const own = seedOf(seed, kind, number);
      const picture = await renderGarment(garmentSpec(kind, own, profile), pictureSize(size, own));
      await writeFile(join(out, categoryOfKind(kind), `${String(number).padStart(5, '0')}.jpg`), picture);
      done += 1;
      options.onProgress?.(done, total);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return done;
}

/** Shops and telephones take upright pictures about as often as square ones. */
function pictureSize(longest: number, seed: number): PictureSize {
  const ratio = new Random(seedOf(seed, 'ratio')).weighted({ '1': 4, '0.8': 3, '0.75': 2, '0.667': 2 });
  return { width: Math.round(longest * Number(ratio)), height: longest };
}
