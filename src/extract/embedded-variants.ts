/** Lists of an object of a script that hold its colours and sizes -> variants. */
import { plainText } from './dom-text.js';
import { imagesIn, priceIn } from './embedded-offer.js';
import { availabilityIn, currencyIn, fieldsOf, textIn } from './embedded-values.js';
import type { Fields, MoneyRules } from './embedded-values.js';
import { absoluteUrl, NO_VARIANT, validGtin } from './hints.js';
import type { VariantHint } from './hints.js';
import { choiceInTitle, choiceOf, kindOfChoice } from './variant-options.js';

export const SKU_FIELDS = [
  'sku',
  'productsku',
  'itemsku',
  'variantsku',
  'skucode',
  'itemnumber',
  'itemno',
  'productcode',
  'itemcode',
  'goodscode',
  'stylenumber',
  'stylecode',
  'styleno',
  'articlenumber',
  'articleno',
  'articlecode',
  'productnumber',
  'partnumber',
  'reference',
  'modelcode',
  'skuid',
  'itemid',
  'productid',
] as const;
export const GTIN_FIELDS = [
  'gtin',
  'gtin13',
  'gtin14',
  'gtin12',
  'gtin8',
  'ean',
  'ean13',
  'upc',
  'barcode',
  'jan',
  'jancode',
  'isbn',
] as const;
export const MPN_FIELDS = ['mpn', 'manufacturerpartnumber', 'modelnumber', 'modelno'] as const;
const VARIANT_FIELDS = [
  'variants',
  'skus',
  'variations',
  'childproducts',
  'children',
  'simpleproducts',
  'sizes',
  'productvariants',
  'items',
  'nodes',
  'edges',
] as const;
const VARIANT_SIGNS = [
  'sku',
  'size',
  'color',
  'colour',
  'option1',
  'publictitle',
  'selectedoptions',
  'attributes',
  'options',
  'sizename',
  'colorname',
  'stock',
  'available',
  'instock',
  'barcode',
  'ean',
  'variationid',
  'variationvalues',
  'optionvalues',
] as const;
const MAX_VARIANTS = 500;

export function variantRecords(fields: Fields): Fields[] {
  const apart = FIRST_VARIANT.map((name) => fieldsOf(fields.get(name))).find((record) => record !== null);
  const first = apart && isVariant(apart) ? [apart] : [];
  for (const name of VARIANT_FIELDS) {
    const value = fields.get(name);
    const list = Array.isArray(value) ? (value as unknown[]) : nodesOf(value);
    const records = list
      .slice(0, MAX_VARIANTS)
      .map(fieldsOf)
      .filter((record) => record !== null)
      .map((record) => fieldsOf(record.get('node')) ?? record);
    if (records.length > 0 && records.every(isVariant)) return [...first, ...records];
  }
  return first;
}

/** What is shown first stands apart from the others on some platforms. */
export const FIRST_VARIANT = ['mastervariant', 'defaultvariant'] as const;

/** Lists of a graph API lie in `nodes` or `edges`; some state is an object by id. */
function nodesOf(value: unknown): unknown[] {
  const fields = fieldsOf(value);
  if (fields === null) return [];
  const list = fields.get('nodes') ?? fields.get('edges');
  if (Array.isArray(list)) return list as unknown[];
  const values = [...fields.values()];
  return values.length > 1 && values.every((inner) => fieldsOf(inner) !== null) ? values : [];
}

function isVariant(fields: Fields): boolean {
  return (
    VARIANT_SIGNS.filter((name) => fields.has(name)).length >= 2 ||
    (fields.has('price') && VARIANT_SIGNS.some((name) => fields.has(name)))
  );
}

/** Labels of option1, option2, ...: `options: ["Color", "Size"]` or objects with a name. */
export function optionLabels(fields: Fields): (string | null)[] {
  const options = fields.get('options') ?? fields.get('optionnames');
  if (!Array.isArray(options)) return [];
  return (options as unknown[]).map((option) =>
    typeof option === 'string' ? option : textIn(fieldsOf(option) ?? new Map(), 'name', 'label', 'title'),
  );
}

export interface VariantRules {
  readonly rules: MoneyRules;
  readonly labels: readonly (string | null)[];
  readonly title: string | null;
}

export function embeddedVariant(
  fields: Fields,
  { rules, labels, title: product }: VariantRules,
): VariantHint {
  const title = textIn(fields, 'publictitle', 'title', 'name', 'variantname', 'variationname');
  const own = {
    colour: textIn(fields, 'color', 'colour', 'colorname', 'colourname', 'itemcolor'),
    size: textIn(fields, 'size', 'sizename', 'sizelabel', 'itemsize'),
  };
  const given = optionsOf(fields, labels);
  const choice = given.length > 0 ? choiceOf(given) : choiceInTitle(title, product);
  const currency = currencyIn(fields) ?? rules.currency;
  return {
    ...NO_VARIANT,
    title: title === null || /^default(?: title)?$/i.test(title) ? null : title,
    sku: plainText(textIn(fields, ...SKU_FIELDS.slice(0, -2)) ?? '', 80),
    gtin: validGtin(textIn(fields, ...GTIN_FIELDS)),
    mpn: plainText(textIn(fields, ...MPN_FIELDS) ?? '', 80),
    colour: own.colour ?? choice.colour,
    size: own.size ?? choice.size,
    url: absoluteUrl(textIn(fields, 'url', 'link'), rules.context.base),
    images: imagesIn(fields, rules.context),
    price: priceIn(fields, { ...rules, currency }),
    availability: availabilityIn(fields),
  };
}

/** option1.., selectedOptions and attributes, each with its label where there is one. */
function optionsOf(
  fields: Fields,
  labels: readonly (string | null)[],
): { name: string | null; value: string }[] {
  const numbered = [1, 2, 3].flatMap((n) => {
    const value = textIn(fields, `option${n}`);
    return value === null ? [] : [{ name: labels[n - 1] ?? null, value }];
  });
  if (numbered.length > 0) return numbered;
  for (const name of ['selectedoptions', 'attributes', 'variationvalues', 'options', 'optionvalues']) {
    const value = fields.get(name);
    const list = Array.isArray(value) ? (value as unknown[]) : Object.entries(value ?? {});
    const found = list.flatMap((entry, i) => {
      if (typeof entry === 'string') return [{ name: labels[i] ?? null, value: entry }];
      const [key, inner] = Array.isArray(entry) ? (entry as unknown[]) : [];
      const record = fieldsOf(entry);
      const label =
        record === null
          ? typeof key === 'string'
            ? key
            : null
          : textIn(record, 'name', 'key', 'label', 'optionname');
      const text = record === null ? inner : textIn(record, 'value', 'optionvalue', 'valuename');
      return typeof text === 'string' && text !== '' ? [{ name: label, value: text }] : [];
    });
    const known = found.filter(({ name: label }) => label === null || kindOfChoice(label) !== null);
    if (known.length > 0) return known;
  }
  return [];
}
