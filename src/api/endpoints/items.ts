/** Items: lists, one whole, its history, its pictures. */
import { z } from 'zod';
import type { ProductId, Sha256 } from '../../domain/ids.js';
import { cursorOf, detailAnswer, historyAnswer, itemAnswer, positionOf } from '../answers.js';
import { endpoint, NO_BODY, NOTHING } from '../endpoint.js';
import type { Endpoint } from '../endpoint.js';
import { itemFilter, itemQuery, paging } from '../item-query.js';
import { EXPORT_FORMATS } from '../exports.js';
import type { ExportAnswer } from '../exports.js';
import { HttpProblem } from '../problem.js';

export const itemId = z.strictObject({ id: z.int().min(1).describe("the item's number") });
/** Widths that pictures are served in: few, so that they can be kept. */
const PICTURE_WIDTHS = [160, 320, 640, 960] as const;

const listItems = endpoint({
  path: '/v1/items',
  method: 'get',
  name: 'listItems',
  summary: 'Items that pass every filter, page by page',
  tag: 'items',
  scope: 'read',
  params: NOTHING,
  query: itemQuery.extend(paging(200, 50)),
  body: NO_BODY,
  answer: 'ItemPage',
  refusals: [],
  handle: async ({ reads, categories }, { query: { limit, after, ...query } }) => {
    const page = await reads.list(itemFilter(query, categories), limit, positionOf(after));
    return { items: page.rows.map(itemAnswer), next: cursorOf(page.next) };
  },
});

const readItem = endpoint({
  path: '/v1/items/{id}',
  method: 'get',
  name: 'readItem',
  summary: 'One item with its pictures, variants, history and what its category rests on',
  tag: 'items',
  scope: 'read',
  params: itemId,
  query: NOTHING,
  body: NO_BODY,
  answer: 'ItemDetail',
  refusals: [404],
  handle: ({ browse }, { params: { id } }) => {
    const item = browse.item(id as ProductId);
    if (item === null) throw noItem(id);
    return detailAnswer(item);
  },
});

const readHistory = endpoint({
  path: '/v1/items/{id}/history',
  method: 'get',
  name: 'readHistory',
  summary: 'Each change of an item’s price and stock, oldest first',
  tag: 'items',
  scope: 'read',
  params: itemId,
  query: NOTHING,
  body: NO_BODY,
  answer: 'History',
  refusals: [404],
  handle: ({ browse }, { params: { id } }) => {
    const history = browse.history(id as ProductId);
    if (history === null) throw noItem(id);
    return { history: historyAnswer(history) };
  },
});

const readPicture = endpoint({
  path: '/v1/pictures/{sha256}',
  method: 'get',
  name: 'readPicture',
  summary: 'A picture of the catalogue, encoded anew as WebP',
  tag: 'items',
  scope: 'read',
  params: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  query: z.strictObject({
    width: z
      .int()
      .default(640)
      .describe(`at most this wide, one of ${PICTURE_WIDTHS.join(', ')}: the next larger one is taken`),
  }),
  body: NO_BODY,
  answer: 'Picture',
  refusals: [404],
  handle: ({ browse, pictures }, { params, query }) => {
    const picture = params.sha256 as Sha256;
    if (!browse.isShowable(picture)) {
      throw new HttpProblem(404, 'not-found', `there is no usable picture ${picture}`);
    }
    const width = PICTURE_WIDTHS.find((one) => one >= query.width) ?? PICTURE_WIDTHS[3];
    return pictures.show(picture, width);
  },
});

export function noItem(id: number): HttpProblem {
  return new HttpProblem(404, 'not-found', `there is no item ${id}`, { hint: 'GET /v1/items lists them.' });
}

const exportItems = endpoint({
  path: '/v1/export',
  method: 'get',
  name: 'exportItems',
  summary: 'All items that pass every filter, as a file; its columns are those of the view v_items',
  tag: 'items',
  scope: 'read',
  params: NOTHING,
  query: itemQuery
    .omit({ order: true })
    .extend({ format: z.enum(EXPORT_FORMATS).default('csv').describe('csv if not said') }),
  body: NO_BODY,
  answer: 'Export',
  refusals: [],
  handle: ({ exports, categories }, { query: { format, ...query } }) => {
    const filter = itemFilter(query, categories);
    return { format, chunks: exports.items(filter, format) } satisfies ExportAnswer;
  },
});

export const itemEndpoints: readonly Endpoint[] = [
  listItems,
  readItem,
  readHistory,
  readPicture,
  exportItems,
];
