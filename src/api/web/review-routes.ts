/** The forms of the review: answering, passing over and taking back, each by one request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { requireScope } from '../access.js';
import { checked } from '../endpoint.js';
import { addAnswers, exceptItems, withdrawAnswer } from '../endpoints/review.js';
import type { ApiParts } from '../parts.js';
import { verdict } from '../schemas.js';
import { filled, inside, itemOf } from './asked.js';
import { reviewPage, reviewPath } from './review-page.js';
import type { View } from './view.js';

const severalItems = z.string().regex(/^\d{1,15}(,\d{1,15}){0,99}$/);
const picture = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .optional();
const answerFields = z.object({
  items: severalItems,
  picture,
  sample: z.enum(['uncertain', 'random']).optional(),
  other: z.string().max(100).optional(),
  answer: z.string().max(110),
  except: exceptItems.optional(),
});
const verdictField = z.object({ answer: verdict });
const reviewQuery = z.object({ except: exceptItems.optional(), answered: severalItems.optional() });
const withdrawFields = z.object({ labels: severalItems, to: z.string().max(8000) });
const labelFields = z.object({
  picture,
  category: z.string().max(100),
  verdict: z.enum(['category', 'none']),
});

export function addReviewing(
  pages: FastifyInstance,
  parts: ApiParts,
  view: (request: FastifyRequest) => View,
  send: (reply: FastifyReply, page: string) => FastifyReply,
): void {
  const reading = {
    preHandler: async (request: FastifyRequest) => void requireScope(request.caller, 'read'),
  };
  pages.get('/review', reading, async (request, reply) => {
    const query = checked(reviewQuery, filled(request.query), 'query');
    return send(reply, await reviewPage(parts, view(request), query));
  });
  pages.post('/review', (request, reply) => {
    const caller = requireScope(request.caller, 'review');
    const { items, picture, sample, other, answer, except } = checked(answerFields, request.body, 'field');
    if (answer === 'skip') return reply.redirect(reviewPath({ except: withMore(except, items) }), 303);
    const [kind, named] = answer === 'other' ? ['category', other] : answer.split(':');
    const category = kind === 'category' ? named : undefined;
    const said = checked(verdictField, { answer: kind }, 'field').answer;
    const ids = items.split(',').map(Number);
    const kept = addAnswers(parts, { items: ids, verdict: said, category, picture, sample }, caller.name);
    const answered = kept.map(({ id }) => id).join(',');
    return reply.redirect(reviewPath({ except, answered }), 303);
  });
  pages.post('/labels/withdraw', (request, reply) => {
    const caller = requireScope(request.caller, 'review');
    const { labels, to } = checked(withdrawFields, request.body, 'field');
    // One that was taken back before is as it should be.
    for (const id of labels.split(',')) withdrawAnswer(parts, Number(id), caller.name);
    return reply.redirect(inside(to), 303);
  });
  pages.post('/items/:id/label', (request, reply) => {
    const caller = requireScope(request.caller, 'review');
    const id = itemOf(request);
    const { picture, category, verdict } = checked(labelFields, request.body, 'field');
    const named = verdict === 'category' ? category : undefined;
    addAnswers(parts, { items: [id], verdict, category: named, picture }, caller.name);
    return reply.redirect(`/items/${id}`, 303);
  });
}

/** The last ones, where they are more than an address holds. */
function withMore(except: string | undefined, items: string): string {
  return [except ?? [], items].join(',').split(',').filter(Boolean).slice(-400).join(',');
}
