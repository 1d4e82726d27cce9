/** Lists of rendered pictures for the import: of what lies in a folder, the pictures that an experiment asks for. */
import { join, relative } from 'node:path';
import { categoryOfKind } from '../../src/garments/spec.js';
import { readPictureList } from '../../src/learn/dataset/picture-list.js';
import type { Split } from '../../src/learn/dataset/dataset.js';
import { writeFileAtomic } from '../../src/platform/atomic-file.js';
import type { Rendering } from './rendered-pictures.js';

export interface Listed extends Pick<Rendering, 'kinds' | 'perClass'> {
  /** As `renderedPictures` gave it for these kinds. */
  readonly folder: string;
  /** By the picture's number within its class, from 0. */
  readonly splitOf: (number: number) => Split;
}

/** Licence of what this project renders. */
export const RENDERED_LICENCE = { rendered: 'MIT' } as const;

/** What the lists tell of a picture beside its class, and figures are broken down by. */
export const RENDERED_ATTRIBUTES = ['presentation'] as const;

/** Writes the list into the work folder and returns its path. */
export async function writeRenderedList(
  work: string,
  name: string,
  parts: readonly Listed[],
): Promise<string> {
  const rows: string[] = [];
  for (const { folder, kinds, perClass, splitOf } of parts) {
    const wanted = new Set(kinds.map(categoryOfKind));
    for (const [path, { presentation = '' }] of await readPictureList(folder)) {
      const [category = '', file = ''] = path.split('/');
      const number = Number.parseInt(file, 10);
      if (!wanted.has(category) || number >= perClass) continue;
      const place = relative(work, join(folder, path));
      rows.push([place, category, splitOf(number), 'rendered', presentation].join());
    }
  }
  const list = join(work, `${name}.csv`);
  await writeFileAtomic(list, `path,class,split,source,presentation\n${rows.join('\n')}\n`);
  return list;
}
