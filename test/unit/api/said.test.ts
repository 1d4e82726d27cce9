/** Codes and sentences that are kept in English, as the pages tell them in both languages. */
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { ApiParts } from '../../../src/api/parts.js';
import { HttpProblem, problemOf } from '../../../src/api/problem.js';
import { crawlPage } from '../../../src/api/web/crawl-page.js';
import { itemPage } from '../../../src/api/web/item-page.js';
import { modelsPage } from '../../../src/api/web/models-page.js';
import { problemPage } from '../../../src/api/web/plain-pages.js';
import { findingText } from '../../../src/api/web/said.js';
import { shopsPage } from '../../../src/api/web/shops-page.js';
import { viewOf } from '../../../src/api/web/view.js';
import type { View } from '../../../src/api/web/view.js';
import { CODE_WORDS } from '../../../src/api/web/words.js';
import type { Language } from '../../../src/api/web/words.js';
import { configSchema } from '../../../src/config/schema.js';
import type {
  CatalogueStats,
  ItemDetail,
  KnownModel,
  RunState,
  ShopState,
} from '../../../src/domain/browse.js';
import type { Category } from '../../../src/domain/category.js';
import { COLOUR_NAMES } from '../../../src/domain/colour.js';
import { GATE_SENTENCES, readGateSentence } from '../../../src/domain/gate-sentences.js';
import { HEALTH_SENTENCES, readFinding } from '../../../src/domain/health-sentences.js';
import type { Finding, RunMeasures } from '../../../src/domain/health.js';
import { WATCHED_FIELDS } from '../../../src/domain/health.js';
import type { ModelFingerprint, ProductId } from '../../../src/domain/ids.js';
import type { ModelChange } from '../../../src/domain/model-change.js';
import type { GateReport, ModelEvent, RegisteredModel } from '../../../src/domain/model-registry.js';
import { partsOf } from '../../../src/domain/sentences.js';
import { gateOf } from '../../../src/learn/gate/gate.js';
import type { GateAnswer } from '../../../src/learn/gate/gate.js';
import { judge } from '../../../src/store/health/judge.js';

const LANGUAGES = ['en', 'ja'] as const;
const NOW = Date.UTC(2026, 4, 10);
const AT = '2026-05-10T00:00:00Z';
const MODEL = 'a'.repeat(64) as ModelFingerprint;
const CATEGORIES = [
  { id: 'coat', en: 'Coats', ja: 'コート' },
  { id: 'rain-hat', en: 'Rain hats', ja: 'レインハット' },
] as unknown as readonly Category[];

function viewIn(language: Language): View {
  const request = { headers: { 'accept-language': language }, caller: null, url: '/' };
  return viewOf(request as unknown as FastifyRequest, {
    categories: CATEGORIES,
    hasTokens: false,
    assets: { css: '/page.css', js: '/page.js' },
    shopName: () => 'Moda',
  });
}

/** What people read, but for what is quoted as another language's. */
const textOf = (page: string): string =>
  page
    .replaceAll(/<(q|a)\b[^>]*\blang="[^>]*>[^<]*<\/\1\s*>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');
/** A sentence of the other language. */
const FOREIGN: Readonly<Record<Language, RegExp>> = {
  en: /[\u3040-\u30ff\u4e00-\u9fff]/,
  ja: /[A-Za-z']+(?:[\s,:]+[A-Za-z']+){3}/,
};
const CODES = Object.values(CODE_WORDS.en)
  .flatMap((words) => (typeof words === 'string' ? [] : Object.keys(words)))
  .filter((code) => code.includes('-'));

function expectTold(page: string, language: Language): void {
  const text = textOf(page);
  for (const code of CODES) expect(text).not.toContain(code);
  expect(text).not.toMatch(FOREIGN[language]);
}

