/**
 * A row of a feed -> the product it stands for, by the product data specification of Google Merchant Center, whose
 * attribute names the feeds of other services share.
 */
import { categoryTrail } from '../category-trail.js';
import { availabilityOfTerm } from '../availability.js';
import { plainText } from '../dom-text.js';
import { absoluteUrl, validGtin } from '../hints.js';
import { parseMarkupPrice } from '../price.js';
import type { FeedItem } from '../../domain/feed.js';
import type { Money } from '../../domain/money.js';
import type {
  Availability,
  FieldTrace,
  Offer,
  Product,
  ReadingHints,
  Variant,
} from '../../domain/product.js';
import { valueOf } from './row.js';
import type { FeedRow } from './row.js';

/** A shop writes its feed for machines; what the page shows may still differ. */
const CONFIDENCE = 0.95;
const MAX_IMAGES = 40;
const MAX_KEY_LENGTH = 200;

export interface RowContext {
  readonly hints: ReadingHints;
  /** What relative addresses are relative to. */
  readonly base: string;
  /** Milliseconds since the epoch; sale prices have dates. */
  readonly now: number;
}

/** The item, or why the row is none. */
export function feedItem(row: FeedRow, context: RowContext): FeedItem | { readonly fault: string } {
  const key = valueOf(row, 'id', 'guid', 'sku', 'offer_id');
  if (key === null) return { fault: 'no id' };
  if (key.length > MAX_KEY_LENGTH) return { fault: `id of more than ${MAX_KEY_LENGTH} characters` };
  const title = plainText(valueOf(row, 'title', 'structured_title', 'name') ?? '', 400);
  if (title === null) return { fault: `${key}: no title` };
  const url = absoluteUrl(valueOf(row, 'link', 'canonical_link', 'url'), context.base);
  if (url === null) return { fault: `${key}: no link` };
  const group = valueOf(row, 'item_group_id');
  const gtin = validGtin(valueOf(row, 'gtin', 'ean', 'upc', 'jan', 'barcode'));
  const mpn = plainText(valueOf(row, 'mpn') ?? '', 80);
  const availability = availabilityOfTerm(valueOf(row, 'availability')) ?? 'unknown';
  const offer = offerOf(row, availability, context);
  const images = imagesOf(row, context);
  const [colour, size] = [
    plainText(valueOf(row, 'color', 'colour') ?? '', 80),
    plainText(valueOf(row, 'size') ?? '', 40),
  ];
  const variant: Variant = {
    title: [colour, size].filter((part) => part !== null).join(' / ') || null,
    sku: plainText(key, 80),
    gtin,
    mpn,
    colour,
    size,
    url,
    offer,
    availability,
    images,
  };
  const product: Product = {
    url,
    title,
    description: plainText(valueOf(row, 'description', 'summary', 'content') ?? ''),
    brand: plainText(valueOf(row, 'brand', 'manufacturer') ?? '', 120),
    sku: plainText(group ?? key, 80),
    gtin,
    mpn,
    breadcrumbs: breadcrumbsOf(row),
    offer,
    availability,
    images,
    // A row that belongs to no group is no choice.
    variants: group === null ? [] : [variant],
  };
  return { key, group, product, traces: tracesOf(product) };
}

/** One trace for each field that has a value. */
export function tracesOf(product: Product): FieldTrace[] {
  const fields = [
    'title',
    'description',
    'brand',
    'sku',
    'gtin',
    'mpn',
    'breadcrumbs',
    'images',
    'variants',
  ] as const;
  const named: FieldTrace['field'][] = fields.filter((field) => {
    const value = product[field];
    return value !== null && value.length > 0;
  });
  if (product.offer !== null) named.push('price');
  if (product.availability !== 'unknown') named.push('availability');
  if (product.offer?.listPrice) named.push('listPrice');
  return named.map((field) => ({ field, source: 'feed', confidence: CONFIDENCE }));
}

/** The shop's own path before the taxonomy's; numbers of the taxonomy say nothing to people. */
function breadcrumbsOf(row: FeedRow): string[] {
  for (const name of ['product_type', 'google_product_category', 'category']) {
    const trail = categoryTrail(valueOf(row, name) ?? '');
    if (trail.length > 0) return trail;
  }
  return [];
}

function offerOf(row: FeedRow, availability: Availability, context: RowContext): Offer | null {
  const full = moneyOf(valueOf(row, 'price'), context);
  const sale = saleIsOn(valueOf(row, 'sale_price_effective_date'), context.now)
    ? moneyOf(valueOf(row, 'sale_price'), context)
    : null;
  const price = sale ?? full;
  if (price === null) return null;
  const isReduced =
    sale !== null && full !== null && full.currency === sale.currency && full.minor > sale.minor;
  return {
    price,
    listPrice: isReduced ? full : null,
    availability,
    taxIncluded: null,
  };
}

function moneyOf(text: string | null, { hints }: RowContext): Money | null {
  if (text === null) return null;
  const reading = parseMarkupPrice(text, { markup: null, language: hints.language, shop: hints.currency });
  return reading.kind === 'price' ? reading.price : null;
}

/** Two dates with a slash between them (ISO 8601); a sale without dates, or with dates nobody can read, is on. */
function saleIsOn(dates: string | null, now: number): boolean {
  const [from, to] = (dates ?? '').split('/').map((date) => Date.parse(date.trim()));
  if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return true;
  return from <= now && now <= to;
}

/** Some feeds put several addresses into one value; a comma may also be a part of one. */
function imagesOf(row: FeedRow, context: RowContext): string[] {
  const texts = ['image_link', 'additional_image_link', 'additional_image_links', 'image', 'images'].flatMap(
    (name) => (row.get(name) ?? []).flatMap((value) => value.split(/[,|]\s*(?=https?:\/\/)/)),
  );
  const urls = texts.map((text) => absoluteUrl(text.trim(), context.base)).filter((url) => url !== null);
  return [...new Set(urls)].slice(0, MAX_IMAGES);
}
