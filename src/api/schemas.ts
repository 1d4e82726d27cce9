/** What the API answers, as schemas: the OpenAPI document is made from them, and tests hold every answer to them. */
import { z } from 'zod';
import { gate, MODEL_ANSWERS, MODEL_PARTS } from './model-schemas.js';

const text = () => z.string();
const time = () => z.string().describe('ISO 8601, UTC');
const share = () => z.number().min(0).max(1);
const sha256 = () =>
  z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('SHA-256 of the bytes, hex');
const nullable = <S extends z.ZodType>(schema: S) => schema.nullable();
const next = () => nullable(text()).describe('cursor of the next page; null on the last');

const availability = z.enum([
  'in-stock',
  'low-stock',
  'back-order',
  'pre-order',
  'sold-out',
  'discontinued',
  'unknown',
]);
const decidedBy = z.enum(['picture', 'text', 'text-and-picture', 'person']);
const verdict = z.enum(['category', 'none', 'bad-picture']);
const sample = z.enum(['uncertain', 'random']);
const health = z.enum(['green', 'yellow', 'red']);
const runStatus = z.enum(['running', 'finished', 'failed']);

const money = z.strictObject({
  amount: text().describe('decimal, such as 49.90'),
  minor: z.int().describe('the same in minor units'),
  currency: text().describe('ISO 4217'),
});

const candidate = z.strictObject({ category: text(), probability: share() });

const itemShape = {
  id: z.int(),
  shop: text(),
  title: text(),
  brand: nullable(text()),
  sku: nullable(text()),
  url: text().describe('page at the shop'),
  category: nullable(text()).describe('null while unknown'),
  best: nullable(text()).describe('the likeliest category, accepted or not'),
  probability: nullable(share()).describe('of best'),
  reason: nullable(text()).describe('why there is no category, as in the view v_items'),
  decidedBy: nullable(decidedBy),
  price: nullable(money),
  listPrice: nullable(money).describe('before a reduction'),
  availability,
  inStock: z.boolean().describe('can be ordered now'),
  colour: nullable(text()).describe('largest colour of the main picture'),
  picture: nullable(sha256()).describe('main picture: /v1/pictures/{sha256}'),
  firstSeen: time(),
  lastSeen: time(),
  vanishedAt: nullable(time()),
};
const item = z.strictObject(itemShape);

const pricePoint = z.strictObject({
  at: time(),
  price: nullable(money),
  listPrice: nullable(money),
  availability,
});

const itemDetail = z.strictObject({
  ...itemShape,
  description: nullable(text()),
  gtin: nullable(text()),
  mpn: nullable(text()),
  breadcrumbs: z.array(text()),
  palette: z.array(z.strictObject({ name: text(), hex: text(), share: share() })),
  pictures: z.array(sha256()),
  candidates: z.array(candidate).describe('categories, likeliest first'),
  evidence: nullable(
    z.strictObject({
      by: decidedBy,
      words: z.array(z.strictObject({ word: text(), field: text(), weight: z.number() })),
      text: nullable(z.strictObject({ class: text(), probability: share() })),
      pictures: nullable(candidate),
      picture: nullable(sha256()),
    }),
  ).describe('what the decision rests on'),
  variants: z.array(
    z.strictObject({
      title: nullable(text()),
      colour: nullable(text()),
      size: nullable(text()),
      sku: nullable(text()),
      price: nullable(money),
      availability,
      inStock: z.boolean(),
      url: text(),
    }),
  ),
  history: z.array(pricePoint).describe('each change of price and stock, oldest first'),
});

const cosine = () => z.number().min(-1).max(1);
const lookalike = z.strictObject({
  item,
  score: cosine().describe('weighted mean of the parts'),
  parts: z.strictObject({ colour: cosine(), shape: cosine(), pattern: cosine(), features: cosine() }),
  explanation: text(),
});

const prediction = z.strictObject({
  category: nullable(text()).describe('null while unknown'),
  best: text(),
  probability: share(),
  reason: nullable(text()),
  candidates: z.array(candidate),
});

const label = z.strictObject({
  id: z.int(),
  product: nullable(z.int()),
  picture: nullable(sha256()),
  verdict,
  category: nullable(text()),
  sample: nullable(sample),
  by: text(),
  at: time(),
  withdrawnAt: nullable(time()),
});