const usualFields = Object.fromEntries(WATCHED_FIELDS.map((field) => [field, 200]));
const USUAL: RunMeasures = {
  startedAt: NOW,
  endedAt: NOW + 1000,
  failure: null,
  outcomes: { read: 2000 },
  productPages: 200,
  lost: 0,
  found: usualFields as RunMeasures['found'],
  encodingGuesses: 0,
  brokenMarkup: 0,
  items: 2000,
  oldestSeen: NOW,
  decided: 200,
  unknown: 10,
  feeds: [],
  refusedLinks: [],
};
const BAD: RunMeasures = {
  ...USUAL,
  failure: '20 failed requests in a row, the last of them a time-out',
  outcomes: { read: 100, gone: 50, 'server-error': 200, timeout: 45, robots: 300 },
  lost: 150,
  found: Object.fromEntries(WATCHED_FIELDS.map((field) => [field, 1])) as RunMeasures['found'],
  encodingGuesses: 70,
  brokenMarkup: 70,
  items: 1200,
  oldestSeen: NOW - 90 * 86_400_000,
  unknown: 190,
  feeds: [
    { url: 'https://moda.example/a.xml', outcome: 'failed', problem: 'it is no XML at all' },
    { url: 'https://moda.example/b.xml', outcome: 'broken', problem: null },
  ],
  refusedLinks: [{ guard: 'pattern', links: 1500, example: 'https://moda.example/p/1' }],
};
const limits = configSchema.parse({}).health;
const FINDINGS: readonly Finding[] = [BAD, { ...USUAL, items: 0 }].flatMap(
  (run) => judge(run, [USUAL, USUAL, USUAL], [], limits).findings,
);

const answersOf = (accepted: boolean): readonly GateAnswer[] =>
  ['studio', 'street photos'].flatMap((source) =>
    ['1', '2'].map((number) => ({
      picture: source + number,
      source,
      truth: 'rain-hat',
      right: accepted,
      accepted,
    })),
  );
const gate = (
  labels: readonly string[],
  before: readonly string[],
  answers: readonly GateAnswer[],
): GateReport =>
  gateOf(
    { fingerprint: MODEL, labels, answers },
    { fingerprint: MODEL, labels: before, answers },
    { floor: 0.95, data: 'photos' },
  );
const GATES = [
  gate(['coat'], ['coat', 'rain-hat'], answersOf(true)),
  gate(['coat'], ['coat'], []),
  gate(['coat'], ['coat'], answersOf(false)),
];

describe('what is said of a run and of a model', () => {
  it('is taken apart again, every sentence of it', () => {
    const health = FINDINGS.map(({ what }) => readFinding(what)?.id);
    expect(new Set(health)).toEqual(new Set(Object.keys(HEALTH_SENTENCES)));
    const says = GATES.flatMap(({ checks }) => checks.map(({ says }) => says));
    const ids = says.map((one) => readGateSentence(one)?.id);
    expect(new Set(ids)).toEqual(new Set(Object.keys(GATE_SENTENCES)));
  });

  it('has every figure in every language', () => {
    const figures = (template: string): string[] =>
      partsOf(template)
        .filter((_, index) => index % 2 === 1)
        .toSorted();
    const { en, ja } = CODE_WORDS;
    for (const set of ['health', 'gate', 'gateName'] as const) {
      for (const [id, template] of Object.entries(en[set])) {
        expect(figures((ja[set] as Record<string, string>)[id]!)).toEqual(figures(template));
      }
    }
    for (const one of ['usually', 'share', 'under'] as const)
      expect(figures(ja[one])).toEqual(figures(en[one]));
  });

  it.each([
    [
      'errors: 1245 of 2225 visits (timeout 45, server-error 1200), usually 0 %',
      'errors: 1,245 of 2,225 visits (timed out 45, fault of the shop (5xx) 1,200), usually 0 %',
      '2,225 回のアクセス中 1,245 回がエラー（タイムアウト 45、ショップ側のエラー（5xx） 1,200）（通常は 0 %）',
    ],
    [
      'price: found on under 1 % of 300 product pages, usually 100 %',
      'Price: found on under 1 % of 300 product pages, usually 100 %',
      '価格を取得できた割合は、商品ページ 300 件中 1 % 未満（通常は 100 %）',
    ],
    [
      'items: 100 on sale, usually 200',
      'items: 100 on sale, usually 200',
      '販売中の商品は 100 点（通常は 200 点）',
    ],
    [
      'the run failed: no <b>',
      'the run failed: no &lt;b&gt;',
      'クロールに失敗しました：<q lang="en">no &lt;b&gt;</q>',
    ],
    ['as said once', 'Problem: as said once', '問題が見つかりました: <q lang="en">as said once</q>'],
  ])('is told with its figures: %s', (what, en, ja) => {
    expect(findingText(viewIn('en'), what).text).toBe(en);
    expect(findingText(viewIn('ja'), what).text).toBe(ja);
  });
});

