/** The public product lists of shop platforms, one answer a page: Shopify's products.json and WooCommerce's Store API. */
import { z } from 'zod';
import { plainText } from '../dom-text.js';
import { absoluteUrl, validGtin } from '../hints.js';
import { currencyCode } from '../currency.js';
import { parsePlainAmount } from '../amount.js';
import type { FeedItem } from '../../domain/feed.js';
import type { Money } from '../../domain/money.js';
import type { Availability, Offer, Product } from '../../domain/product.js';
import { tracesOf } from './feed-item.js';
import type { RowContext } from './feed-item.js';

const MAX_IMAGES = 40;

const shopifyVariant = z.object({
  id: z.union([z.number(), z.string()]),
  sku: z.string().nullish(),
  barcode: z.string().nullish(),
  price: z.union([z.string(), z.number()]),
  compare_at_price: z.union([z.string(), z.number()]).nullish(),
  available: z.boolean().nullish(),
  title: z.string().nullish(),
  option1: z.string().nullish(),
  option2: z.string().nullish(),
  option3: z.string().nullish(),
});
const shopifyProduct = z.object({
  id: z.union([z.number(), z.string()]),
  title: z.string().min(1),
  handle: z.string().min(1),
  body_html: z.string().nullish(),
  vendor: z.string().nullish(),
  product_type: z.string().nullish(),
  options: z.array(z.object({ name: z.string() })).default([]),
  variants: z.array(shopifyVariant).min(1),
  images: z.array(z.object({ src: z.string() })).default([]),
});
const wooProduct = z.object({
  id: z.number(),
  name: z.string().min(1),
  permalink: z.string().min(1),
  sku: z.string().nullish(),
  description: z.string().nullish(),
  short_description: z.string().nullish(),
  on_sale: z.boolean().nullish(),
  prices: z
    .object({
      price: z.string(),
      regular_price: z.string().nullish(),
      currency_code: z.string(),
      currency_minor_unit: z.int().min(0).max(4),
    })
    .nullish(),
  images: z.array(z.object({ src: z.string() })).default([]),
  categories: z.array(z.object({ name: z.string() })).default([]),
  brands: z.array(z.object({ name: z.string() })).default([]),
  is_in_stock: z.boolean().nullish(),
  is_on_backorder: z.boolean().nullish(),
});

type Found = FeedItem | { readonly fault: string };

/** Throws for what is no such list. An empty list is the page after the last. */
export function shopifyItems(json: unknown, context: RowContext): Found[] {
  const { products } = z.object({ products: z.array(z.unknown()) }).parse(json);
  return products.flatMap((product) => {
    const parsed = shopifyProduct.safeParse(product);
    return parsed.success ? shopifyVariants(parsed.data, context) : [faultOf(product, parsed.error)];
  });
}

/** As above, of the array that the Store API answers. */
export function wooCommerceItems(json: unknown, context: RowContext): Found[] {
  return z
    .array(z.unknown())
    .parse(json)
    .map((product) => {
      const parsed = wooProduct.safeParse(product);
      return parsed.success ? wooItem(parsed.data, context) : faultOf(product, parsed.error);
    });
}

function shopifyVariants(shown: z.output<typeof shopifyProduct>, context: RowContext): Found[] {
  const page = absoluteUrl(`/products/${shown.handle}`, context.base);
  if (page === null) return [{ fault: `${shown.id}: no link` }];
  const { currency } = context.hints;
  const isOne = shown.variants.length === 1;
  return shown.variants.map((variant) => {
    const price = moneyOf(variant.price, currency);
    const before = moneyOf(variant.compare_at_price ?? null, currency);
    const availability: Availability =
      variant.available === true ? 'in-stock' : variant.available === false ? 'sold-out' : 'unknown';
    const offer =
      price === null ? null : { price, listPrice: listPrice(price, before), availability, taxIncluded: null };
    const images = imagesOf(shown.images, context);
    const [sku, gtin] = [plainText(variant.sku ?? '', 80), validGtin(variant.barcode ?? null)];
    const { colour, size } = choiceOf(shown, variant);
    const title = plainText(variant.title ?? '', 200);
    const url = `${page}?variant=${variant.id}`;
    const choice = { title, sku, gtin, mpn: null, colour, size, url, offer, availability, images: [] };
    const product: Product = {
      url: page,
      title: plainText(shown.title, 400) ?? shown.title,
      description: plainText(shown.body_html ?? ''),
      brand: plainText(shown.vendor ?? '', 120),
      // Of several variants each has a code of its own; the product's identity is its address.
      sku: isOne ? sku : null,
      gtin,
      mpn: null,
      breadcrumbs: [shown.product_type ?? ''].filter((name) => name !== ''),
      offer,
      availability,
      images,
      variants: isOne ? [] : [choice],
    };
    return { key: String(variant.id), group: String(shown.id), product, traces: tracesOf(product) };
  });
}

