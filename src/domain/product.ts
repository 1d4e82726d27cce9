/** What a page says about a product, field by field with its source. */
import type { Money } from './money.js';

/** `embedded`: state that a shop platform leaves in its scripts. `language` and `shop` name a currency alone. */
export type FieldSource =
  | 'selector'
  | 'json-ld'
  | 'microdata'
  | 'rdfa'
  | 'embedded'
  | 'open-graph'
  | 'breadcrumb'
  | 'feed'
  | 'page'
  | 'language'
  | 'shop';

export type Availability =
  'in-stock' | 'low-stock' | 'back-order' | 'pre-order' | 'sold-out' | 'discontinued' | 'unknown';

/** Availabilities in which somebody can order the item now. */
export const ORDERABLE: ReadonlySet<Availability> = new Set<Availability>([
  'in-stock',
  'low-stock',
  'back-order',
  'pre-order',
]);

export interface Offer {
  readonly price: Money;
  /** The price before a reduction, where the page shows one. */
  readonly listPrice: Money | null;
  readonly availability: Availability;
  /** Whether the price includes tax; null where the page does not say. */
  readonly taxIncluded: boolean | null;
}

/** One colour and size of a product. Absent fields are null, or the product's own where an offer is meant. */
export interface Variant {
  /** What the shop calls it, such as `Red / M`. */
  readonly title: string | null;
  readonly sku: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly colour: string | null;
  readonly size: string | null;
  readonly url: string | null;
  /** Null when neither the variant nor its product has a price. */
  readonly offer: Offer | null;
  /** With a price or without; the offer's where there is one. */
  readonly availability: Availability;
  readonly images: readonly string[];
}

/** A product as one page reads. Empty strings never occur: an absent field is null. */
export interface Product {
  /** Canonical URL of the page. */
  readonly url: string;
  readonly title: string;
  readonly description: string | null;
  readonly brand: string | null;
  readonly sku: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  /** From the outermost category to the innermost, without the home page and the product itself. */
  readonly breadcrumbs: readonly string[];
  /** Null when the page shows no price: the product is kept, without an offer. */
  readonly offer: Offer | null;
  /** What the page says of stock, with a price or without; the offer's where there is one. */
  readonly availability: Availability;
  /** Absolute URLs, the main picture first, each once. */
  readonly images: readonly string[];
  /** Colours and sizes, in the page's order; empty where the page shows no choice. */
  readonly variants: readonly Variant[];
}

export type ProductField = Exclude<keyof Product, 'url'>;

/** Where a field's value came from and how sure the reader is (0 to 1). */
export interface FieldTrace {
  readonly field: ProductField | 'price' | 'listPrice' | 'currency';
  readonly source: FieldSource;
  readonly confidence: number;
}

/** A field about which sources of one page disagree; values as text for people, the taken source's first. */
export interface Contradiction {
  readonly field: ProductField | 'price';
  readonly values: readonly { readonly source: FieldSource; readonly value: string }[];
}

/** An absolute URL of a page's links, and the price beside it. */
export interface ListedPrice {
  readonly url: string;
  readonly price: Money;
}

/** What was read from the bytes of one page. */
export interface PageReading {
  /** WHATWG label of the encoding the bytes were decoded with. */
  readonly encoding: string;
  /** `<link rel=canonical>` where present and on the page's own host, else null. */
  readonly canonicalUrl: string | null;
  /** Null when the page is no product page. */
  readonly product: Product | null;
  readonly traces: readonly FieldTrace[];
  /** Why there is no product, for people; null where there is one. */
  readonly noProduct: string | null;
  readonly contradictions: readonly Contradiction[];
  /** Absolute http(s) URLs of the page's anchors, in order, each once, fragments removed. */
  readonly links: readonly string[];
  /** Of a page that is no product page: what it says that items cost which it links to. */
  readonly listed?: readonly ListedPrice[];
  /** Robots meta / X-Robots-Tag nofollow: links must not be followed. */
  readonly nofollow: boolean;
  /** Things worth reporting, such as a broken JSON-LD block. */
  readonly warnings: readonly string[];
}

/** What the page reader is told about the shop besides the bytes. */
export interface ReadingHints {
  /** ISO 4217; used only where neither markup, symbol nor page language names the currency. */
  readonly currency: string | null;
  readonly language: string | null;
  /** CSS selectors per field; they win over every other source. */
  readonly selectors: Readonly<Partial<Record<SelectorField, string>>>;
}

export type SelectorField =
  | 'title'
  | 'description'
  | 'brand'
  | 'sku'
  | 'gtin'
  | 'mpn'
  | 'price'
  | 'listPrice'
  | 'availability'
  | 'breadcrumbs'
  | 'images';
