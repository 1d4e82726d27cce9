import { describe, expect, it } from 'vitest';
import type { ModelFingerprint, Sha256, ShopId } from '../../../src/domain/ids.js';
import type { PictureOutcome, Prediction, SuspectOutcome } from '../../../src/domain/prediction.js';
import type { Store } from '../../../src/store/store.js';
import {
  begin,
  classified,
  classify,
  context,
  download,
  HOUR,
  LOOK,
  manifest,
  MODEL,
  product,
  read,
  sha,
  shop,
  T0,
  visit,
  workbench,
  readNothing,
} from './builders.js';

const bench = workbench();
const PAGE = 'https://moda.example/p/1';
const image = (name: string): string => `https://moda.example/i/${name}.jpg`;
/** The content of image('a') is sha('a'), and so on. */
const content = (url: string): Sha256 => sha(url.at(-5)!);
const sweater = classified({ sweater: 0.97, beanie: 0.03 });
const beanie = classified({ sweater: 0.02, beanie: 0.98 });
const none = { etag: null, lastModified: null };

function withImages(store: Store, names: readonly string[], slot = 'a', url = PAGE): void {
  const run = begin(store, slot);
  visit(store, run, url, read(product({ url, images: names.map(image) })));
}

const items = (store: Store): unknown[] =>
  store.query('SELECT category, probability, best_category, reason FROM v_items ORDER BY product_id');
const states = (store: Store): unknown[] =>
  store.query('SELECT substr(sha256, 1, 1) AS name, state, reason FROM blobs ORDER BY id');

describe('picture URLs', () => {
  it('are wanted once, in the order they were found', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    withImages(store, ['b', 'c'], 'b', `${PAGE}2`);
    expect(store.backlog()).toEqual({ wanted: 3, stored: 0 });
    const claimed = store.claimImages(2, T0, HOUR);
    expect(claimed.map((found) => found.url)).toEqual([image('a'), image('b')]);
    expect(store.claimImages(10, T0, HOUR).map((found) => found.url)).toEqual([image('c')]);
    expect(store.backlog()).toEqual({ wanted: 3, stored: 0 });
  });

  it('are shared out so that one shop does not take every place', () => {
    const store = bench.open();
    store.syncShops([shop(), shop('other')]);
    withImages(store, ['a', 'b', 'c', 'd', 'e', 'f']);
    const run = begin(store, 'a', T0, 'other' as ShopId);
    visit(store, run, PAGE, read(product({ images: ['x', 'y', 'z'].map(image) })));
    const shops = (limit: number): string[] => store.claimImages(limit, T0, HOUR).map((found) => found.shop);
    expect(shops(2).sort()).toEqual(['moda', 'other']);
    expect(shops(1)).toEqual(['moda']);
    expect(shops(3).sort()).toEqual(['moda', 'other', 'other']);
  });

  it('leave places free when the shop has as many in flight as it may', () => {
    const store = bench.open();
    store.syncShops([shop(), shop('other')]);
    withImages(store, ['a', 'b', 'c', 'd']);
    const most = (limit: number): number => store.claimImages(limit, T0, HOUR, () => 2).length;
    expect([most(10), most(10)]).toEqual([2, 0]);
    const run = begin(store, 'a', T0, 'other' as ShopId);
    visit(store, run, PAGE, read(product({ images: ['x', 'y', 'z'].map(image) })));
    expect(store.claimImages(10, T0, HOUR, () => 2).map((found) => found.shop)).toEqual(['other', 'other']);
  });

  it('are counted by shop and together', () => {
    const store = bench.open();
    store.syncShops([shop(), shop('other')]);
    withImages(store, ['a', 'b']);
    const run = begin(store, 'a', T0, 'other' as ShopId);
    visit(store, run, PAGE, read(product({ images: [image('x')] })));
    store.claimImages(1, T0, HOUR);
    expect(store.backlog(shop().id)).toEqual({ wanted: 2, stored: 0 });
    expect(store.backlog('other' as ShopId)).toEqual({ wanted: 1, stored: 0 });
    expect(store.backlog()).toEqual({ wanted: 3, stored: 0 });
  });

  it('wait for their retry, carry validators, and are given back', () => {
    const store = bench.open();
    withImages(store, ['a']);
    const [first] = store.claimImages(1, T0, HOUR);
    const retry = { kind: 'retry', at: T0 + 50, spendsAttempt: true, reason: 'timeout' } as const;
    store.commitImage(first!, retry, T0);
    expect(store.nextImageDue()).toBe(T0 + 50);
    expect(store.claimImages(1, T0 + 49, HOUR)).toEqual([]);
    const [second] = store.claimImages(1, T0 + 50, HOUR);
    expect(second!.attempts).toBe(1);
    store.releaseImages([second!.id]);
    expect(store.claimImages(1, T0 + 50, HOUR)).toEqual([second]);
    expect(store.recoverLeases()).toEqual({ pages: 0, feeds: 0, images: 1, pictures: 0 });
    expect(store.claimImages(1, T0, HOUR)).toEqual([second]);
  });

  it('that failed get another chance with the next run', () => {
    const store = bench.open();
    withImages(store, ['a']);
    store.commitImage(store.claimImages(1, T0, HOUR)[0]!, { kind: 'dropped', reason: 'gone (404)' }, T0);
    expect(store.backlog()).toEqual({ wanted: 0, stored: 0 });
    readNothing(store);
    expect(items(store)).toMatchObject([{ category: null, reason: 'no-usable-picture' }]);
    begin(store, 'b');
    expect(store.backlog()).toEqual({ wanted: 1, stored: 0 });
  });

  it('with the same bytes are one picture', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    download(store, () => sha('5'));
    expect(store.backlog()).toEqual({ wanted: 0, stored: 1 });
  });

  it('keep their bytes when the server says unchanged, and ask in full when there are none', () => {
    const store = bench.open();
    withImages(store, ['a']);
    store.commitImage(store.claimImages(1, T0, HOUR)[0]!, { kind: 'unchanged' }, T0);
    expect(store.claimImages(1, T0, HOUR)).toMatchObject([{ validators: none }]);
  });
});

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

