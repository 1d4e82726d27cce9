/** Picture files in folders per class, below train/, validation/ and test/ or directly below the root. */
import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { PICTURE_LIST } from '../../domain/picture-list.js';
import type { Split } from './dataset.js';
import { splitNamed } from './found-picture.js';
import type { Found, FoundPicture, LeftOut } from './found-picture.js';
import { readPictureList } from './picture-list.js';

const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png', '.webp']);

/** The name of a root's pictures: its last folder. */
export function sourceOf(root: string): string {
  return basename(resolve(root));
}

/**
 * Sorted by path, so that the same folders always give the same data set. `groupBy` is matched with file names;
 * its first group is the picture's group. A pictures.csv in the root tells the pictures' attributes.
 */
export async function findPictures(root: string, groupBy: RegExp | null): Promise<Found> {
  const source = sourceOf(root);
  const folders = await subfolders(root);
  const told = await readPictureList(root);
  const pictures: FoundPicture[] = [];
  const left: LeftOut[] = [];
  const isSplit = folders.some((folder) => splitNamed(folder) === 'train');
  const take = async (parent: string, folder: string, prefix: string, split: Split | null): Promise<void> => {
    const names = await readdir(join(parent, folder));
    for (const name of names) {
      const path = `${prefix}/${folder}/${name}`;
      if (EXTENSIONS.has(extname(name).toLowerCase())) {
        const group = groupBy?.exec(name)?.[1] ?? null;
        pictures.push({
          file: join(parent, folder, name),
          path,
          source,
          className: folder,
          split,
          group: group === null ? null : `${source}:${group}`,
          dealtBy: group ?? name,
          attributes: told.get(path.slice(source.length + 1)) ?? {},
        });
        // Hidden files are the file manager's.
      } else if (!name.startsWith('.')) {
        left.push({ path, why: `not named ${[...EXTENSIONS].join(', ')}` });
      }
    }
  };
  for (const folder of folders) {
    const split = splitNamed(folder);
    if (!isSplit) await take(root, folder, source, null);
    else if (split === null) left.push({ path: `${source}/${folder}`, why: 'no split folder' });
    else {
      for (const one of await subfolders(join(root, folder))) {
        await take(join(root, folder), one, `${source}/${folder}`, split);
      }
    }
  }
  const found = new Set(pictures.map(({ path }) => path));
  for (const path of told.keys()) {
    const whole = `${source}/${path}`;
    if (!found.has(whole))
      left.push({ path: whole, why: `in ${PICTURE_LIST}, but there is no such picture` });
  }
  return {
    pictures: pictures.sort(byPath),
    left: left.sort(byPath),
    sources: [{ name: source, licence: null }],
  };
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

async function subfolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    throw new FashiondError('not-found', `cannot read the folder ${folder}: ${messageOf(error)}`, {
      hint: 'name a folder that holds one folder of pictures per class',
      cause: error,
    });
  }
}
