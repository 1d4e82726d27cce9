/** The vocabulary of categories that ships with fashiond. */
import { shippedCategoriesPath } from '../config/assets.js';
import { readCategories } from '../config/categories.js';
import { readSource } from '../config/read-source.js';
import type { Category } from '../domain/category.js';
import { FashiondError } from '../domain/errors.js';

export async function shippedCategories(): Promise<readonly Category[]> {
  const read = await readSource(shippedCategoriesPath, {});
  if (read.ok) return readCategories(read.source).categories;
  throw new FashiondError('config', read.problem.message, { hint: 'install fashiond again' });
}