describe('a picture that was in hand when a process died', () => {
  /** The process ends with the pictures it had claimed in hand; the next one starts. */
  function die(store: Store): Sha256[] {
    const inHand = store.claimPictures(100, T0).map((picture) => picture.sha256);
    store.recoverLeases();
    return inHand;
  }

  it('is a suspect, handed out last, one at a time, beside the others', () => {
    const store = bench.open();
    withImages(store, ['a', 'b', 'c']);
    download(store, content);
    expect(die(store)).toEqual([sha('a'), sha('b'), sha('c')]);
    withImages(store, ['d'], 'b', `${PAGE}2`);
    download(store, content);
    expect(store.claimPictures(1, T0)).toEqual([{ sha256: sha('d'), isSuspect: false }]);
    expect(store.claimPictures(100, T0)).toEqual([{ sha256: sha('a'), isSuspect: true }]);
    withImages(store, ['e'], 'c', `${PAGE}3`);
    download(store, content);
    const [fresh, ...none] = store.claimPictures(100, T0);
    expect([fresh, none]).toEqual([{ sha256: sha('e'), isSuspect: false }, []]);
    store.commitPicture({ sha256: sha('a'), isSuspect: true }, sweater, context, T0);
    expect(store.claimPictures(100, T0)).toEqual([{ sha256: sha('b'), isSuspect: true }]);
  });

  it('is never convicted by deaths of the daemon alone, and clean again once classified', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    download(store, content);
    for (let deaths = 0; deaths < 1000; deaths += 1) die(store);
    expect(classify(store, () => sweater)).toHaveLength(2);
    expect(items(store)).toMatchObject([{ category: 'sweater' }]);
    die(store);
    expect(store.claimPictures(100, T0)).toEqual([]);
    const model = 'n'.repeat(64) as ModelFingerprint;
    store.renewals.begin({ model, from: MODEL, lookVersion: LOOK, decider: '1' });
    for (const picture of store.renewals.next(10).flatMap(({ pictures }) => pictures)) {
      expect(store.renewals.lease(picture)).toBe(true);
    }
    // Handed to a decoder when the daemon died.
    die(store);
    expect(store.claimPictures(100, T0).map((picture) => picture.isSuspect)).toEqual([true]);
  });

  it('is quarantined by name after three crashes of its own, with deaths of the daemon in between', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    download(store, content);
    const crashed = { kind: 'crashed', detail: 'its decoder died: SIGSEGV' } as const;
    const judge = (outcomes: Readonly<Record<string, SuspectOutcome>>): void => {
      for (let deaths = 0; deaths < 5; deaths += 1) die(store);
      for (let turn = 0; turn < 2; turn += 1) {
        const [suspect] = store.claimPictures(100, T0);
        if (suspect !== undefined) store.commitPicture(suspect, outcomes[suspect.sha256]!, context, T0);
      }
    };
    judge({ [sha('a')]: crashed, [sha('b')]: { kind: 'failed', detail: 'no memory' } });
    judge({ [sha('a')]: crashed, [sha('b')]: sweater });
    expect(states(store)).toMatchObject([{ state: 'stored' }, { state: 'done' }]);
    judge({ [sha('a')]: crashed });
    expect(states(store)).toEqual([
      { name: 'a', state: 'quarantined', reason: 'crashed-decoder' },
      { name: 'b', state: 'done', reason: null },
    ]);
    expect(store.query('SELECT detail FROM blobs WHERE id = 1')).toEqual([{ detail: crashed.detail }]);
    expect(items(store)).toMatchObject([{ category: 'sweater' }]);
    expect(store.summary().picturesQuarantined).toBe(1);
  });

  it('stays a suspect when it is given back', () => {
    const store = bench.open();
    withImages(store, ['a']);
    download(store, content);
    die(store);
    for (let round = 0; round < 3; round += 1) {
      expect(store.claimPictures(100, T0)).toEqual([{ sha256: sha('a'), isSuspect: true }]);
      store.releasePictures([sha('a')]);
    }
  });
});

