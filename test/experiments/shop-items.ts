/** Items of a real shop with words and pictures: the Magento products of the folder that FASHIOND_DATA names. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError } from '../../src/domain/errors.js';
import { parseCsv } from '../../src/learn/dataset/csv.js';
import { sharedTexts } from '../support/shared-texts.js';
import type { TrueText } from '../support/text-figures.js';

export interface ShopItem extends TrueText {
  /** Paths, in the order of the list. */
  readonly pictures: readonly string[];
}

/** Views of one colour of each product that has both words and pictures. */
export async function shopItems(data: string): Promise<ShopItem[]> {
  const texts = sharedTexts()?.magento;
  if (texts === undefined) {
    throw new FashiondError('not-found', `${data} has no text/products-en.jsonl`, {
      hint: 'set FASHIOND_DATA to the folder that holds text/ and images/',
    });
  }
  const [head, ...rows] = parseCsv(await readFile(join(data, 'manifest-shops.csv'), 'utf8'));
  const column = (name: string): number => head?.fields.indexOf(name) ?? -1;
  const [path, product, colour] = [column('path'), column('product'), column('colour')];
  const pictures = new Map<string, { readonly colour: string; readonly paths: string[] }>();
  for (const { fields } of rows) {
    const name = fields[product] ?? '';
    const known = pictures.get(name) ?? { colour: fields[colour] ?? '', paths: [] };
    if (known.colour === fields[colour]) known.paths.push(join(data, fields[path] ?? ''));
    pictures.set(name, known);
  }
  return texts.flatMap((text) => {
    const paths = pictures.get(text.id)?.paths ?? [];
    return paths.length === 0 ? [] : [{ ...text, pictures: paths }];
  });
}
