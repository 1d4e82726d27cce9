/**
 * State that shops leave in scripts -> hints: any object with the shape of a product that the page names as its
 * subject, and the variant tables of platforms. Other items' objects (recommendations, carts) carry other names.
 */
import type { SourceHints } from './hints.js';
import { nameKey, NO_HINTS } from './hints.js';
import type { PageContext } from './hints.js';
import { embeddedProduct, NAME_FIELDS } from './embedded-product.js';
import { currencyIn, fieldsOf, plainKey, textIn } from './embedded-values.js';
import type { Fields } from './embedded-values.js';
import { galleryImages, platformVariants } from './embedded-platforms.js';
import type { HtmlPage } from './html.js';
import { scriptData } from './script-data.js';

const MAX_DEPTH = 14;
const MAX_OBJECTS = 60_000;
const MAX_FOUND = 40;
/** One of these beside a name makes a product of an object. */
const SIGNS = [
  'price',
  'prices',
  'saleprice',
  'currentprice',
  'finalprice',
  'listprice',
  'pricerange',
  'pricing',
  'priceinfo',
  'variants',
  'skus',
  'offers',
  'sellingprice',
  'itemprice',
  'minprice',
  'pricemin',
] as const;

interface Found {
  readonly fields: Fields;
  readonly currency: string | null;
  readonly isExact: boolean;
}

export function embeddedHints(page: HtmlPage, context: PageContext): SourceHints | null {
  const data = scriptData(page);
  const rules = { currency: data.currency, hundredths: false, context };
  const variants = data.hasTables ? platformVariants(page, data.values, rules) : [];
  const images = data.hasTables ? galleryImages(data.values, rules) : [];
  const found = new Finder(context);
  for (const value of data.values) found.visit(value, 0, data.currency, '');
  // Where an object has the subject's very name, those that only hold it (a variant's, a bundle's) say nothing.
  const exact = found.products.filter(({ isExact }) => isExact);
  const products = (exact.length > 0 ? exact : found.products)
    .map(({ fields, currency }) => embeddedProduct(fields, context, currency))
    .sort((a, b) => worth(b) - worth(a));
  const [best, ...others] = products;
  if (best === undefined && variants.length === 0 && images.length === 0) return null;
  const named =
    best === undefined ? NOTHING : { ...others.reduce(fill, best), isProduct: best.price !== null };
  return {
    ...named,
    variants: variants.length > named.variants.length ? variants : named.variants,
    images: named.images.length > 0 ? named.images : images,
  };
}

const NOTHING: SourceHints = { ...NO_HINTS, source: 'embedded', confidence: 0.8 };

/** What the fuller description lacks is taken from another of the same product. */
function fill(best: SourceHints, other: SourceHints): SourceHints {
  return {
    ...best,
    brand: best.brand ?? other.brand,
    sku: best.sku ?? other.sku,
    gtin: best.gtin ?? other.gtin,
    mpn: best.mpn ?? other.mpn,
    images: best.images.length > 0 ? best.images : other.images,
    price: best.price ?? other.price,
    availability: best.availability ?? other.availability,
    variants: best.variants.length > 0 ? best.variants : other.variants,
  };
}

function worth(hints: SourceHints): number {
  const { price, variants, sku, brand, images, availability } = hints;
  const has = (value: unknown): number => (value === null ? 0 : 1);
  return (
    has(price) * 4 +
    Math.min(variants.length, 1) * 4 +
    has(sku) * 2 +
    has(brand) +
    has(availability) +
    Math.min(images.length, 2)
  );
}

const telling = new Map<string, boolean>();
/** A page may use any names: what is remembered of them is bounded. */
const REMEMBERED = 5000;

function isTelling(name: string): boolean {
  const known = telling.get(name);
  if (known !== undefined) return known;
  const tells = /pric|currency|variants|skus|offers/i.test(name);
  if (telling.size < REMEMBERED) telling.set(name, tells);
  return tells;
}