const problemOfShop = z.strictObject({
  code: text(),
  level: z.enum(['yellow', 'red']),
  what: text(),
  since: time(),
});

const shop = z.strictObject({
  shop: text(),
  name: text(),
  active: z.boolean(),
  lastRun: nullable(time()),
  lastStatus: nullable(runStatus),
  lastSuccess: nullable(time()),
  health: nullable(health),
  problems: z.array(problemOfShop),
  items: z.int(),
  vanished: z.int(),
  unknownShare: nullable(share()),
  pagesDone: nullable(z.int()),
  pagesWaiting: nullable(z.int()),
  pagesDropped: nullable(z.int()),
  picturesRefused: z.int(),
  fields: z.record(z.string(), share()).describe('share of the product pages with each field'),
  lastError: nullable(text()),
});

const run = z.strictObject({
  run: z.int(),
  shop: text(),
  startedAt: time(),
  endedAt: nullable(time()),
  status: runStatus,
  health: nullable(health),
  problems: nullable(text()),
  items: nullable(z.int()),
  unknownShare: nullable(share()),
  pagesRead: z.int(),
  pagesUnchanged: z.int(),
  pagesGone: z.int(),
  throttled: z.int(),
  outcomes: z.record(z.string(), z.int()).describe('visits by how they ended'),
});

const category = z.strictObject({
  id: text(),
  en: text(),
  ja: text(),
  shopify: text().describe('id in the Shopify taxonomy'),
  google: nullable(z.int()).describe('id in the Google taxonomy'),
  items: z.int().describe('items on sale'),
});

const stats = z.strictObject({
  items: z.int(),
  vanished: z.int(),
  undecided: z.int(),
  labels: z.int(),
  picturesWanted: z.int(),
  picturesWaiting: z.int(),
  textsWaiting: z.int(),
  picturesRefused: z.int(),
  picturesQuarantined: z.int(),
  model: nullable(text()),
});

const problem = z.object({
  type: z.literal('about:blank'),
  title: text(),
  status: z.int(),
  detail: text(),
  code: text().describe('stable name of the kind of error'),
  hint: text().optional().describe('what to do next'),
  gate: gate.optional().describe('what the gate said of a model, where that is why'),
});

/** By the names that the document gives them. */
export const ANSWERS = {
  Item: item,
  ItemPage: z.strictObject({ items: z.array(item), next: next() }),
  ItemDetail: itemDetail,
  History: z.strictObject({ history: z.array(pricePoint) }),
  Lookalikes: z.strictObject({
    category: nullable(text()).describe('that the answer was kept to, or null'),
    query: nullable(prediction).describe('of an uploaded picture'),
    results: z.array(lookalike),
  }),
  Classification: z.strictObject({
    prediction: nullable(prediction).describe('null where the words say nothing and there is no picture'),
    picture: nullable(prediction).describe('of the picture alone'),
  }),
  Categories: z.strictObject({ categories: z.array(category), unknown: z.int() }),
  Shops: z.strictObject({ shops: z.array(shop) }),
  Shop: shop,
  RunPage: z.strictObject({ runs: z.array(run), next: next() }),
  ReviewQueue: z.strictObject({
    waiting: z.int().describe('items that nobody has judged'),
    questions: z.array(
      z.strictObject({
        item,
        picture: sha256(),
        sample,
        alike: z.array(z.int()).describe('items that show nearly the same picture'),
      }),
    ),
  }),
  Labels: z.strictObject({ labels: z.array(label), next: next() }),
  Label: label,
  ...MODEL_ANSWERS,
  Stats: stats,
  Problem: problem,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** What answers are made of, by the names that the document and clients made from it give them. */
export const PARTS = {
  Money: money,
  Candidate: candidate,
  PricePoint: pricePoint,
  Prediction: prediction,
  Lookalike: lookalike,
  Category: category,
  Run: run,
  ...MODEL_PARTS,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** `Picture` and `Export` are bytes. */
export type AnswerName = Exclude<keyof typeof ANSWERS, 'Problem'> | 'Picture' | 'Export';
export { sample, verdict };
