/**
 * A rendered data set: OUT/CATEGORY/NUMBER.jpg, as many as asked for, the same for the same seed, and
 * OUT/pictures.csv, which says how each is shown.
 */
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError } from '../domain/errors.js';
import { LIST_COLUMNS, PICTURE_LIST } from '../domain/picture-list.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { Random, seedOf } from '../platform/random.js';
import { garmentSpec, renderGarment } from './render.js';
import { categoryOfKind, GARMENT_KINDS } from './spec.js';
import type { PictureSize } from './stage.js';
import type { GarmentKind, GarmentSpec, Profile } from './spec.js';

export interface DatasetOptions {
  /** Folder the class folders are made in. */
  readonly out: string;
  readonly perClass: number;
  readonly seed: number;
  readonly profile: Profile;
  /** Longer side of the pictures, in pixels. */
  readonly size: number;
  readonly kinds?: readonly GarmentKind[];
  /** Leaves pictures as they are whose files are there; whether they are the same ones is the caller's affair. */
  readonly reuse?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Picture `number` of a kind, as JPEG, with its spec; the same for the same options. */
export async function datasetPicture(
  kind: GarmentKind,
  number: number,
  { seed, profile, size }: Pick<DatasetOptions, 'seed' | 'profile' | 'size'>,
): Promise<{ readonly spec: GarmentSpec; readonly bytes: Buffer }> {
  const own = seedOf(seed, kind, number);
  const spec = garmentSpec(kind, own, profile);
  return { spec, bytes: await renderGarment(spec, pictureSize(size, own)) };
}

/** The encoder works on its own threads: a few pictures at once keep them busy. */
const IN_FLIGHT = 4;

/**
 * Writes the pictures and returns how many it drew.
 *
 * @throws FashiondError `cancelled` when the signal aborts; what is written stays, listed, and every file is whole.
 */
export async function renderDataset(options: DatasetOptions): Promise<number> {
  const { out, perClass, seed, profile, size } = options;
  const kinds = options.kinds ?? GARMENT_KINDS;
  for (const kind of kinds) await mkdir(join(out, categoryOfKind(kind)), { recursive: true });
  // A list of earlier pictures would speak of those that take their places.
  await rm(join(out, PICTURE_LIST), { force: true });
  const listed: string[] = [];
  const total = kinds.length * perClass;
  let next = 0;
  let done = 0;
  let drawn = 0;
  const work = async (): Promise<void> => {
    while (next < total) {
      if (options.signal?.aborted === true) throw new FashiondError('cancelled', 'rendering was cancelled');
      // Classes take turns, so that a data set cut short is still balanced.
      const kind = kinds[next % kinds.length];
      const number = Math.floor(next / kinds.length);
      next += 1;
      if (kind === undefined) return;
      const own = seedOf(seed, kind, number);
      const spec = garmentSpec(kind, own, profile);
      const path = `${categoryOfKind(kind)}/${String(number).padStart(5, '0')}.jpg`;
      const file = join(out, path);
      if (options.reuse !== true || !(await exists(file))) {
        await writeFile(`${file}.part`, await renderGarment(spec, pictureSize(size, own)));
        await rename(`${file}.part`, file);
        drawn += 1;
      }
      listed.push(listLine(path, spec));
      done += 1;
      options.onProgress?.(done, total);
    }
  };
  // All of them, also where one fails: what the others have in hand is written, and belongs in the list.
  const ends = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, work));
  await writeFileAtomic(join(out, PICTURE_LIST), [LIST_HEADER, ...listed.sort(), ''].join('\n'));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return drawn;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const LIST_HEADER = [LIST_COLUMNS.path, LIST_COLUMNS.class, 'presentation', 'framing', 'background'].join();

/** All of it are names of ours, which need no quotes. Framing is of pictures with a body only. */
function listLine(path: string, { garment, scene }: GarmentSpec): string {
  const onBody = scene.presentation === 'worn' || scene.presentation === 'mannequin';
  return [
    path,
    garment.category,
    scene.presentation,
    onBody ? scene.framing : '',
    scene.background.kind,
  ].join();
}

/** Shops and telephones take upright pictures about as often as square ones. */
function pictureSize(longest: number, seed: number): PictureSize {
  const ratio = new Random(seedOf(seed, 'ratio')).weighted({ '1': 4, '0.8': 3, '0.75': 2, '0.667': 2 });
  return { width: Math.round(longest * Number(ratio)), height: longest };
}
