/** Real photos from the folder that FASHIOND_DATA names. They are no part of this project. */
import { join } from 'node:path';
import type { CliContext } from '../../src/cli/context.js';
import type { CategoryId } from '../../src/domain/ids.js';

/** The folder of pictures; null, with a visible word, where there is none. */
export function photosFolder(experiment: string, context: CliContext): string | null {
  const data = process.env['FASHIOND_DATA'];
  if (data !== undefined && data !== '') return join(data, 'images');
  context.print(
    `${experiment}: skipped, it needs real photos: set FASHIOND_DATA to the folder that holds them`,
  );
  return null;
}

export const PHOTO_LICENCES = {
  clothing: 'CC0-1.0',
  'clothing-extra': 'CC0-1.0',
  magento: 'OSL-3.0',
} as const;

/** Folder names of the photos -> categories. What is not here is left out. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['blazer', 'coat'],
  ['blouse', 'shirt'],
  ['dress', 'dress'],
  ['hat', 'hat'],
  ['hoodie', 'long-sleeve'],
  ['hoodie-sweatshirt', 'long-sleeve'],
  ['jacket', 'coat'],
  ['longsleeve', 'long-sleeve'],
  ['outwear', 'coat'],
  ['pants', 'trousers'],
  ['polo', 't-shirt'],
  ['shirt', 'shirt'],
  ['shoes', 'shoes'],
  ['shorts', 'shorts'],
  ['skirt', 'skirt'],
  ['t-shirt', 't-shirt'],
  ['tank', 't-shirt'],
  ['undershirt', 't-shirt'],
]);

export function photoClass(folder: string): CategoryId | null {
  return (CLASSES.get(folder) ?? null) as CategoryId | null;
}
