/**
 * A user's program, typed by what openapi-typescript makes of a running daemon's document: `program.js URL PICTURE`
 * reads, asks, classifies, labels, and prints what it found as JSON.
 */
import { readFile } from 'node:fs/promises';
import createClient from 'openapi-fetch';
import type { components, operations, paths } from './fashiond.js';

type Item = components['schemas']['Item'];
/** Where the type is written down, a parameter that the service does not have is an error. */
type ItemQuery = NonNullable<operations['listItems']['parameters']['query']>;
type SimilarQuery = NonNullable<operations['similarToItem']['parameters']['query']>;

const [url = '', picture = ''] = process.argv.slice(2);
const fashiond = createClient<paths>({ baseUrl: url });

/** A page of beanies, cheapest first; the first one without `after`. */
async function beaniesAfter(after: string | undefined): Promise<components['schemas']['ItemPage']> {
  const query: ItemQuery = {
    category: 'beanie',
    currency: 'EUR',
    maxPrice: 28,
    order: 'cheapest',
    limit: 1,
    after,
  };
  const { data, error } = await fashiond.GET('/v1/items', { params: { query } });
  if (error !== undefined) throw new Error(`${error.code}: ${error.detail}`);
  return data;
}

async function beanies(): Promise<Item[]> {
  const found: Item[] = [];
  let after: string | undefined;
  do {
    const page = await beaniesAfter(after);
    found.push(...page.items);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found;
}

/** Cheaper items that look like this one, kept to more filters: title and score. */
async function cheaperThan(item: Item): Promise<{ title: string; score: number; colour: number }[]> {
  const query: SimilarQuery = { cheaper: true, shop: 'small', colour: 'green', minPrice: 21, limit: 3 };
  const { data, error } = await fashiond.GET('/v1/items/{id}/similar', {
    params: { path: { id: item.id }, query },
  });
  if (error !== undefined) throw new Error(error.detail);
  return data.results.map(({ item, score, parts }) => ({ title: item.title, score, colour: parts.colour }));
}

async function classified(file: string): Promise<string | null> {
  const { data, error } = await fashiond.POST('/v1/classify', {
    body: await readFile(file),
    bodySerializer: (bytes) => bytes as Uint8Array<ArrayBuffer>,
    headers: { 'content-type': 'image/png' },
  });
  if (error !== undefined) throw new Error(error.detail);
  return data.prediction?.category ?? null;
}

async function label(item: Item, category: string): Promise<string | undefined> {
  const { data, error } = await fashiond.POST('/v1/labels', {
    body: { items: [item.id], verdict: 'category', category },
  });
  if (error !== undefined) throw new Error(error.detail);
  return data.labels[0]?.by;
}

/** What the service says of an item that it does not have. */
async function problem(): Promise<{ code: string; status: number } | null> {
  const { error, response } = await fashiond.GET('/v1/items/{id}', { params: { path: { id: 999_999 } } });
  return error === undefined ? null : { code: error.code, status: response.status };
}

const items = await beanies();
const dearest = items.at(-1);
if (dearest === undefined) throw new Error('there is no beanie');
const found = {
  items: items.map(({ title, price }) => `${title}: ${price?.amount} ${price?.currency}`),
  cheaper: await cheaperThan(dearest),
  classified: await classified(picture),
  labelledBy: await label(dearest, 'sweater'),
  now: (await fashiond.GET('/v1/items/{id}', { params: { path: { id: dearest.id } } })).data?.category,
  problem: await problem(),
};
process.stdout.write(JSON.stringify(found));
