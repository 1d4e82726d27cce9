/** Variant tables of shop platforms, known by the names of their fields, whatever the page calls them. */
import type { Element } from 'domhandler';
import { visibleText } from './dom-text.js';
import { availabilityIn, fieldsOf, moneyIn, moneyOf, textIn } from './embedded-values.js';
import type { Fields, FoundMoney, MoneyRules } from './embedded-values.js';
import { embeddedVariant, variantRecords } from './embedded-variants.js';
import { absoluteUrl, NO_VARIANT, validGtin } from './hints.js';
import type { PriceHint, VariantHint } from './hints.js';
import { attribute } from './html.js';
import type { HtmlPage } from './html.js';
import { choiceOf, kindOfChoice } from './variant-options.js';

const MAX_DEPTH = 10;
const MAX_VARIANTS = 500;

/** The longest table that the values hold. */
export function platformVariants(
  page: HtmlPage,
  values: readonly unknown[],
  rules: MoneyRules,
): VariantHint[] {
  let longest: VariantHint[] = [];
  const keep = (variants: VariantHint[]): void => {
    if (variants.length > longest.length) longest = variants.slice(0, MAX_VARIANTS);
  };
  for (const value of values) {
    keep(variationList(value, page, rules));
    keep(bareList(value, rules));
    for (const config of holding(value, ['attributes', 'optionPrices'], 0)) keep(swatchConfig(config, rules));
    for (const classes of [value, ...valuesNamed(value, /class_?categories$/i, 0)])
      keep(classCategories(classes, page, rules));
  }
  return longest;
}

/** Pictures of Magento's gallery, the largest size of each. */
export function galleryImages(values: readonly unknown[], rules: MoneyRules): string[] {
  const galleries = values.flatMap((value) => holding(value, ['data'], 0));
  const urls = galleries.flatMap((gallery) => {
    const list = gallery.get('data');
    return (Array.isArray(list) ? (list as unknown[]) : []).map((entry) => {
      const fields = fieldsOf(entry);
      return fields?.has('thumb') === true
        ? absoluteUrl(textIn(fields, 'full', 'img'), rules.context.base)
        : null;
    });
  });
  return [...new Set(urls.filter((url) => url !== null))];
}

/** Objects at any depth that have all of these fields, spelt so. */
function holding(value: unknown, names: readonly string[], depth: number): Fields[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(value))
    return (value as unknown[]).slice(0, 50).flatMap((entry) => holding(entry, names, depth + 1));
  if (names.every((name) => Object.hasOwn(value, name))) {
    const fields = fieldsOf(value);
    return fields === null ? [] : [fields];
  }
  return Object.values(value).flatMap((inner) => holding(inner, names, depth + 1));
}

function valuesNamed(value: unknown, name: RegExp, depth: number): unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 3) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    name.test(key) ? [inner] : valuesNamed(inner, name, depth + 1),
  );
}

/** WooCommerce: a list in `data-product_variations`, attributes by their slugs. */
function variationList(value: unknown, page: HtmlPage, rules: MoneyRules): VariantHint[] {
  if (!Array.isArray(value)) return [];
  const records = (value as unknown[]).map(fieldsOf).filter((fields) => fields !== null);
  if (
    records.length === 0 ||
    !records.every((fields) => fields.has('variationid') || fields.has('displayprice'))
  )
    return [];
  const labels = optionTexts(page);
  return records.map((fields) => {
    const options = Object.entries(fields.get('attributes') ?? {}).map(([key, slug]) => ({
      name: key.replace(/^attribute_(?:pa_)?/, ''),
      value: labels.get(String(slug)) ?? String(slug),
    }));
    const image = fieldsOf(fields.get('image'));
    const url =
      image === null ? null : absoluteUrl(textIn(image, 'fullsrc', 'url', 'src'), rules.context.base);
    return {
      ...NO_VARIANT,
      ...choiceOf(options),
      sku: textIn(fields, 'sku'),
      gtin: validGtin(textIn(fields, 'gtin', 'ean', 'globaluniqueid')),
      images: url === null ? [] : [url],
      price: priceOf(
        moneyIn(fields, rules, ['displayprice', 'price']),
        moneyIn(fields, rules, ['displayregularprice']),
      ),
      availability: availabilityIn(fields),
    };
  });
}

/** A list of variants that stands alone, as in `data-variants`. */
function bareList(value: unknown, rules: MoneyRules): VariantHint[] {
  if (!Array.isArray(value)) return [];
  const records = variantRecords(new Map([['variants', value]]));
  if (!records.every((fields) => fields.has('attributes') || fields.has('options') || fields.has('option1')))
    return [];
  return records.map((fields) => embeddedVariant(fields, { rules, labels: [], title: null }));
}

/** What the page shows for the value of an option: slugs are for machines. */
function optionTexts(page: HtmlPage): Map<string, string> {
  const texts = new Map<string, string>();
  for (const element of page.elements) {
    const value = element.name === 'option' ? attribute(element, 'value') : attribute(element, 'data-value');
    if (value === null || value.length > 80) continue;
    const text = visibleText(element, 80) || (attribute(element, 'title') ?? '');
    if (text !== '' && !texts.has(value)) texts.set(value, text);
  }
  return texts;
}

