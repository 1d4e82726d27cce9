/** What a person says should be read: a JSON file of fields, or field=value on the command line. */
import { readFile } from 'node:fs/promises';
import { didYouMean } from '../platform/did-you-mean.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { SelectorField } from '../domain/product.js';
import type { ExpectedValues } from '../extract/suggest-selectors.js';

/** Names as the JSON output has them, or as a shop file has them. */
const FIELDS: Readonly<Record<string, SelectorField>> = {
  name: 'title',
  title: 'title',
  description: 'description',
  brand: 'brand',
  sku: 'sku',
  gtin: 'gtin',
  mpn: 'mpn',
  price: 'price',
  listPrice: 'listPrice',
  list_price: 'listPrice',
  availability: 'availability',
  breadcrumbs: 'breadcrumbs',
  images: 'images',
};

/** Parts of the output that a selector cannot name. */
const NO_SELECTOR = new Set(['offers', 'variants', 'priceCurrency']);

type Expected = Partial<Record<SelectorField, string | readonly string[]>>;

/** Null where nothing is expected. */
export async function expectedValues(
  file: string | undefined,
  pairs: readonly string[],
): Promise<ExpectedValues | null> {
  if (file === undefined && pairs.length === 0) return null;
  const expected: Expected = file === undefined ? {} : fromJson(file, await jsonOf(file));
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at <= 0)
      throw new FashiondError('usage', `--expect ${pair} has no value`, {
        hint: 'Write --expect price=49.90.',
      });
    expected[fieldOf(pair.slice(0, at))] = pair.slice(at + 1);
  }
  return expected;
}

async function jsonOf(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as unknown;
  } catch (error) {
    throw new FashiondError('usage', `cannot read ${file}: ${messageOf(error)}`, {
      hint: 'It should hold an object such as {"name": "Wool Sweater", "price": "49.90"}.',
      cause: error,
    });
  }
}

/** The output of `inspect --json`, corrected by hand, is taken as well. */
function fromJson(file: string, value: unknown): Expected {
  if (!isRecord(value)) {
    throw new FashiondError('usage', `${file} holds no object`, {
      hint: 'Write fields and their values: {"name": "Wool Sweater", "price": "49.90"}.',
    });
  }
  const product = isRecord(value['product']) ? value['product'] : value;
  const [offer] = Array.isArray(product['offers']) ? (product['offers'] as unknown[]) : [];
  const expected: Expected = {};
  const fields: Record<string, unknown> = { ...product, ...(isRecord(offer) ? offer : {}) };
  for (const [name, given] of Object.entries(fields)) {
    if (NO_SELECTOR.has(name)) continue;
    const texts = [given]
      .flat()
      .filter((part) => typeof part === 'string' || typeof part === 'number')
      .map(String);
    if (texts.length === 0) continue;
    expected[fieldOf(name)] = Array.isArray(given) ? texts : (texts[0] ?? '');
  }
  return expected;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldOf(name: string): SelectorField {
  const field = FIELDS[name];
  if (field !== undefined) return field;
  throw new FashiondError('usage', `${name} is no field that a selector can name`, {
    hint: didYouMean(name, Object.keys(FIELDS)) ?? `Fields: ${Object.keys(FIELDS).join(', ')}.`,
  });
}
