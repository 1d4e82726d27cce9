/** A folder of pictures of other things, decoded as a model wants them. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { categoryByName } from '../config/categories.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { ModelInput } from '../domain/model.js';
import { MAX_PIXELS } from '../domain/picture.js';
import { preparePixels } from '../images/prepare.js';
import type { OffDomainPictures } from '../learn/evaluation/off-domain.js';
import { shippedCategories } from './shipped-categories.js';

const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png', '.webp']);

/** The category that a folder's name stands for; null for none. */
export type CategoryOfFolder = (name: string) => string | null;

/**
 * Pictures at any depth, sorted by path; a picture's group is its folder. Folders named like a class of the model,
 * by any name that `categoryOf` (else the shipped vocabulary) knows, are left out: to accept their pictures is no mistake. Throws FashiondError `usage`
 * when nothing is left.
 */
export async function readOffDomain(
  folder: string,
  input: ModelInput,
  labels: readonly string[],
  categoryOf?: CategoryOfFolder,
): Promise<OffDomainPictures> {
  const categoryNamed = categoryOf ?? (await shippedNames());
  const leftOut = new Set<string>();
  const decoded: Uint8Array[] = [];
  const entries: { path: string; group: string }[] = [];
  let undecodable = 0;
  for (const path of await picturePaths(folder)) {
    const group = groupOf(folder, path);
    const category = categoryNamed(basename(dirname(join(folder, path))));
    if (category !== null && labels.includes(category)) {
      leftOut.add(group);
      continue;
    }
    const outcome = await preparePixels(await readFile(join(folder, path)), {
      ...input,
      maxPixels: MAX_PIXELS,
    });
    if (outcome.kind === 'refused') undecodable += 1;
    else {
      decoded.push(outcome.pixels);
      entries.push({ path, group });
    }
  }
  if (decoded.length === 0) {
    throw new FashiondError('usage', `${folder} has no picture of anything but the model's classes`, {
      hint: 'name a folder with JPEG, PNG or WebP pictures of other things',
    });
  }
  const bytes = input.size ** 2 * 3;
  const pixels = new Uint8Array(decoded.length * bytes);
  for (const [at, picture] of decoded.entries()) pixels.set(picture, at * bytes);
  return { pixels, entries, undecodable, leftOut: [...leftOut] };
}

async function shippedNames(): Promise<CategoryOfFolder> {
  const categories = await shippedCategories();
  return (name) => categoryByName(categories, name)?.id ?? null;
}

async function picturePaths(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && EXTENSIONS.has(extname(entry.name).toLowerCase()))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort((a, b) => (a < b ? -1 : 1));
  } catch (error) {
    throw new FashiondError('not-found', `cannot read the folder ${folder}: ${messageOf(error)}`, {
      hint: 'name a folder of pictures that show no class of the model',
      cause: error,
    });
  }
}

function groupOf(folder: string, path: string): string {
  const parent = dirname(path);
  return parent === '.' ? basename(resolve(folder)) : parent;
}