describe('a picture that fails', () => {
  it('is no suspect after a clean stop', () => {
    const store = bench.open();
    withImages(store, ['a', 'b']);
    download(store, content);
    for (let round = 0; round < 5; round += 1) {
      const claimed = store.claimPictures(100, T0);
      expect(claimed.map((picture) => picture.isSuspect)).toEqual([false, false]);
      store.releasePictures(claimed.map((picture) => picture.sha256));
    }
  });

  it('is charged once for a failure that is reported twice', () => {
    const store = bench.open();
    withImages(store, ['a']);
    download(store, content);
    const [picture] = store.claimPictures(1, T0);
    for (let n = 0; n < 5; n += 1) {
      store.commitPicture(picture!, { kind: 'failed', detail: 'the worker died' }, context, T0);
    }
    expect(classify(store, () => sweater)).toEqual([sha('a')]);
    expect(items(store)).toMatchObject([{ category: 'sweater' }]);
  });

  it('is set aside after three reports of failure', () => {
    const store = bench.open();
    withImages(store, ['a']);
    download(store, content);
    const seen = classify(store, () => ({ kind: 'failed', detail: 'the worker died' }));
    expect(seen).toEqual([sha('a'), sha('a'), sha('a')]);
    expect(states(store)).toEqual([{ name: 'a', state: 'quarantined', reason: 'failed' }]);
    readNothing(store);
    expect(store.query('SELECT reason, picture_problem FROM v_unknown')).toEqual([
      { reason: 'no-usable-picture', picture_problem: 'failed' },
    ]);
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
