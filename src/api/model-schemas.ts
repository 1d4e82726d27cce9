/** What the API answers of models, as schemas. */
import { z } from 'zod';

const time = () => z.string().describe('ISO 8601, UTC');
const fingerprint = () => z.string().describe('SHA-256 over weights, preprocessing and labels, hex');
const figure = () => z.number().nullable();

export const gate = z.strictObject({
  against: fingerprint().nullable().describe('the current model then'),
  passed: z.boolean(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      passed: z.boolean(),
      candidate: figure().describe('figure of the model that was judged'),
      required: figure().describe('what it is held to'),
      says: z.string().describe('both, with their counts'),
    }),
  ),
  data: z.string().describe('of what pictures'),
  pictures: z.int(),
});

const modelShape = {
  fingerprint: fingerprint(),
  name: z.string().nullable(),
  role: z.enum(['current', 'previous', 'candidate']).nullable(),
  labels: z.array(z.string()),
  threshold: z.number().min(0).max(1).nullable(),
  loadedAt: time().nullable(),
  pictures: z.int().describe('pictures it has seen'),
  gate: gate.nullable().describe('the latest verdict; null where it was never judged'),
};

const event = z.strictObject({
  id: z.int(),
  at: time(),
  step: z.enum([
    'registered',
    'candidate',
    'imported',
    'judged',
    'promoted',
    'forced',
    'rolled-back',
    'fell-back',
  ]),
  model: fingerprint(),
  name: z.string().nullable(),
  by: z.string(),
  other: fingerprint().nullable().describe('whose place it took, or beside which it was judged'),
  gate: gate.nullable(),
  note: z.string().nullable(),
});

const change = z.strictObject({
  id: z.int(),
  kind: z.enum(['promotion', 'roll-back']),
  model: fingerprint(),
  by: z.string(),
  startedAt: time(),
  endedAt: time().nullable(),
  step: z
    .enum(['judge', 'load', 'check', 'switch', 'drain', 'done', 'refused', 'failed'])
    .describe('refused by the gate, or failed: the model before goes on serving'),
  gate: gate.nullable(),
  problem: z.string().nullable().describe('why it was refused or failed'),
});

const renewal = z.strictObject({
  model: fingerprint().describe('the model that sees every item again'),
  searchedWith: fingerprint().describe(
    'whose vectors are searched: that of the model before until all are seen',
  ),
  items: z.int(),
  seen: z.int(),
  startedAt: time(),
  endedAt: time().nullable(),
});

export const MODEL_ANSWERS = {
  Models: z.strictObject({
    models: z.array(z.strictObject(modelShape)),
    renewal: renewal.nullable(),
    change: change.nullable().describe('the latest promotion or roll-back that was asked of this daemon'),
  }),
  Model: z.strictObject({ ...modelShape, events: z.array(event) }),
  ModelChange: change,
} as const;

export const MODEL_PARTS = { Gate: gate, ModelEvent: event, Renewal: renewal } as const;
