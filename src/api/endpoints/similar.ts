/** Lookalikes of an item or of an uploaded picture, and what an uploaded picture or words are. */
import { z } from 'zod';
import type { ProductId } from '../../domain/ids.js';
import type { PictureOutcome, Prediction } from '../../domain/prediction.js';
import type { Lookalike } from '../../domain/serving.js';
import type { SimilarFilter } from '../../domain/similar.js';
import { itemAnswer, predictionAnswer } from '../answers.js';
import { endpoint, NO_BODY, NOTHING } from '../endpoint.js';
import type { Endpoint, UploadedPicture } from '../endpoint.js';
import { similarFilter, similarQuery } from '../item-query.js';
import type { ApiParts } from '../parts.js';
import { HttpProblem } from '../problem.js';
import { itemId, noItem } from './items.js';

const ofItem = endpoint({
  path: '/v1/items/{id}/similar',
  method: 'get',
  name: 'similarToItem',
  summary: 'Lookalikes of an item, likest first; with `cheaper` the same look for less',
  tag: 'lookalikes',
  scope: 'read',
  params: itemId,
  query: similarQuery,
  body: NO_BODY,
  answer: 'Lookalikes',
  refusals: [404, 409],
  handle: async (parts, { params, query }) => {
    const [item] = parts.browse.items([params.id as ProductId]);
    if (item === undefined) throw noItem(params.id);
    const filter = similarFilter(query, item, parts.categories);
    const found = await parts.lookalikes.ofItem(item.id, filter);
    if (found === null) {
      throw new HttpProblem(
        409,
        'incompatible',
        `item ${item.id} has no picture that the current model has seen`,
        {
          hint: 'Try again once its pictures were classified.',
        },
      );
    }
    return { category: filter.category, query: null, results: resultsOf(parts, found) };
  },
});

const ofPicture = endpoint({
  path: '/v1/similar',
  method: 'post',
  name: 'similarToPicture',
  summary: 'Lookalikes of an uploaded picture',
  tag: 'lookalikes',
  scope: 'read',
  params: NOTHING,
  query: similarQuery,
  body: { kind: 'picture', fields: NOTHING, required: true },
  answer: 'Lookalikes',
  refusals: [413, 415, 422],
  handle: async (parts, { query, body }) => {
    const { prediction, filter, found } = await lookalikesOfPicture(parts, body.picture, query);
    return {
      category: filter.category,
      query: predictionAnswer(prediction),
      results: resultsOf(parts, found),
    };
  },
});

const classify = endpoint({
  path: '/v1/classify',
  method: 'post',
  name: 'classify',
  summary: 'The category of a picture, of an item’s words, or of both together',
  tag: 'lookalikes',
  scope: 'read',
  params: NOTHING,
  query: NOTHING,
  body: {
    kind: 'picture',
    fields: z.strictObject({
      title: z.string().min(1).max(1000).optional(),
      description: z.string().max(20_000).optional(),
      breadcrumbs: z.string().max(1000).optional().describe('such as Women > Knitwear'),
    }),
    required: false,
  },
  answer: 'Classification',
  refusals: [413, 415, 422],
  handle: async (parts, { body }) => {
    const { title, description, breadcrumbs } = body.fields;
    if (title === undefined && body.picture === null) {
      throw new HttpProblem(400, 'usage', 'there is neither a picture nor a title to classify', {
        hint: 'Send a picture as the body, or a form with picture, title or both.',
      });
    }
    const seen =
      body.picture === null ? null : usable(await parts.classifier.picture(body.picture)).prediction;
    const text =
      title === undefined
        ? null
        : { title, description: description ?? null, brand: null, breadcrumbs: crumbsOf(breadcrumbs) };
    const prediction = await parts.classifier.item(text, seen === null ? [] : [seen]);
    return { prediction: predictionAnswer(prediction), picture: predictionAnswer(seen) };
  },
});

/** Another model may come to be searched between the question and the answer; several do not in so short a time. */
const ATTEMPTS = 3;

/** Throws 422 for what is no usable picture, with the reason. */
export async function lookalikesOfPicture(
  parts: ApiParts,
  picture: UploadedPicture | null,
  query: Parameters<typeof similarFilter>[0],
): Promise<{
  readonly prediction: Prediction;
  readonly filter: SimilarFilter;
  readonly found: readonly Lookalike[];
}> {
  if (picture === null) throw new HttpProblem(400, 'usage', 'there is no picture in the request');
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { prediction, vectors } = usable(await parts.classifier.query(picture));
    const subject = { id: null, price: null, category: prediction.category };
    const filter = similarFilter(query, subject, parts.categories);
    const found = await parts.lookalikes.ofPicture(vectors, prediction.model, filter);
    if (found !== null) return { prediction, filter, found };
  }
  throw new HttpProblem(503, 'busy', 'another model is taking over search', { retryAfter: 1 });
}

type Unusable = Exclude<PictureOutcome, { kind: 'classified' }>;

function usable<Classified extends { readonly kind: 'classified' }>(
  outcome: Classified | Unusable,
): Classified {
  if (outcome.kind === 'classified') return outcome;
  const why =
    outcome.kind === 'refused' ? `${outcome.reason}: ${outcome.detail}` : 'its classification failed';
  throw new HttpProblem(
    outcome.kind === 'refused' ? 422 : 503,
    outcome.kind,
    `the picture cannot be used (${why})`,
    {
      hint: 'Send a whole JPEG, PNG or WebP picture.',
      ...(outcome.kind === 'refused' ? { picture: outcome } : {}),
    },
  );
}

/** Of each lookalike the item as it is now, which may have changed since the index was made. */
function resultsOf({ browse }: ApiParts, found: readonly Lookalike[]): unknown[] {
  const items = new Map(browse.items(found.map(({ item }) => item.productId)).map((item) => [item.id, item]));
  return found.flatMap(({ item, score, parts, explanation }) => {
    const now = items.get(item.productId);
    return now === undefined ? [] : [{ item: itemAnswer(now), score, parts, explanation }];
  });
}

function crumbsOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('>')
    .map((crumb) => crumb.trim())
    .filter((crumb) => crumb !== '');
}

export const similarEndpoints: readonly Endpoint[] = [ofItem, ofPicture, classify];
