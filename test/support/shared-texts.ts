/** Shops' texts of the data folder that FASHIOND_DATA names. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrueText } from './text-figures.js';

/** What each class of the Magento products may be called. A watch is no garment. */
const TRUTHS: Readonly<Record<string, readonly string[]>> = {
  bag: ['bag'],
  bra: ['bra', 'tank-top'],
  'hoodie-sweatshirt': ['hoodie', 'sweatshirt'],
  jacket: ['coat', 'blazer', 'vest', 'overshirt'],
  pants: ['trousers', 'leggings', 'tights', 'joggers', 'jeans', 'chinos', 'cargo-pants'],
  shorts: ['shorts'],
  't-shirt': ['t-shirt', 'long-sleeve', 'polo'],
  tank: ['tank-top', 'camisole'],
  watch: ['no-garment'],
  'fitness-gear': ['no-garment'],
  '': ['no-garment'],
};

/** Sections of the other shop that sell gear; what is worn among it is told by its title. */
const THING_SECTIONS = /^(Cycling|Navigation|Trekking|Climbing|Ski\/boarding)$/;
const WORN = /\b(shoes?|boots?|gloves?|socks?|jackets?|pants?|jersey|shorts?|bag|backpack)\b/i;

interface SharedText {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly category_path: string;
  readonly class: string;
}

/** With the shop's own number of the item. */
export interface SharedItem extends TrueText {
  readonly id: string;
}

/** Null without the folder. `things`: gear that nobody wears. */
export function sharedTexts(): { readonly magento: SharedItem[]; readonly things: SharedItem[] } | null {
  const folder = process.env['FASHIOND_DATA'];
  const path = join(folder ?? '', 'text', 'products-en.jsonl');
  if (folder === undefined || !existsSync(path)) return null;
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SharedText);
  const textOf = (row: SharedText, truth: readonly string[]): SharedItem => ({
    id: row.id.slice(row.id.indexOf(':') + 1),
    truth,
    text: {
      title: row.title,
      description: row.text,
      brand: null,
      breadcrumbs: row.category_path.split('/').filter((crumb) => crumb !== ''),
    },
  });
  return {
    magento: rows
      .filter(({ id }) => id.startsWith('magento:'))
      .map((row) => textOf(row, TRUTHS[row.class] ?? ['no-garment'])),
    things: rows
      .filter(
        ({ id, title, category_path }) =>
          id.startsWith('eshop:') && THING_SECTIONS.test(category_path) && !WORN.test(title),
      )
      .map((row) => textOf(row, ['no-garment'])),
  };
}