/** The values of the options that are called a colour and a size. */
function choiceOf(
  shown: z.output<typeof shopifyProduct>,
  variant: z.output<typeof shopifyVariant>,
): { readonly colour: string | null; readonly size: string | null } {
  const values = [variant.option1, variant.option2, variant.option3];
  const named = (pattern: RegExp): string | null => {
    const index = shown.options.findIndex(({ name }) => pattern.test(name));
    return index === -1 ? null : plainText(values[index] ?? '', 80);
  };
  return { colour: named(/colou?r|farbe|couleur|カラー|色/i), size: named(/size|größe|taille|サイズ/i) };
}

function wooItem(shown: z.output<typeof wooProduct>, context: RowContext): Found {
  const url = absoluteUrl(shown.permalink, context.base);
  const title = plainText(shown.name, 400);
  if (url === null || title === null) return { fault: `${shown.id}: no link or no name` };
  const product: Product = {
    url,
    title,
    description: plainText(shown.description ?? '') ?? plainText(shown.short_description ?? ''),
    brand: plainText(shown.brands[0]?.name ?? '', 120),
    sku: plainText(shown.sku ?? '', 80),
    gtin: null,
    mpn: null,
    breadcrumbs: shown.categories.slice(0, 1).flatMap(({ name }) => plainText(name, 120) ?? []),
    offer: wooOffer(shown),
    availability: wooAvailability(shown),
    images: imagesOf(shown.images, context),
    variants: [],
  };
  return { key: String(shown.id), group: null, product, traces: tracesOf(product) };
}

/** Prices are whole numbers in the shop's own minor unit, which need not be the currency's. */
function wooOffer(shown: z.output<typeof wooProduct>): Offer | null {
  const { prices } = shown;
  if (prices === null || prices === undefined) return null;
  const { currency_code: currency, currency_minor_unit: digits } = prices;
  const price = moneyOf(decimal(prices.price, digits), currency);
  if (price === null) return null;
  const before = moneyOf(decimal(prices.regular_price ?? '', digits), currency);
  return {
    price,
    listPrice: listPrice(price, before),
    availability: wooAvailability(shown),
    taxIncluded: null,
  };
}

function wooAvailability(shown: z.output<typeof wooProduct>): Availability {
  if (shown.is_on_backorder === true) return 'back-order';
  return shown.is_in_stock === true ? 'in-stock' : shown.is_in_stock === false ? 'sold-out' : 'unknown';
}

function decimal(minor: string, digits: number): string | null {
  if (!/^\d{1,15}$/.test(minor)) return null;
  const padded = minor.padStart(digits + 1, '0');
  return digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

function moneyOf(amount: string | number | null, currency: string | null): Money | null {
  const code = currencyCode(currency);
  if (amount === null || code === null) return null;
  const minor = parsePlainAmount(String(amount), code);
  return minor === null || minor === 0 ? null : { minor, currency: code };
}

function listPrice(price: Money, before: Money | null): Money | null {
  return before !== null && before.minor > price.minor ? before : null;
}

function imagesOf(images: readonly { readonly src: string }[], context: RowContext): string[] {
  const urls = images.map(({ src }) => absoluteUrl(src, context.base)).filter((url) => url !== null);
  return [...new Set(urls)].slice(0, MAX_IMAGES);
}

function faultOf(product: unknown, error: z.ZodError): { readonly fault: string } {
  const id = (product as { readonly id?: unknown } | null)?.id;
  const [issue] = error.issues;
  const name = typeof id === 'string' || typeof id === 'number' ? `${id}: ` : '';
  return { fault: `${name}${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a product'}` };
}