/** Magento: attributes with options, each with the ids of its products; prices and pictures by id. */
function swatchConfig(config: Fields, rules: MoneyRules): VariantHint[] {
  const options = new Map<string, { name: string | null; value: string }[]>();
  for (const attributeValue of Object.values(config.get('attributes') ?? {})) {
    const each = fieldsOf(attributeValue);
    const list = each?.get('options');
    if (each === null || !Array.isArray(list)) continue;
    const name = `${textIn(each, 'code') ?? ''} ${textIn(each, 'label') ?? ''}`;
    for (const option of list as unknown[]) {
      const fields = fieldsOf(option);
      const value = fields === null ? null : textIn(fields, 'label');
      const products = fields?.get('products');
      if (value === null || !Array.isArray(products)) continue;
      for (const id of products as unknown[]) {
        const choices = options.get(String(id));
        if (choices === undefined) options.set(String(id), [{ name, value }]);
        else choices.push({ name, value });
      }
    }
  }
  const of = (field: string, id: string): unknown =>
    (config.get(field) as Record<string, unknown> | undefined)?.[id];
  return [...options].map(([id, choices]) => {
    const prices = fieldsOf(of('optionprices', id)) ?? new Map<string, unknown>();
    const salable = of('salable', id) ?? of('stock', id);
    const pictures = of('images', id);
    const urls = (Array.isArray(pictures) ? (pictures as unknown[]) : []).map((picture) => {
      const fields = fieldsOf(picture);
      return fields === null ? null : absoluteUrl(textIn(fields, 'full', 'img', 'thumb'), rules.context.base);
    });
    const sku = of('skus', id) ?? of('sku', id);
    return {
      ...NO_VARIANT,
      ...choiceOf(choices),
      sku: typeof sku === 'string' ? sku : null,
      images: [...new Set(urls.filter((url) => url !== null))],
      price: priceOf(moneyOf(prices.get('finalprice'), rules, 0), moneyOf(prices.get('oldprice'), rules, 0)),
      availability: typeof salable === 'boolean' ? (salable ? 'in-stock' : 'sold-out') : null,
    };
  });
}

/** EC-CUBE: first choice -> second choice -> code, prices and stock. The first choice's names are in its select. */
function classCategories(value: unknown, page: HtmlPage, rules: MoneyRules): VariantHint[] {
  const first = Object.entries(value ?? {});
  const names = selectTexts(page, /class_?category_?id1$/i);
  const second = selectLabel(page, /class_?category_?id2$/i);
  const label = selectLabel(page, /class_?category_?id1$/i);
  return first.flatMap(([id, inner]) => {
    const choice = names.get(id);
    if (choice === undefined || typeof inner !== 'object' || inner === null) return [];
    return Object.values(inner).flatMap((entry) => {
      const fields = fieldsOf(entry);
      if (fields === null || !fields.has('productclassid') || textIn(fields, 'productclassid') === null)
        return [];
      const name = textIn(fields, 'name');
      const options = [
        { name: label, value: withoutStock(choice) },
        ...(name === null ? [] : [{ name: second, value: withoutStock(name) }]),
      ];
      const price = moneyIn(fields, rules, ['price02inctax', 'price02withcurrency', 'price02']);
      return [
        {
          ...NO_VARIANT,
          ...choiceOf(options),
          sku: textIn(fields, 'productcode'),
          price: priceOf(price, moneyIn(fields, rules, ['price01inctax', 'price01withcurrency', 'price01'])),
          availability: availabilityIn(fields),
        },
      ];
    });
  });
}

function withoutStock(name: string): string {
  return name.replace(/\s*[(（]?(?:品切れ中?|在庫なし|売り切れ|完売)[)）]?\s*$/, '');
}

function selectsNamed(page: HtmlPage, name: RegExp): Element[] {
  return page.named('select').filter((element) => name.test(attribute(element, 'name') ?? ''));
}

function selectTexts(page: HtmlPage, name: RegExp): Map<string, string> {
  const texts = new Map<string, string>();
  const [select] = selectsNamed(page, name);
  for (const option of select?.children ?? []) {
    if (!('attribs' in option)) continue;
    const value = attribute(option, 'value');
    if (value !== null) texts.set(value, visibleText(option, 80));
  }
  return texts;
}

/** What stands for "nothing chosen" often names the choice: サイズを選択. */
function selectLabel(page: HtmlPage, name: RegExp): string | null {
  const [select] = selectsNamed(page, name);
  const [prompt] = select === undefined ? [] : [visibleText(select, 30)];
  return prompt !== undefined && kindOfChoice(prompt) !== null ? prompt : null;
}

function priceOf(found: FoundMoney | null, before: FoundMoney | null): PriceHint | null {
  if (found === null) return null;
  const { money: price, currencyFrom } = found;
  const list = before?.money ?? null;
  const isAbove = list !== null && list.currency === price.currency && list.minor > price.minor;
  return { price, listPrice: isAbove ? list : null, taxIncluded: null, currencyFrom };
}
