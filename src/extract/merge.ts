/**
 * Hints of all sources -> one product. The rules for conflicts, all of them:
 *
 * 1. A field comes from the first source that has it: selector, json-ld, microdata, rdfa, open-graph, page.
 * 2. Breadcrumbs: selector, structured trail, visible trail, the category named by structured data.
 * 3. Price, list price and tax come from one source, so that they belong together, except:
 *    a. where the markup's price is the list price the page shows beside a lower price, the lower one is right:
 *       markup is often not told of a sale;
 *    b. where the markup's price is the page's tax-included price without tax, the tax-included one is right;
 *    c. a list price or a tax remark that the source lacks is taken from the page, when both agree on the price.
 * 4. A list price counts only above the price.
 * 5. Availability: as rule 1; `unknown` when no source has it.
 * 6. Two sources that agree on the price make it surer, two that differ less sure.
 */
import type { FieldTrace, Offer, Product, ProductField } from '../domain/product.js';
import type { PriceHint, SourceHints } from './hints.js';
import { isUntaxed } from './price.js';

export interface Trail {
  readonly names: readonly string[];
  readonly source: FieldTrace['source'];
  readonly confidence: number;
}

export interface MergeInput {
  readonly url: string;
  /** In the order of rule 1, the page last. */
  readonly sources: readonly SourceHints[];
  /** In the order of rule 2. */
  readonly trails: readonly Trail[];
  readonly titleConfidence: number;
  readonly priceConfidence: number;
}

export interface Merged {
  /** Null without a title. */
  readonly product: Product | null;
  readonly traces: readonly FieldTrace[];
}

type TextField = 'title' | 'description' | 'brand' | 'sku' | 'gtin' | 'mpn';

/** Confidence of what the page's text says, by field. */
const PAGE_CONFIDENCE: Readonly<Partial<Record<ProductField, number>>> = {
  description: 0.5,
  images: 0.6,
  sku: 0.7,
};
const CURRENCY_CONFIDENCE = { mark: 1, markup: 1, language: 0.9, shop: 0.9 } as const;

export function mergeHints(input: MergeInput): Merged {
  const { sources } = input;
  const traces: FieldTrace[] = [];
  const text = (field: TextField): string | null => {
    const source = sources.find((hints) => hints[field] !== null);
    if (source === undefined) return null;
    traces.push({ field, source: source.source, confidence: confidenceOf(source, field, input) });
    return source[field];
  };
  const title = text('title');
  if (title === null) return { product: null, traces: [] };
  const rest = {
    description: text('description'),
    brand: text('brand'),
    sku: text('sku'),
    gtin: text('gtin'),
    mpn: text('mpn'),
  };
  const trail = input.trails.find(({ names }) => names.length > 0);
  if (trail !== undefined) {
    traces.push({ field: 'breadcrumbs', source: trail.source, confidence: trail.confidence });
  }
  const images = sources.find((hints) => hints.images.length > 0);
  if (images !== undefined) {
    traces.push({
      field: 'images',
      source: images.source,
      confidence: confidenceOf(images, 'images', input),
    });
  }
  const product = {
    url: input.url,
    title,
    ...rest,
    breadcrumbs: trail?.names ?? [],
    offer: mergeOffer(input, traces),
    images: images?.images ?? [],
  };
  return { product, traces };
}

function confidenceOf(hints: SourceHints, field: ProductField, input: MergeInput): number {
  if (hints.source !== 'page') return hints.confidence;
  return field === 'title' ? input.titleConfidence : (PAGE_CONFIDENCE[field] ?? hints.confidence);
}

function mergeOffer(input: MergeInput, traces: FieldTrace[]): Offer | null {
  const priced = input.sources.find(({ price }) => price?.price);
  const stocked = input.sources.find(({ availability }) => availability !== null);
  if (priced?.price?.price === undefined || priced.price.price === null) return null;
  const shown = input.sources.find(({ source, price }) => source === 'page' && price?.price);
  const settled = settlePrice(priced, shown ?? null, input.priceConfidence);
  const { price, listPrice, taxIncluded } = settled.hint;
  if (price === null) return null;
  traces.push({ field: 'price', source: settled.source, confidence: settled.confidence });
  const isAbove =
    listPrice !== null && listPrice.currency === price.currency && listPrice.minor > price.minor;
  if (isAbove)
    traces.push({ field: 'listPrice', source: settled.listSource, confidence: settled.confidence });
  if (stocked !== undefined) {
    const { source, confidence } = stocked;
    traces.push({ field: 'availability', source, confidence });
  }
  return {
    price,
    listPrice: isAbove ? listPrice : null,
    availability: stocked?.availability ?? 'unknown',
    taxIncluded,
  };
}

interface Settled {
  readonly hint: PriceHint;
  readonly source: FieldTrace['source'];
  readonly listSource: FieldTrace['source'];
  readonly confidence: number;
}

/** Rules 3 and 6. */
function settlePrice(markup: SourceHints, page: SourceHints | null, pageConfidence: number): Settled {
  const said = markup.price ?? { price: null, listPrice: null, taxIncluded: null, currencyFrom: 'mark' };
  const shown = page?.price ?? null;
  const base =
    (markup.source === 'page' ? pageConfidence : markup.confidence) * CURRENCY_CONFIDENCE[said.currencyFrom];
  const alone = { hint: said, source: markup.source, listSource: markup.source, confidence: base };
  if (
    shown === null ||
    shown.price === null ||
    said.price === null ||
    markup.source === 'page' ||
    markup.source === 'selector'
  )
    return alone;
  if (shown.price.currency !== said.price.currency) return { ...alone, confidence: base * 0.7 };
  if (shown.price.minor === said.price.minor) {
    const hint = {
      ...said,
      listPrice: said.listPrice ?? shown.listPrice,
      taxIncluded: said.taxIncluded ?? shown.taxIncluded,
    };
    const listSource = said.listPrice === null ? ('page' as const) : markup.source;
    return { hint, source: markup.source, listSource, confidence: Math.max(base, 0.98) };
  }
  const isOnSale = shown.listPrice?.minor === said.price.minor && shown.price.minor < said.price.minor;
  const isTaxed = shown.taxIncluded === true && isUntaxed(said.price, shown.price);
  if ((isOnSale || isTaxed) && pageConfidence >= 0.6) {
    return { hint: shown, source: 'page', listSource: 'page', confidence: pageConfidence };
  }
  return { ...alone, confidence: base * 0.8 };
}
