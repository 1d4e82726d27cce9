/** Lookalikes of an item or of an uploaded picture, and what an uploaded picture or words are. */
import { z } from 'zod';
import type { ProductId } from '../../domain/ids.js';
import type { PictureOutcome } from '../../domain/prediction.js';
import type { Lookalike } from '../../domain/serving.js';
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
    const { prediction, vectors } = await classifiedPicture(parts, body.picture);
    const subject = { id: null, price: null, category: prediction.category };
    const filter = similarFilter(query, subject, parts.categories);
    const results = resultsOf(parts, await parts.lookalikes.ofPicture(vectors, filter));
    return { category: filter.category, query: predictionAnswer(prediction), results };
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
    const seen = body.picture === null ? null : (await classifiedPicture(parts, body.picture)).prediction;
    const text =
      title === undefined
        ? null
        : { title, description: description ?? null, brand: null, breadcrumbs: crumbsOf(breadcrumbs) };
    const prediction = await parts.classifier.item(text, seen === null ? [] : [seen]);
    return { prediction: predictionAnswer(prediction), picture: predictionAnswer(seen) };
  },
});

type Classified = Extract<PictureOutcome, { kind: 'classified' }>;

/** Throws 422 for what is no usable picture, with the reason. */
export async function classifiedPicture(
  { classifier }: ApiParts,
  picture: UploadedPicture | null,
): Promise<Classified> {
  if (picture === null) throw new HttpProblem(400, 'usage', 'there is no picture in the request');
  const outcome = await classifier.picture(picture);
  if (outcome.kind === 'classified') return outcome;
  const why =
    outcome.kind === 'refused' ? `${outcome.reason}: ${outcome.detail}` : 'its classification failed';
  throw new HttpProblem(
    outcome.kind === 'refused' ? 422 : 503,
    outcome.kind,
    `the picture cannot be used (${why})`,
    {
      hint: 'Send a whole JPEG, PNG or WebP picture.',
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
