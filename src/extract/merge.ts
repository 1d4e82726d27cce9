/**
 * Hints of all sources -> one product. The rules for conflicts, all of them:
 *
 * 1. A field comes from the first source that has it: selector, json-ld, microdata, rdfa, embedded, open-graph,
 *    page.
 * 2. Breadcrumbs: selector, structured trail, visible trail, the category named by structured data.
 * 3. Price, list price and tax come from one source, so that they belong together, except:
 *    a. where the markup's price is the list price the page shows beside a lower price, the lower one is right:
 *       markup is often not told of a sale;
 *    b. where the markup's price is the page's tax-included price without tax, the tax-included one is right;
 *    c. a list price or a tax remark that the source lacks, or a list price that it has without tax, is taken from the
 *       page, when both agree on the price.
 *    d. where the state in scripts differs from a price that the page shows surely, or is a hundred times as high,
 *       the page is right.
 * 4. A list price counts only above the price.
 * 5. Availability: as rule 1, with a price or without; `unknown` when no source has it.
 * 6. Two sources that agree on the price make it surer, two that differ less sure.
 * 7. Variants come from the source that tells most of them apart; of equals from the first. What a variant lacks
 *    is taken from another source's variant of its SKU, or its colour and size; prices then from its product. Where
 *    rule 3 overruled the product's price, it overrules the same price of a variant. The product is in stock when one
 *    of its variants is.
 * 8. What sources say differently is reported as a contradiction, whichever was taken.
 */
import type { Money } from '../domain/money.js';
import { ORDERABLE } from '../domain/product.js';
import type {
  Availability,
  Contradiction,
  FieldTrace,
  Offer,
  Product,
  ProductField,
} from '../domain/product.js';
import { contradictionsOf } from './contradictions.js';
import type { SourceHints } from './hints.js';
import { completed, stockOfVariants, variantOf, variantSource } from './merge-variants.js';
import { settlePrice } from './settle-price.js';

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
  readonly contradictions: readonly Contradiction[];
}

type TextField = 'title' | 'description' | 'brand' | 'sku' | 'gtin' | 'mpn';

/** Confidence of what the page's text says, by field. */
const PAGE_CONFIDENCE: Readonly<Partial<Record<ProductField, number>>> = {
  description: 0.5,
  images: 0.6,
  sku: 0.7,
};

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
  if (title === null) return { product: null, traces: [], contradictions: [] };
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
  const stocked = sources.find(({ availability }) => availability !== null);
  if (stocked !== undefined) {
    const { source, confidence } = stocked;
    traces.push({ field: 'availability', source, confidence });
  }
  const varied = variantSource(sources);
  if (varied !== null) {
    traces.push({ field: 'variants', source: varied.source, confidence: varied.confidence });
  }
  const variants = varied === null ? [] : completed(varied, sources);
  const ofVariants = variants.length === 0 ? null : stockOfVariants(variants);
  const availability = settleStock(stocked ?? null, ofVariants);
  const { offer, overruled } = mergeOffer(input, availability, traces);
  const otherwise = variants.length === 1 ? availability : 'unknown';
  const product = {
    url: input.url,
    title,
    ...rest,
    breadcrumbs: trail?.names ?? [],
    offer,
    availability,
    images: images?.images ?? [],
    variants: variants.map((variant) => variantOf(variant, { offer, overruled, otherwise })),
  };
  return { product, traces, contradictions: contradictionsOf(sources) };
}

/** Rule 7: variants overrule their product on whether it can be ordered; how, it may know better. */
function settleStock(stocked: SourceHints | null, ofVariants: Availability | null): Availability {
  const own = stocked?.availability ?? null;
  if (own === null || ofVariants === null) return own ?? ofVariants ?? 'unknown';
  const agree = ORDERABLE.has(own) === ORDERABLE.has(ofVariants);
  return stocked?.source === 'selector' || agree ? own : ofVariants;
}

function confidenceOf(hints: SourceHints, field: ProductField, input: MergeInput): number {
  if (hints.source !== 'page') return hints.confidence;
  return field === 'title' ? input.titleConfidence : (PAGE_CONFIDENCE[field] ?? hints.confidence);
}

function mergeOffer(
  input: MergeInput,
  availability: Product['availability'],
  traces: FieldTrace[],
): { readonly offer: Offer | null; readonly overruled: Money | null } {
  const none = { offer: null, overruled: null };
  const priced = input.sources.find(({ price }) => price?.price);
  if (priced?.price?.price === undefined || priced.price.price === null) return none;
  const shown = input.sources.find(({ source, price }) => source === 'page' && price?.price);
  const settled = settlePrice(priced, shown ?? null, input.priceConfidence);
  const { price, listPrice, taxIncluded, currencyFrom } = settled.hint;
  if (price === null) return none;
  const { source, confidence, overruled } = settled;
  traces.push({ field: 'price', source, confidence });
  const isInferred = currencyFrom === 'language' || currencyFrom === 'shop';
  traces.push({ field: 'currency', source: isInferred ? currencyFrom : source, confidence });
  const isAbove =
    listPrice !== null && listPrice.currency === price.currency && listPrice.minor > price.minor;
  if (isAbove) traces.push({ field: 'listPrice', source: settled.listSource, confidence });
  return { offer: { price, listPrice: isAbove ? listPrice : null, availability, taxIncluded }, overruled };
}
