/**
 * Which of a page's Product items the page is about. Lists and "related items" are marked up as Products, too:
 * on a page with several the one counts whose URL or name is the page's own; where none is, it is a list.
 */
import type { FieldSource } from '../domain/product.js';
import { isNamed, nameKey } from './hints.js';
import type { PageContext, SourceHints } from './hints.js';
import { hasType, itemsOf, textOf } from './items.js';
import type { Item } from './items.js';
import { productHints } from './schema-product.js';

const PRODUCT_TYPES = ['product', 'productgroup', 'individualproduct', 'productmodel', 'someproducts'];

export interface MainProduct {
  readonly hints: SourceHints | null;
  /** Products were marked up and none of them is the page's subject. */
  readonly isList: boolean;
}

export function mainProduct(items: readonly Item[], source: FieldSource, context: PageContext): MainProduct {
  const products = items.flatMap((item) => [
    ...(isProduct(item) ? [item] : []),
    ...itemsOf(item, 'mainentity', 'mainentityofpage', 'about').filter(isProduct),
  ]);
  const chosen = choose(products, context);
  return {
    hints: chosen === null ? null : productHints(chosen, source, context),
    isList: products.length > 1 && chosen === null,
  };
}

function isProduct(item: Item): boolean {
  return hasType(item, ...PRODUCT_TYPES);
}

function choose(products: readonly Item[], context: PageContext): Item | null {
  const byUrl = products.filter((product) => isAt(textOf(product, 'url', '@id'), context));
  if (byUrl[0] !== undefined) return richest(byUrl);
  const [subject] = context.names;
  const key = nameKey(subject ?? '');
  const exact = products.filter((product) => key !== '' && nameKey(textOf(product, 'name') ?? '') === key);
  if (exact[0] !== undefined) return richest(exact);
  const named = products.filter((product) => isNamed(context, textOf(product, 'name') ?? ''));
  if (named.length === 1 && named[0] !== undefined) return named[0];
  const [only] = products;
  if (products.length !== 1 || only === undefined) return null;
  // A lone teaser for another page is not this page's subject.
  const elsewhere = textOf(only, 'url') !== null && context.names.length > 0 && named.length === 0;
  return elsewhere ? null : only;
}

/** Templates often describe a product twice, once with the offer and once with the reviews. */
function richest(products: readonly Item[]): Item | null {
  let best: Item | null = null;
  for (const product of products) {
    if (best === null || worth(product) > worth(best)) best = product;
  }
  return best;
}

function worth(product: Item): number {
  return (
    product.properties.size +
    (product.properties.has('offers') || product.properties.has('hasvariant') ? 100 : 0)
  );
}

function isAt(url: string | null, context: PageContext): boolean {
  if (url === null) return false;
  const path = pathOf(url, context.base);
  if (path === null || path === '/') return false;
  return (
    path === pathOf(context.url, context.base) || path === pathOf(context.canonicalUrl ?? '', context.base)
  );
}

function pathOf(reference: string, base: string): string | null {
  if (reference === '' || reference.startsWith('#')) return null;
  try {
    const url = new URL(reference, base);
    // Old shops tell their products apart by the query alone.
    const query = [...url.searchParams].filter(
      ([name]) => !/^(?:utm_|variant|srsltid|gclid|fbclid)/.test(name),
    );
    return url.pathname.replace(/\/$/, '') + JSON.stringify(query);
  } catch {
    return null;
  }
}
