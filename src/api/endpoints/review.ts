/** The review: what is asked next, what was answered, and taking an answer back. */
import { z } from 'zod';
import type { ProductId, Sha256 } from '../../domain/ids.js';
import type { KeptLabel } from '../../domain/review.js';
import { itemAnswer } from '../answers.js';
import { endpoint, NO_BODY, NOTHING } from '../endpoint.js';
import type { Endpoint } from '../endpoint.js';
import { knownCategory } from '../item-query.js';
import type { ApiParts } from '../parts.js';
import { HttpProblem } from '../problem.js';
import { sample, verdict } from '../schemas.js';

/** At most so many as fit into an address. */
export const exceptItems = z.string().regex(/^\d{1,15}(,\d{1,15}){0,499}$/);

export function passedOver(except: string | undefined): ReadonlySet<ProductId> {
  return new Set(
    (except ?? '')
      .split(',')
      .filter((id) => id !== '')
      .map((id) => Number(id) as ProductId),
  );
}

const readQueue = endpoint({
  path: '/v1/review',
  method: 'get',
  name: 'readReviewQueue',
  summary: 'The next questions: unsure items in turn from each category, every fifth by chance',
  tag: 'review',
  scope: 'review',
  params: NOTHING,
  query: z.strictObject({
    limit: z.int().min(1).max(50).default(20).describe('how many, 20 if not said'),
    except: exceptItems.optional().describe('numbers of items that were passed over, such as 3,17'),
  }),
  body: NO_BODY,
  answer: 'ReviewQueue',
  refusals: [],
  handle: async ({ reads }, { query }) => {
    const { waiting, questions } = await reads.review(query.limit, passedOver(query.except));
    return {
      waiting,
      questions: questions.map(({ item, picture, sample: why, alike }) => ({
        item: itemAnswer(item),
        picture,
        sample: why,
        alike,
      })),
    };
  },
});

export const newLabels = z.strictObject({
  items: z.array(z.int().min(1)).min(1).max(100).describe('the item, and those alike it that are meant too'),
  verdict,
  category: z.string().max(100).optional().describe('with the verdict category'),
  picture: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe(
      'the picture that was seen, of the first item; needed with bad-picture, which means the main pictures of the others',
    ),
  sample: sample.optional().describe('as the question said'),
});

const addLabels = endpoint({
  path: '/v1/labels',
  method: 'post',
  name: 'addLabels',
  summary: 'Keeps an answer for good and decides its items anew at once',
  tag: 'review',
  scope: 'review',
  params: NOTHING,
  query: NOTHING,
  body: { kind: 'json', schema: newLabels },
  answer: 'Labels',
  refusals: [404],
  handle: (parts, { body, caller }) => ({ labels: addAnswers(parts, body, caller.name), next: null }),
});

const listLabels = endpoint({
  path: '/v1/labels',
  method: 'get',
  name: 'listLabels',
  summary: 'Every answer, newest first, those taken back included',
  tag: 'review',
  scope: 'read',
  params: NOTHING,
  query: z.strictObject({
    limit: z.int().min(1).max(500).default(100),
    after: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional()
      .describe('`next` of the page before'),
  }),
  body: NO_BODY,
  answer: 'Labels',
  refusals: [],
  handle: ({ reviews }, { query: { limit, after } }) => {
    const found = reviews.labels(limit + 1, after === undefined ? null : Number(after));
    const labels = found.slice(0, limit);
    return { labels, next: found.length > limit ? String(labels.at(-1)?.id) : null };
  },
});

const withdrawLabel = endpoint({
  path: '/v1/labels/{id}',
  method: 'delete',
  name: 'withdrawLabel',
  summary: 'Takes an answer back; it stays on record',
  tag: 'review',
  scope: 'review',
  params: z.strictObject({ id: z.int().min(1).describe("the label's number") }),
  query: NOTHING,
  body: NO_BODY,
  answer: 'Label',
  refusals: [404],
  handle: (parts, { params, caller }) => {
    const label = withdrawAnswer(parts, params.id, caller.name);
    if (label !== null) return label;
    throw new HttpProblem(404, 'not-found', `there is no label ${params.id} that stands`);
  },
});

export function addAnswers(parts: ApiParts, body: z.output<typeof newLabels>, by: string): KeptLabel[] {
  const { items, verdict: said, sample: why } = body;
  const category = body.category === undefined ? null : knownCategory(body.category, parts.categories);
  const seen = (body.picture ?? null) as Sha256 | null;
  const meant = items.map((product) => ({ product: product as ProductId, picture: seen }));
  const kept = parts.reviews.label(
    (said === 'bad-picture' ? ownPictures(parts, meant) : meant).map((one) => ({
      ...one,
      verdict: said,
      category,
      sample: why ?? null,
      by,
    })),
  );
  parts.lookalikes.refresh(items as ProductId[]);
  return kept;
}

interface Meant {
  readonly product: ProductId;
  readonly picture: Sha256 | null;
}

/** The picture that was seen, and the main ones of the items alike: each once, however many items show it. */
function ownPictures({ browse }: ApiParts, meant: readonly Meant[]): Meant[] {
  const main = new Map(
    browse.items(meant.map(({ product }) => product)).map(({ id, picture }) => [id, picture]),
  );
  const own = meant.map((one, index) =>
    index === 0 ? one : { ...one, picture: main.get(one.product) ?? null },
  );
  return own.filter(({ picture }, index) => own.findIndex((one) => one.picture === picture) === index);
}

/** Null where there is no such label that stands. */
export function withdrawAnswer({ reviews, lookalikes }: ApiParts, id: number, by: string): KeptLabel | null {
  const label = reviews.withdraw(id, by);
  if (label?.product !== undefined && label.product !== null) lookalikes.refresh([label.product]);
  return label;
}

export const reviewEndpoints: readonly Endpoint[] = [readQueue, addLabels, listLabels, withdrawLabel];
