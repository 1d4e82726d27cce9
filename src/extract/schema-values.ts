/** Values that products and their variants share in schema.org. */
import { absoluteUrl, validGtin } from './hints.js';
import type { PageContext } from './hints.js';
import { isItem, textOf, valuesOf } from './items.js';
import type { Item } from './items.js';

/** `read`: the first of these properties as text. */
export function gtinOf(read: (...names: string[]) => string | null): string | null {
  const text = read('gtin13', 'gtin', 'gtin14', 'gtin12', 'gtin8', 'ean', 'isbn');
  return validGtin(text?.replace(/^(?:ean|jan|gtin|upc|urn:gtin):?-?/i, '') ?? null);
}

/** Absolute, each once. */
export function imagesOf(product: Item, context: PageContext): string[] {
  const urls = valuesOf(product, 'image', 'images', 'photo').map((value) =>
    isItem(value) ? (textOf(value, 'contenturl', 'url', 'thumbnailurl', '@id') ?? value.id) : String(value),
  );
  const absolute = urls.map((url) => absoluteUrl(url, context.base)).filter((url) => url !== null);
  return [...new Set(absolute)];
}
