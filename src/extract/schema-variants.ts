/** Colours and sizes in schema.org: `hasVariant`, models, and several offers that differ by SKU or name. */
import { bestAvailability } from './availability.js';
import { plainText } from './dom-text.js';
import { absoluteUrl, NO_VARIANT } from './hints.js';
import type { PageContext, VariantHint } from './hints.js';
import { itemsOf, textOf } from './items.js';
import type { Item } from './items.js';
import { chooseOffers, offersOf, priceOf } from './schema-offers.js';
import type { OfferFacts } from './schema-offers.js';
import { gtinOf, imagesOf } from './schema-values.js';
import { choiceInTitle, choiceOf } from './variant-options.js';

const MAX_VARIANTS = 500;

export function schemaVariants(product: Item, title: string | null, context: PageContext): VariantHint[] {
  const named = itemsOf(product, 'hasvariant', 'model').slice(0, MAX_VARIANTS);
  // Old templates nest a ProductGroup's offers in variants of variants: one level is a variant, two are its sizes.
  const variants = named.flatMap((variant) => {
    const inner = itemsOf(variant, 'hasvariant');
    return inner.length > 0 ? inner : [variant];
  });
  if (variants.length > 0) return variants.map((variant) => ofItem(variant, title, context));
  const offers = offersOf(product, context).slice(0, MAX_VARIANTS);
  const distinct = new Set(
    offers.map(({ item, sku }) => sku ?? textOf(item, 'name', 'itemoffered', 'url', '@id')),
  );
  return offers.length > 1 && distinct.size === offers.length
    ? offers.map((offer) => ofOffer(offer, title, context))
    : [];
}

function ofItem(item: Item, product: string | null, context: PageContext): VariantHint {
  const offers = offersOf(item, context);
  const chosen = chooseOffers(offers, context.url);
  const url = textOf(item, 'url') ?? offers[0]?.url ?? null;
  return {
    ...named(item, product),
    gtin: gtinOf((...names) => textOf(item, ...names)),
    mpn: plainText(textOf(item, 'mpn') ?? '', 80),
    sku: plainText(textOf(item, 'sku', 'productid') ?? offers[0]?.sku ?? '', 80),
    url: absoluteUrl(url, context.base),
    images: imagesOf(item, context),
    price: priceOf(chosen, context),
    availability: bestAvailability(chosen.map(({ availability }) => availability)),
  };
}

function ofOffer(offer: OfferFacts, product: string | null, context: PageContext): VariantHint {
  const [offered] = itemsOf(offer.item, 'itemoffered');
  const described = offered ?? offer.item;
  return {
    ...named(described, product),
    gtin: gtinOf((...names) => textOf(offer.item, ...names) ?? textOf(described, ...names)),
    mpn: plainText(textOf(offer.item, 'mpn') ?? textOf(described, 'mpn') ?? '', 80),
    sku: plainText(offer.sku ?? textOf(described, 'sku') ?? '', 80),
    url: absoluteUrl(offer.url, context.base),
    images: imagesOf(described, context),
    price: priceOf([offer], context),
    availability: offer.availability,
  };
}

/** Name, colour and size: said outright, as additional properties, or in the name. */
function named(item: Item, product: string | null): VariantHint {
  const title = plainText(textOf(item, 'name') ?? '', 200);
  const more = itemsOf(item, 'additionalproperty').map((property) => ({
    name: textOf(property, 'name', 'propertyid'),
    value: textOf(property, 'value') ?? '',
  }));
  const given = choiceOf(more.filter(({ name }) => /colou?r|size|カラー|サイズ|色/i.test(name ?? '')));
  const colour = plainText(textOf(item, 'color', 'colour') ?? '', 80) ?? given.colour;
  const size = plainText(textOf(item, 'size') ?? '', 80) ?? given.size;
  const inTitle = colour === null && size === null ? choiceInTitle(title, product) : { colour, size };
  return { ...NO_VARIANT, title, ...inTitle };
}