const NAMES: ReadonlySet<string> = new Set(NAME_FIELDS);

/** Objects, and texts that may be JSON. */
function mayHoldMore(value: unknown): boolean {
  if (typeof value === 'object') return value !== null;
  return typeof value === 'string' && value.length > 60 && /^\s*[{[]/.test(value) && /pric/i.test(value);
}

class Finder {
  readonly products: Found[] = [];
  readonly #context: PageContext;
  readonly #subjects: ReadonlySet<string>;
  #objects = 0;

  constructor(context: PageContext) {
    this.#context = context;
    this.#subjects = new Set(context.names.map(nameKey));
  }

  visit(value: unknown, depth: number, around: string | null, key: string): void {
    if (typeof value !== 'object' || value === null || depth > MAX_DEPTH || this.products.length >= MAX_FOUND)
      return;
    this.#objects += 1;
    if (this.#objects > MAX_OBJECTS) return;
    if (Array.isArray(value)) {
      for (const entry of value as unknown[]) this.visit(entry, depth + 1, around, key);
      return;
    }
    const keys = Object.keys(value);
    const record = value as Readonly<Record<string, unknown>>;
    const inside = keys.filter((name) => mayHoldMore(record[name]));
    // Only an object with a price-like key, and none of another item, is worth the cost of normalizing its names.
    const tells = keys.some(isTelling) && (inside.length > 0 || this.#mayMatch(record, keys));
    const fields = tells ? fieldsOf(value) : null;
    const match = fields === null || key === 'related' ? null : this.#matchOf(fields);
    const currency = (fields === null ? null : currencyIn(fields)) ?? around;
    if (fields !== null && match !== null)
      this.products.push({ fields, currency, isExact: match === 'exact' });
    for (const name of inside) {
      const inner = record[name];
      // A product's variants bear its name, and are read with it.
      if (match === 'exact' && /^(?:variants|skus|variations|offers)$/i.test(name)) continue;
      if (typeof inner === 'object')
        this.visit(inner, depth + 1, currency, RELATED.test(name) ? 'related' : name);
      else if (typeof inner === 'string') this.visit(parsed(inner), depth + 1, currency, name);
    }
  }

  /** False where the names that an object bears are all another item's. */
  #mayMatch(record: Readonly<Record<string, unknown>>, keys: readonly string[]): boolean {
    let isNamed = false;
    for (const key of keys) {
      if (!NAMES.has(plainKey(key))) continue;
      const name = record[key];
      if (typeof name !== 'string' || /[<&]/.test(name)) return true;
      isNamed = true;
      if (this.#nameMatch(name) !== null) return true;
    }
    return !isNamed;
  }

  /** Whether an object bears the name of the page's subject, or one that holds it. */
  #matchOf(fields: Fields): 'exact' | 'close' | null {
    if (!SIGNS.some((name) => fields.has(name))) return null;
    const name = textIn(fields, ...NAME_FIELDS);
    if (name === null) {
      return fields.has('vendor') && fields.has('variants') && isAtHandle(fields, this.#context)
        ? 'exact'
        : null;
    }
    return this.#nameMatch(name);
  }

  #nameMatch(name: string): 'exact' | 'close' | null {
    const own = nameKey(name);
    if (this.#subjects.has(own)) return 'exact';
    // As isNamed, on keys that were made once.
    const isClose = [...this.#subjects].some(
      (key) => key.includes(own) || (key.length >= 6 && own.includes(key)),
    );
    return own.length >= 3 && isClose ? 'close' : null;
  }
}

const RELATED = /related|recommend|similar|upsell|crosssell|recently|also|cart|wishlist|complete/i;

/** An analytics object without a name: its handle, where it has one, must be the page's. */
function isAtHandle(fields: Fields, context: PageContext): boolean {
  const handle = textIn(fields, 'handle', 'slug');
  return handle === null ? /\/products?\//.test(context.url) : context.url.includes(handle);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