describe.each(LANGUAGES)('no page shows a code, nor a sentence of another language: %s', (language) => {
  const view = viewIn(language);
  const problems = FINDINGS.map((one) => ({ ...one, since: AT }));

  it('of the shops and of the runs', () => {
    const shop = { name: 'Moda', shop: 'moda', health: 'red', active: true, unknownShare: 0.5, lastRun: AT };
    const numbers = { items: 1, vanished: 2, fields: { price: 0.5, pictures: 1 } };
    const state = {
      ...shop,
      ...numbers,
      problems,
      lastError: 'https://moda.example/: the answer is no page',
    };
    const page = shopsPage([state as unknown as ShopState], view);
    expectTold(page, language);
    expect(page).toContain('the answer is no page');
    const run = { run: 1, shop: 'moda', startedAt: AT, endedAt: AT, status: 'failed', health: 'red' };
    const waiting = { picturesWanted: 0, picturesWaiting: 0, textsWaiting: 0 };
    const stats = { items: 1, labels: 0, ...waiting } as unknown as CatalogueStats;
    const browse = {
      runs: () => ({ rows: [run as unknown as RunState], next: null }),
      findings: () => FINDINGS,
    };
    const crawl = crawlPage({ browse } as unknown as ApiParts, { shops: [], stats }, view);
    expectTold(crawl, language);
    expect(crawl).toContain(view.codes.health.noItems);
  });

  it('of the models', async () => {
    const [against] = GATES;
    const registered = GATES.map((one, index) => ({
      fingerprint: `${index}${MODEL}`,
      role: null,
      gate: one,
    }));
    const known = registered.map(({ fingerprint }) => ({
      fingerprint,
      name: 'small',
      role: null,
      labels: ['coat'],
      threshold: 0.5,
      loadedAt: AT,
      pictures: 1,
    }));
    const change = {
      kind: 'promotion',
      model: MODEL,
      step: 'refused',
      gate: against,
      problem: 'it did not pass',
    };
    const event = { at: AT, name: 'small', model: MODEL, step: 'fell-back', by: 'daemon' };
    const parts = {
      browse: { models: () => known as unknown as KnownModel[] },
      models: {
        list: () => registered as unknown as RegisteredModel[],
        changes: () => [change as unknown as ModelChange],
        events: () => [{ ...event, note: 'the model could not be loaded' } as unknown as ModelEvent],
        renewal: () => null,
      },
      papers: { card: async () => null, hasReport: async () => false },
    } as unknown as ApiParts;
    const page = await modelsPage(parts, view);
    expectTold(page, language);
    expect(page).toContain('the model could not be loaded');
    const source = language === 'ja' ? '正解率（street photos）' : 'Precision, street photos';
    expect(textOf(page)).toContain(source);
    expect(textOf(page)).toContain(
      language === 'ja' ? 'レインハットの正解率は 1.000' : 'Rain hats: right 1.000',
    );
  });

  it.each(Object.keys(CODE_WORDS.en.reason))('of an item that is %s', async (reason) => {
    const item = {
      id: 1,
      shop: 'moda',
      title: 'Y',
      brand: null,
      url: 'https://moda.example/1',
      category: null,
      best: 'coat',
      probability: 0.4,
      reason,
      price: null,
      listPrice: null,
      availability: 'unknown',
      picture: null,
      pictures: [],
      firstSeen: AT,
      lastSeen: AT,
      vanishedAt: null,
      description: null,
      palette: COLOUR_NAMES.map((name) => ({ name, hex: '#000000', share: 0.1 })),
      candidates: [],
      variants: [],
      history: [],
      evidence: {
        by: 'text',
        words: [],
        text: { class: 'several-garments', probability: 0.6 },
        pictures: null,
      },
    } as unknown as ItemDetail;
    const parts = {
      browse: { item: () => item, items: () => [] },
      lookalikes: { ofItem: async () => null },
      categories: CATEGORIES,
    } as unknown as ApiParts;
    const page = (await itemPage(parts, view, 1 as ProductId, false))!;
    expectTold(page, language);
    expect(page).toContain(view.codes.reason[reason as 'waiting']);
    const swatches = page.matchAll(/<\/svg>\s*(.*?) 10 %/g);
    expect(Array.from(swatches, ([, name]) => name)).toEqual(Object.values(view.codes.colour));
  });

  it('of a problem', () => {
    const problem = new HttpProblem(409, 'too-many-exports', 'there is no place left', {
      hint: 'Come again soon.',
    });
    const page = problemPage(view, problemOf(problem));
    expectTold(page, language);
    expect(page).toContain(view.codes.problem['too-many-exports']);
    expect(page).toContain('there is no place left');
  });
});
