/** What `inspect` prints for people: a row a field, then what is missing and what does not fit together. */
import { jsonNameOf } from './inspect-json.js';
import type { InspectJson } from './inspect-json.js';
import { table } from './text-table.js';

const LONGEST_VALUE = 70;

export function inspectText(result: InspectJson): string[] {
  return [
    `${result.url}${result.encoding === null ? '' : ` (${result.encoding})`}`,
    ...(result.product === null ? [`no product: ${result.why ?? ''}`] : table(rowsOf(result))),
    ...lines('variant', (result.product?.variants ?? []).map(variantText)),
    ...lines('missing', result.product === null ? [] : [result.missing.join(', ')]),
    ...lines('contradiction', result.contradictions.map(contradictionText)),
    ...lines('warning', result.warnings),
    ...lines('selector', Object.entries(result.suggestions ?? {}).map(suggestionText)),
    ...(result.fetch === null ? [] : [`robots.txt: ${result.fetch.robots}; scope: ${result.fetch.scope}`]),
    timingText(result),
  ];
}

function lines(head: string, texts: readonly string[]): string[] {
  return texts.filter((text) => text !== '').map((text) => `${head}: ${text}`);
}

function rowsOf({ product, sources }: InspectJson): string[][] {
  if (product === null) return [];
  const { name, sku, gtin, mpn, brand, description, images, breadcrumbs, offers } = product;
  const [offer] = offers;
  const values = { name, sku, gtin, mpn, brand, description, ...offer };
  const rows: (readonly [string, string | null])[] = [
    ...Object.entries(values),
    ['breadcrumbs', breadcrumbs.join(' > ')],
    ['images', images.join(' ')],
  ];
  return [
    ['field', 'value', 'source', 'confidence'],
    ...rows.flatMap(([field, value]) => {
      const from = sources[field];
      if (value === null || value === '') return [];
      return [[field, cut(value), from?.source ?? '', from === undefined ? '' : from.confidence.toFixed(2)]];
    }),
  ];
}

type Variants = NonNullable<InspectJson['product']>['variants'];

function variantText({ name, sku, color, size, offers: [offer] }: Variants[number]): string {
  const price =
    offer?.price === undefined || offer.price === null ? null : `${offer.price} ${offer.priceCurrency}`;
  const choice = color === null && size === null ? [name] : [color, size];
  return [...choice, sku, price, offer?.availability]
    .filter((part) => part !== null && part !== undefined)
    .join(', ');
}

function cut(text: string): string {
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

function contradictionText({ field, values }: InspectJson['contradictions'][number]): string {
  return `${jsonNameOf(field)}: ${values.map(({ source, value }) => `${source} says ${cut(value)}`).join(', ')}`;
}

function suggestionText([field, selector]: [string, string | null]): string {
  return selector === null
    ? `${field}: none; with no selector that was tried does it read so`
    : `${field}: ${selector}`;
}

function timingText({ timing }: InspectJson): string {
  const parts = [
    timing.fetch === null ? null : `fetched in ${timing.fetch} ms`,
    timing.read === null ? null : `read in ${timing.read} ms (${timing.readCpu} ms CPU)`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}
