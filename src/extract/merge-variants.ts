/** Rule 7 of merge.ts: which source's variants count, and what they take from their product. */
import type { Money } from '../domain/money.js';
import { ORDERABLE } from '../domain/product.js';
import type { Availability, Offer, Variant } from '../domain/product.js';
import { bestAvailability } from './availability.js';
import type { PriceHint, SourceHints, VariantHint } from './hints.js';

/** What tells variants apart counts most; of equals, that they have a SKU, then that colour or size are known. */
const KNOWN_SKU = 0.5;
const KNOWN_CHOICE = 0.25;

/**
 * The source with the most variants that differ in colour, size, SKU or name; null where none has any. The page's
 * choices cross every colour with every size, sold or not: data that names its choices is better, however short.
 */
export function variantSource(sources: readonly SourceHints[]): SourceHints | null {
  const data = sources.filter(
    ({ source, variants }) => source !== 'page' && variants.length > 1 && variants.some(isNamed),
  );
  let best: SourceHints | null = null;
  let most = 0;
  for (const source of data.length > 0 ? data : sources) {
    const coded = source.variants.some(({ sku }) => sku !== null);
    const named = source.variants.some(isNamed);
    const count = distinct(source.variants) + (named ? KNOWN_CHOICE : 0) + (coded ? KNOWN_SKU : 0);
    if (count > most) [best, most] = [source, count];
  }
  return best;
}

function isNamed({ colour, size }: VariantHint): boolean {
  return colour !== null || size !== null;
}

function distinct(variants: readonly VariantHint[]): number {
  return new Set(variants.map(({ colour, size, sku, title }) => JSON.stringify([colour, size, sku, title])))
    .size;
}

/** The variants of `source`, completed from those of other sources that have their SKU, or their colour and size. */
export function completed(source: SourceHints, sources: readonly SourceHints[]): VariantHint[] {
  const beside = byPosition(source, sources);
  const own = source.variants.map((variant, i) => ({ ...variant, ...beside[i] }));
  const known = new Map<string, VariantHint>();
  for (const { variants } of sources.filter((other) => other !== source)) {
    for (const [key, variant] of byKey(variants)) if (!known.has(key)) known.set(key, variant);
  }
  const telling = byKey(own);
  return own.map((variant) => {
    const others = keysOf(variant).flatMap((key) =>
      telling.get(key) === variant ? (known.get(key) ?? []) : [],
    );
    return others.reduce(complete, variant);
  });
}

/** A key that several variants of a source bear, as a style's code on each of its sizes, tells none of them. */
function byKey(variants: readonly VariantHint[]): Map<string, VariantHint> {
  const found = new Map<string, VariantHint | null>();
  for (const variant of variants)
    for (const key of keysOf(variant)) found.set(key, found.has(key) ? null : variant);
  const unique = new Map<string, VariantHint>();
  for (const [key, variant] of found) if (variant !== null) unique.set(key, variant);
  return unique;
}

/**
 * Colours and sizes for variants that name none: those of a source that lists as many, in the same order, as the stock
 * of each bears out. Where nothing is known of stock, or all of it is alike, the order is anyone's guess.
 */
function byPosition(source: SourceHints, sources: readonly SourceHints[]): readonly Partial<VariantHint>[] {
  if (source.variants.some(isNamed) || !tellsOrder(source.variants)) return [];
  const other = sources.find(
    ({ variants }) =>
      variants.length === source.variants.length &&
      variants.every(isNamed) &&
      variants.every((variant, i) => agree(variant.availability, source.variants[i]?.availability ?? null)),
  );
  return (other?.variants ?? []).map(({ colour, size }) => ({ colour, size }));
}

function tellsOrder(variants: readonly VariantHint[]): boolean {
  const canBeOrdered = ({ availability }: VariantHint): boolean =>
    availability !== null && ORDERABLE.has(availability);
  return variants.some(canBeOrdered) && !variants.every(canBeOrdered);
}

