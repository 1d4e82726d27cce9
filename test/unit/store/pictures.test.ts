/** What a picture does to its items, and a new model or rule to what was decided. */
import { describe, expect, it } from 'vitest';
import type { ModelFingerprint } from '../../../src/domain/ids.js';
import type { PictureOutcome, Prediction } from '../../../src/domain/prediction.js';
import {
  classified,
  classify,
  context,
  download,
  LOOK,
  manifest,
  MODEL,
  sha,
  T0,
  workbench,
  readNothing,
} from './builders.js';
import { PAGE, image, content, sweater, beanie, withImages, items, states } from './picture-builders.js';

const bench = workbench();

describe('a picture', () => {
  it('brings its item a category, facts and vectors', () => {
    const store = bench.open();
    withImages(store, ['a']);
    expect(items(store)).toMatchObject([{ category: null, reason: 'waiting' }]);
    download(store, content);
    expect(items(store)).toMatchObject([{ category: null, reason: 'waiting' }]);
    classify(store, () => sweater);
    expect(items(store)).toEqual([
      { category: 'sweater', probability: 0.97, best_category: 'sweater', reason: null },
    ]);
    expect(store.query('SELECT colour, palette, picture FROM v_items')).toEqual([
      { colour: 'navy', palette: JSON.stringify(sweater.facts.palette), picture: sha('a') },
    ]);
    expect(store.backlog()).toEqual({ wanted: 0, stored: 0 });
    const [latent] = store.query<{ vector: Buffer }>(
      `SELECT vector FROM embeddings e JOIN vector_spaces s ON s.id = e.space_id WHERE kind = 'latent'`,
    );
    expect([...latent!.vector]).toEqual([0b1010_0001, 7]);
  });

  it('leaves an item unknown with the best guess when it is not sure', () => {
    const store = bench.open();
    withImages(store, ['a']);
    download(store, content);
    classify(store, () => classified({ sweater: 0.6, beanie: 0.4 }));
    expect(items(store)).toEqual([
      { category: null, probability: 0.6, best_category: 'sweater', reason: 'below-threshold' },
    ]);
  });

  it('that is refused leaves the others to decide', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    download(store, content);
    const refused: PictureOutcome = { kind: 'refused', reason: 'truncated', detail: 'half a file' };
    classify(store, (hash) => (hash === sha('a') ? refused : beanie));
    expect(items(store)).toMatchObject([{ category: 'beanie' }]);
    expect(states(store)).toEqual([
      { name: 'a', state: 'refused', reason: 'truncated' },
      { name: 'b', state: 'done', reason: null },
    ]);
    expect(store.query('SELECT picture FROM v_items')).toEqual([{ picture: sha('b') }]);
  });

  it('is judged with the others in the order the shop shows them, the same bytes once', () => {
    const store = bench.open();
    withImages(store, ['c', 'a', 'b', 'd']);
    download(store, (url) => (url === image('d') ? sha('a') : content(url)));
    const asked: string[][] = [];
    const decide = (predictions: readonly Prediction[]): Prediction => {
      asked.push(predictions.map((one) => one.candidates.map(({ probability }) => probability).join()));
      return predictions[0]!;
    };
    const odds: Record<string, number> = { [sha('a')]: 0.91, [sha('b')]: 0.92, [sha('c')]: 0.93 };
    classify(store, (hash) => classified({ sweater: odds[hash]!, beanie: 1 - odds[hash]! }), {
      ...context,
      decide,
    });
    expect(asked.at(-1)!.map((line) => Number(line.split(',')[0]))).toEqual([0.93, 0.91, 0.92]);
    expect(items(store)).toMatchObject([{ probability: 0.93 }]);
  });

  it('known before decides an item that is new, even when the daemon was restarted in between', () => {
    const path = bench.file();
    const store = bench.open(path);
    store.setDecider(MODEL, '1', context.decide);
    withImages(store, ['a']);
    download(store, content);
    classify(store, () => sweater);
    // The same URL on another page: no download, no inference.
    withImages(store, ['a'], 'b', `${PAGE}2`);
    expect(items(store)).toMatchObject([{ category: 'sweater' }, { category: 'sweater' }]);
    store.close();
    const next = bench.open(path);
    // Another URL with the same bytes, before anybody said how to decide.
    withImages(next, ['z'], 'c', `${PAGE}3`);
    download(next, () => sha('a'));
    expect(next.backlog()).toEqual({ wanted: 0, stored: 0 });
    next.setDecider(MODEL, '1', context.decide);
    expect(items(next)).toMatchObject(['sweater', 'sweater', 'sweater'].map((category) => ({ category })));
  });

  it('known before decides at once an item that shows it under another URL', () => {
    const store = bench.open();
    store.setDecider(MODEL, '1', context.decide);
    withImages(store, ['a']);
    download(store, content);
    classify(store, () => sweater);
    withImages(store, ['z'], 'b', `${PAGE}2`);
    download(store, () => sha('a'));
    expect(items(store)).toMatchObject([{ category: 'sweater' }, { category: 'sweater' }]);
  });

  it('is taken out of the decision when the page no longer shows it', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    download(store, content);
    classify(store, (hash) => (hash === sha('a') ? sweater : beanie));
    expect(items(store)).toMatchObject([{ category: 'sweater' }]);
    withImages(store, ['b'], 'b');
    expect(items(store)).toMatchObject([{ category: 'beanie' }]);
    withImages(store, [], 'c');
    readNothing(store);
    expect(items(store)).toMatchObject([{ category: null, reason: 'no-usable-picture' }]);
  });
});

