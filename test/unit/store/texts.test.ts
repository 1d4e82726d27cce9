import { describe, expect, it } from 'vitest';
import type { CategoryId, ModelFingerprint, ProductId } from '../../../src/domain/ids.js';
import type { TextPrediction } from '../../../src/domain/item-text.js';
import type { DecideItem, WaitingText } from '../../../src/domain/ports.js';
import type { Store } from '../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  context,
  download,
  HOUR,
  manifest,
  MODEL,
  product,
  read,
  sha,
  T0,
  visit,
  workbench,
} from './builders.js';

const bench = workbench();
const TEXT = 't'.repeat(64) as ModelFingerprint;
const url = 'https://moda.example/p/1';

const said = (probability: number, model = TEXT): TextPrediction => ({
  candidates: [{ class: 'beanie' as CategoryId, probability }],
  words: [{ word: 'ニット帽', field: 'title', weight: 3.5 }],
  model,
});

/** Pictures first, then words; enough to see what arrives. */
const decide: DecideItem = (pictures, text) => {
  const [first] = pictures;
  const word = text?.candidates[0];
  if (first === undefined && word === undefined) return null;
  const best = (first?.best ?? word?.class) as CategoryId;
  const probability = first?.probability ?? word?.probability ?? 0;
  return {
    category: best,
    probability,
    best,
    candidates: [{ category: best, probability }],
    reason: null,
    typicality: null,
    model: MODEL,
    evidence: {
      by: first === undefined ? 'text' : 'text-and-picture',
      words: text?.words ?? [],
      text: word ?? null,
      pictures: first === undefined ? null : { category: first.best, probability: first.probability },
      picture: first === undefined ? null : 0,
    },
  };
};

function opened(path?: string): Store {
  const store = bench.open(path);
  store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
  store.setDecider(MODEL, 'one', decide);
  return store;
}

const item = (store: Store): Record<string, unknown> =>
  store.query<Record<string, unknown>>('SELECT category, reason, decided_by, evidence FROM v_items')[0] ?? {};

function answer(store: Store, waiting: readonly WaitingText[], prediction = said(0.97)): void {
  store.commitTexts(
    waiting.map((one) => ({ ...one, prediction })),
    T0,
  );
}

describe('items’ words', () => {
  it('wait from the page on, and decide an item without a picture', () => {
    const store = opened();
    visit(store, begin(store), url, read(product({ url, title: 'ニット帽', breadcrumbs: ['小物'] })));
    expect(item(store)).toMatchObject({ category: null, reason: 'waiting', decided_by: null });
    const waiting = store.waitingTexts(10);
    expect(waiting).toEqual([
      { product: 1, text: { title: 'ニット帽', description: null, brand: null, breadcrumbs: ['小物'] } },
    ]);
    answer(store, waiting);
    expect(store.textsWaiting()).toBe(0);
    expect(item(store)).toMatchObject({ category: 'beanie', reason: null, decided_by: 'text' });
    expect(JSON.parse(String(item(store)['evidence']))).toMatchObject({
      words: [{ word: 'ニット帽', field: 'title', weight: 3.5 }],
      picture: null,
    });
  });

  it('are joined with the picture, which is named', () => {
    const store = opened();
    const images = ['https://moda.example/i/1.jpg'];
    visit(store, begin(store), url, read(product({ url, images })));
    answer(store, store.waitingTexts(10));
    download(store, () => sha('a'));
    classify(store, () => classified({ sweater: 0.95, beanie: 0.05 }), {
      ...context,
      decide,
    } as typeof context);
    expect(item(store)).toMatchObject({ category: 'sweater', decided_by: 'text-and-picture' });
    expect(JSON.parse(String(item(store)['evidence']))).toMatchObject({
      picture: sha('a'),
      text: { class: 'beanie' },
      pictures: { category: 'sweater' },
    });
  });

  it('are read again when a page changes them, and only then', () => {
    const store = opened();
    visit(store, begin(store), url, read(product({ url })));
    answer(store, store.waitingTexts(10));
    const next = begin(store, '2026-01-02T00:00:00Z', T0 + HOUR);
    visit(store, next, url, read(product({ url, offer: null })), T0 + HOUR);
    expect(store.textsWaiting()).toBe(0);
    const last = begin(store, '2026-01-03T00:00:00Z', T0 + 2 * HOUR);
    visit(store, last, url, read(product({ url, title: 'Another name' })), T0 + 2 * HOUR);
    expect(store.textsWaiting()).toBe(1);
  });

  it('that changed while they were read go on waiting', () => {
    const store = opened();
    visit(store, begin(store), url, read(product({ url })));
    const stale = store.waitingTexts(10);
    const next = begin(store, '2026-01-02T00:00:00Z', T0 + HOUR);
    visit(store, next, url, read(product({ url, title: 'Another name' })), T0 + HOUR);
    answer(store, stale);
    expect(store.waitingTexts(10).map(({ text }) => text.title)).toEqual(['Another name']);
    expect(item(store)).toMatchObject({ category: null, reason: 'waiting' });
  });

  it('are read by a new model, and the old answer stands until then', () => {
    const store = opened();
    visit(store, begin(store), url, read(product({ url })));
    answer(store, store.waitingTexts(10));
    expect(store.requeueTexts(TEXT)).toBe(0);
    const other = 'u'.repeat(64) as ModelFingerprint;
    expect(store.requeueTexts(other)).toBe(1);
    expect(item(store)).toMatchObject({ category: 'beanie' });
    answer(store, store.waitingTexts(10), said(0.97, other));
    expect(store.requeueTexts(other)).toBe(0);
  });

  it('that say nothing leave an item without a picture unknown', () => {
    const store = opened();
    visit(store, begin(store), url, read(product({ url })));
    answer(store, store.waitingTexts(10), { candidates: [], words: [], model: TEXT });
    expect(item(store)).toMatchObject({ category: null, reason: 'no-usable-picture', decided_by: null });
  });

  it('of an item that is not there change nothing', () => {
    const store = opened();
    const text = { title: 'x', description: null, brand: null, breadcrumbs: [] };
    answer(store, [{ product: 99 as ProductId, text }]);
    expect(store.query('SELECT * FROM text_predictions')).toEqual([]);
  });

  it('still wait after a crash', () => {
    const path = bench.file();
    const store = opened(path);
    visit(store, begin(store), url, read(product({ url })));
    store.waitingTexts(10);
    store.close();
    expect(opened(path).textsWaiting()).toBe(1);
  });
});
