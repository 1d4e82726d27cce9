/** Models: which there are, their history, and changing the one that serves. */
import { z } from 'zod';
import { FashiondError } from '../../domain/errors.js';
import type { ModelChange } from '../../domain/model-change.js';
import { meantModel } from '../../domain/model-registry.js';
import type { GateReport } from '../../domain/model-registry.js';
import { modelAnswer } from '../answers.js';
import { endpoint, NO_BODY, NOTHING } from '../endpoint.js';
import type { Endpoint } from '../endpoint.js';
import type { ApiParts } from '../parts.js';
import { HttpProblem } from '../problem.js';

/** Events of one model, or of all, that are shown. */
const SHOWN_EVENTS = 100;

const reference = z.strictObject({
  model: z
    .string()
    .min(1)
    .max(200)
    .describe('current, previous, candidate, a fingerprint or its beginning, or a name'),
});
const note = z.string().max(1000).optional().describe('kept with the step');

const listModels = endpoint({
  path: '/v1/models',
  method: 'get',
  name: 'listModels',
  summary: 'Models that are known, the current one first, and how far the catalogue has come over to it',
  tag: 'models',
  scope: 'read',
  params: NOTHING,
  query: NOTHING,
  body: NO_BODY,
  answer: 'Models',
  refusals: [],
  handle: ({ browse, models }) => {
    const gates = new Map(models.list().map(({ fingerprint, gate }) => [fingerprint, gate]));
    return {
      models: browse.models().map((model) => modelAnswer(model, gates.get(model.fingerprint) ?? null)),
      renewal: renewalAnswer(models),
      change: models.changes()[0] ?? null,
    };
  },
});

const readModel = endpoint({
  path: '/v1/models/{model}',
  method: 'get',
  name: 'readModel',
  summary: 'One model with what the gate said of it and every step of its life, newest first',
  tag: 'models',
  scope: 'read',
  params: reference,
  query: NOTHING,
  body: NO_BODY,
  answer: 'Model',
  refusals: [404],
  handle: ({ browse, models }, { params }) => {
    const { fingerprint, gate } = models.find(params.model);
    const known = browse.models().find((one) => one.fingerprint === fingerprint);
    if (known === undefined) throw new HttpProblem(404, 'not-found', `there is no model ${params.model}`);
    return { ...modelAnswer(known, gate), events: models.events(SHOWN_EVENTS, fingerprint) };
  },
});

const promoteModel = endpoint({
  path: '/v1/models/{model}/promote',
  method: 'post',
  name: 'promoteModel',
  summary:
    'Begins to serve a model in place of the current one: judged by the gate where it was not yet, swapped in without ' +
    'a failed request. Ask for the change until it has ended',
  tag: 'models',
  scope: 'admin',
  params: reference,
  query: NOTHING,
  body: {
    kind: 'json',
    schema: z.strictObject({
      force: z.boolean().default(false).describe('against the gate or without it; is recorded'),
      note,
    }),
  },
  status: 202,
  answer: 'ModelChange',
  refusals: [404, 409],
  handle: (parts, { params, body, caller }) =>
    promoted(parts, params.model, { by: caller.name, force: body.force, note: body.note }),
});

const rollBackModel = endpoint({
  path: '/v1/models/rollback',
  method: 'post',
  name: 'rollBackModel',
  summary: 'Begins to serve the previous model again; a second time undoes it',
  tag: 'models',
  scope: 'admin',
  params: NOTHING,
  query: NOTHING,
  body: {
    kind: 'json',
    schema: z.strictObject({
      to: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe(
          'the model that is meant, by name or fingerprint; refused where another one is the previous model by now',
        ),
      note,
    }),
  },
  status: 202,
  answer: 'ModelChange',
  refusals: [404, 409],
  handle: (parts, { body, caller }) => rolledBack(parts, { by: caller.name, ...body }),
});

const readChange = endpoint({
  path: '/v1/model-changes/{id}',
  method: 'get',
  name: 'readModelChange',
  summary: 'How far a promotion or a roll-back is, or what came of it',
  tag: 'models',
  scope: 'read',
  params: z.strictObject({ id: z.int().min(1).describe("the change's number") }),
  query: NOTHING,
  body: NO_BODY,
  answer: 'ModelChange',
  refusals: [404],
  handle: ({ models }, { params }) => {
    const change = models.changes().find(({ id }) => id === params.id);
    if (change !== undefined) return change;
    throw new HttpProblem(404, 'not-found', `this daemon knows no change ${params.id}`, {
      hint: 'GET /v1/models/{model} lists what has been done for good.',
    });
  },
});

/** Throws 409 for what the state of things is against, with the gate's verdict where that is why. */
export function promoted(
  { models }: Pick<ApiParts, 'models'>,
  model: string,
  how: { readonly by: string; readonly force: boolean; readonly note: string | undefined },
): ModelChange {
  const { note, ...rest } = how;
  const { gate, fingerprint } = models.find(model);
  return conflicting(gate, () =>
    models.promote(fingerprint, { ...rest, ...(note === undefined ? {} : { note }) }),
  );
}

export function rolledBack(
  { models }: Pick<ApiParts, 'models'>,
  {
    by,
    to,
    note,
  }: { readonly by: string; readonly to?: string | undefined; readonly note?: string | undefined },
): ModelChange {
  const meant = to === undefined ? {} : { to: meantModel(models, to) };
  return conflicting(null, () => models.rollBack({ by, ...meant, ...(note === undefined ? {} : { note }) }));
}

function conflicting(gate: GateReport | null, begin: () => ModelChange): ModelChange {
  try {
    return begin();
  } catch (error) {
    if (!(error instanceof FashiondError) || !['refused', 'busy'].includes(error.code)) throw error;
    const against = error.code === 'refused' && gate !== null && !gate.passed ? { gate } : {};
    throw new HttpProblem(409, error.code, error.message, {
      ...(error.hint === null ? {} : { hint: error.hint }),
      ...against,
    });
  }
}

function renewalAnswer(models: ApiParts['models']): unknown {
  const renewal = models.renewal();
  if (renewal === null) return null;
  const { model, from, total, done, startedAt, endedAt } = renewal;
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    model,
    searchedWith: from,
    items: total,
    seen: Math.min(done, total),
    startedAt: iso(startedAt),
    endedAt: iso(endedAt),
  };
}

export const modelEndpoints: readonly Endpoint[] = [
  listModels,
  readModel,
  promoteModel,
  rollBackModel,
  readChange,
];