describe('the decision rule', () => {
  it('decides every item anew when it changes, and none when it does not', () => {
    const store = bench.open();
    withImages(store, ['a']);
    download(store, content);
    classify(store, () => sweater);
    const strict = (predictions: readonly Prediction[]): Prediction => ({
      ...predictions[0]!,
      category: null,
      reason: 'below-threshold',
    });
    store.setDecider(MODEL, 'threshold 0.99', strict);
    expect(items(store)).toMatchObject([{ category: null, reason: 'below-threshold' }]);
    store.setDecider(MODEL, 'threshold 0.99', context.decide);
    expect(items(store)).toMatchObject([{ category: null }]);
    store.setDecider(MODEL, 'threshold 0.9', context.decide);
    expect(items(store)).toMatchObject([{ category: 'sweater' }]);
  });
});

describe('a new model', () => {
  const NEW = 'n'.repeat(64) as ModelFingerprint;

  it('sees every usable picture again, and the old answers stay until then', () => {
    const store = bench.open();
    store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
    withImages(store, ['a', 'b']);
    download(store, content);
    const refused: PictureOutcome = { kind: 'refused', reason: 'empty', detail: '' };
    classify(store, (hash) => (hash === sha('a') ? sweater : refused));
    store.models.register({ manifest: manifest(NEW), path: '/models/m' }, 'config');
    store.renewals.begin({ model: NEW, from: MODEL, lookVersion: LOOK, decider: '1' });
    const again = store.renewals.next(10).flatMap(({ pictures }) => pictures);
    expect(again).toEqual([sha('a')]);
    expect(store.renewals.lease(sha('a'))).toBe(true);
    expect(items(store)).toMatchObject([{ category: 'sweater' }]);
    const other = classified({ sweater: 0.05, beanie: 0.95 }, {}, NEW);
    store.commitPicture({ sha256: sha('a'), isSuspect: false }, other, { ...context, model: NEW }, T0);
    expect(store.renewals.next(10)).toMatchObject([{ pictures: [] }]);
    expect(items(store)).toMatchObject([{ category: 'beanie' }]);
    expect(store.vectorFingerprints()).toEqual([
      { model: MODEL, count: 1 },
      { model: NEW, count: 1 },
    ]);
    // Back to the old one: its answers are still there.
    store.models.register({ manifest: manifest(), path: '/models/m' }, 'config');
    expect(items(store)).toMatchObject([{ category: 'sweater' }]);
    expect(store.query('SELECT fingerprint, role FROM models ORDER BY id')).toEqual([
      { fingerprint: MODEL, role: 'current' },
      { fingerprint: NEW, role: 'previous' },
    ]);
  });
});
