/** What one source of a page says of its product. Sources are read alone; merge.ts settles their conflicts. */
import { gtin14 } from '../domain/gtin.js';
import type { Money } from '../domain/money.js';
import type { Availability, FieldSource, ReadingHints, Variant } from '../domain/product.js';
import type { FoundCurrency } from './currency.js';

export interface PriceHint {
  /** Null where only a list price is shown. */
  readonly price: Money | null;
  readonly listPrice: Money | null;
  readonly taxIncluded: boolean | null;
  readonly currencyFrom: FoundCurrency['from'];
}

/** One colour and size, as one source has it. Absent fields are the product's. */
export interface VariantHint extends Omit<Variant, 'offer' | 'availability'> {
  readonly price: PriceHint | null;
  readonly availability: Availability | null;
}

export const NO_VARIANT: VariantHint = {
  title: null,
  sku: null,
  gtin: null,
  mpn: null,
  colour: null,
  size: null,
  url: null,
  images: [],
  price: null,
  availability: null,
};

/** Absent fields are null or empty lists. Texts are collapsed; pictures are absolute URLs. */
export interface SourceHints {
  readonly source: FieldSource;
  /** Of the source as a whole, 0 to 1. */
  readonly confidence: number;
  readonly title: string | null;
  readonly description: string | null;
  readonly brand: string | null;
  readonly sku: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly breadcrumbs: readonly string[];
  readonly images: readonly string[];
  readonly price: PriceHint | null;
  readonly availability: Availability | null;
  readonly variants: readonly VariantHint[];
  /** The source alone says that this is a product page. */
  readonly isProduct: boolean;
}

export const NO_HINTS: Omit<SourceHints, 'source' | 'confidence'> = {
  title: null,
  description: null,
  brand: null,
  sku: null,
  gtin: null,
  mpn: null,
  breadcrumbs: [],
  images: [],
  price: null,
  availability: null,
  variants: [],
  isProduct: false,
};

/** What every source needs to know of the page it is on. */
export interface PageContext {
  /** Without fragment. */
  readonly url: string;
  /** What relative URLs are relative to. */
  readonly base: string;
  readonly canonicalUrl: string | null;
  /** BCP 47 tag, from the page, else from the shop. */
  readonly language: string | null;
  readonly hints: ReadingHints;
  /** ISO 4217 code of the prices that the page's markup names: `$` beside an amount is a dollar of that kind. */
  readonly currency: string | null;
  /** Headings and titles by which the page names its subject, the surest first. */
  readonly names: readonly string[];
  readonly warn: (warning: string) => void;
}

/** Most names are; they need no tables of the world's letters. */
const PLAIN = /^[\x20-\x7e]*$/;

/** Letters and digits only, so that two spellings of one name are equal. */
export function nameKey(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Whether the page names its subject so, or the name holds what the page calls its subject. */
export function isNamed(context: PageContext, name: string): boolean {
  const key = nameKey(name);
  if (key.length < 3) return false;
  return context.names.some((other) => {
    const otherKey = nameKey(other);
    return otherKey.includes(key) || (otherKey.length >= 6 && key.includes(otherKey));
  });
}

/** GTIN-8, -12, -13 or -14 with a right check digit, digits only, as long as it is written; else null. */
export function validGtin(text: string | null): string | null {
  if (text === null || gtin14(text) === null) return null;
  return text.normalize('NFKC').replaceAll(/\D/g, '');
}

/** Absolute http(s) URL without fragment, or null. */
export function absoluteUrl(reference: string | null, base: string): string | null {
  if (reference === null || reference === '' || reference.length > 4000) return null;
  try {
    const url = new URL(reference.trim(), base);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
    url.hash = '';
    return url.href;
  } catch {
    return null;
  }
}