function agree(a: Availability | null, b: Availability | null): boolean {
  return a !== null && b !== null && ORDERABLE.has(a) === ORDERABLE.has(b);
}

/** As nameKey, but `1-2Y` is not `12Y`, and `10.5` not `105`: what stands between digits counts. */
function choiceKey(name: string): string {
  const plain = name.replaceAll('½', '.5').normalize('NFKC').toLowerCase();
  return plain
    .replaceAll(/(?<=\d)[.,](?=\d)/g, 'p')
    .replaceAll(/(?<=\d)[^\p{L}\p{N}]+(?=\d)/gu, 'x')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

function keysOf({ sku, colour, size }: VariantHint): string[] {
  const choice =
    colour === null && size === null ? [] : [`choice:${choiceKey(colour ?? '')}:${choiceKey(size ?? '')}`];
  return sku === null ? choice : [`sku:${sku}`, ...choice];
}

function complete(variant: VariantHint, other: VariantHint): VariantHint {
  return {
    title: variant.title ?? other.title,
    sku: variant.sku ?? other.sku,
    gtin: variant.gtin ?? other.gtin,
    mpn: variant.mpn ?? other.mpn,
    colour: variant.colour ?? other.colour,
    size: variant.size ?? other.size,
    url: variant.url ?? other.url,
    images: variant.images.length > 0 ? variant.images : other.images,
    price: variant.price ?? other.price,
    availability: variant.availability ?? other.availability,
  };
}

/** Null where a variant's stock is unknown: then the product's own word counts. */
export function stockOfVariants(variants: readonly VariantHint[]): Availability | null {
  const all = variants.map(({ availability }) => availability);
  return all.includes(null) ? null : bestAvailability(all);
}

export interface VariantRules {
  /** The product's, once settled. */
  readonly offer: Offer | null;
  /** The price that the page overruled, or null. */
  readonly overruled: Money | null;
  /** The stock of a variant of which nothing is said; a lone one is the product itself. */
  readonly otherwise: Availability;
}

export function variantOf(
  hint: VariantHint,
  { offer: product, overruled, otherwise }: VariantRules,
): Variant {
  const { price: said, availability: stock, ...rest } = hint;
  const own = corrected(said, product?.price ?? null, overruled);
  const availability = stock ?? otherwise;
  const price = own?.price ?? product?.price ?? null;
  if (price === null) return { ...rest, offer: null, availability };
  const isPriced = product !== null && isSame(price, product.price);
  const isProducts = own === null || (isPriced && own.listPrice === null);
  const listPrice = isProducts ? (product?.listPrice ?? null) : own.listPrice;
  const isAbove =
    listPrice !== null && listPrice.currency === price.currency && listPrice.minor > price.minor;
  // Where the markup left the product's tax out, it may have left out a variant's.
  const inherited = overruled === null || isPriced ? (product?.taxIncluded ?? null) : null;
  const taxIncluded = own?.taxIncluded ?? inherited;
  return {
    ...rest,
    offer: { price, listPrice: isAbove ? listPrice : null, availability, taxIncluded },
    availability,
  };
}

/** Rules 3a, 3b and 3d for a variant: null where its price is the one that was overruled. */
function corrected(said: PriceHint | null, product: Money | null, overruled: Money | null): PriceHint | null {
  if (!said?.price || product === null || overruled === null) return said;
  if (isSame(said.price, overruled)) return null;
  const isHundredfold = overruled.currency === product.currency && overruled.minor === product.minor * 100;
  if (!isHundredfold) return said;
  return { ...said, price: hundredth(said.price), listPrice: said.listPrice && hundredth(said.listPrice) };
}

function isSame(one: Money, other: Money): boolean {
  return one.minor === other.minor && one.currency === other.currency;
}

function hundredth({ minor, currency }: Money): Money {
  return { minor: Math.round(minor / 100), currency };
}
