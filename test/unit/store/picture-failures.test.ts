/** Pictures that fail, or were in hand when a process died. */
import { describe, expect, it } from 'vitest';
import type { ModelFingerprint, Sha256 } from '../../../src/domain/ids.js';
import type { SuspectOutcome } from '../../../src/domain/prediction.js';
import type { Store } from '../../../src/store/store.js';
import { classify, context, download, LOOK, MODEL, sha, T0, workbench, readNothing } from './builders.js';
import { PAGE, content, sweater, withImages, items, states } from './picture-builders.js';

const bench = workbench();

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
