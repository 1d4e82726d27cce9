import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { CategoryId, ModelFingerprint, ProductId } from '../../src/domain/ids.js';
import { openLookalikes } from '../../src/lookalikes.js';
import { entryOf, EVEN, layout, OPEN } from './search/entries.js';
import type { Entry } from './search/entries.js';
import { silent } from './store/builders.js';

const ITEMS = 2000;
const M = 'm' as ModelFingerprint;
const LATER_MS = 3_600_000;
const query = entryOf(0, 0).vectors;
const filter = { ...OPEN, limit: 1 };

/** A catalogue that tells how often it was read, and what the answers say of it. */
function catalogue() {
  const state = { title: 'first', revision: 'a', reads: 0, given: 0, now: 0, fails: false };
  const entries = (): Entry[] =>
    Array.from({ length: ITEMS }, (_, n) => entryOf(n + 1, n % 5, { title: state.title }));
  let changed: Entry | null = null;
  const lookalikes = openLookalikes(
    {
      *searchItems() {
        state.reads += 1;
        if (state.fails) throw new Error('the disk is gone');
        for (const entry of entries()) {
          state.given += 1;
          yield entry;
        }
      },
      findItem: () => changed,
      browse: { revision: () => state.revision, items: () => [] },
    } as never,
    { model: () => M, layout, settings: EVEN, monotonic: () => state.now, log: silent },
  );
  return {
    state,
    lookalikes,
    title: async () => (await lookalikes.ofPicture(query, M, filter))![0]!.item.title,
    personSays: (entry: Entry) => {
      changed = entry;
      lookalikes.refresh([entry.item.productId]);
    },
    /** Until an index that is being made is there. */
    settled: async () => {
      for (let turn = 0; turn < ITEMS / 50; turn += 1) await nextTurn();
    },
  };
}

describe('lookalikes', () => {
  it('give the event loop back while their index is made, and make one for all who ask', async () => {
    const { state, title } = catalogue();
    let turns = 0;
    const done = new AbortController();
    const count = async () => {
      for (; !done.signal.aborted; turns += 1) await nextTurn();
    };
    const counting = count();
    expect(await Promise.all([title(), title(), title()])).toEqual(['first', 'first', 'first']);
    done.abort();
    await counting;
    expect(state.reads).toBe(1);
    expect(turns).toBeGreaterThanOrEqual(ITEMS / 200 - 1);
  });

  it('answer from the old index while a new one is made, and make none of a catalogue that did not change', async () => {
    const { state, title, settled } = catalogue();
    await title();
    state.title = 'second';
    state.now += LATER_MS;
    expect(await title()).toBe('first');
    await settled();
    expect([await title(), state.reads]).toEqual(['first', 1]);
    state.revision = 'b';
    expect(await Promise.all([title(), title()])).toEqual(['first', 'first']);
    await settled();
    expect([await title(), state.reads]).toEqual(['second', 2]);
    // Changed again, but too soon.
    state.revision = 'c';
    await title();
    await settled();
    expect(state.reads).toBe(2);
  });

  it('keep what a person said while a new index was made', async () => {
    const { state, lookalikes, title, personSays, settled } = catalogue();
    await title();
    Object.assign(state, { revision: 'b', now: state.now + LATER_MS });
    await title();
    const beanie = 'beanie' as CategoryId;
    personSays(entryOf(1, 0, { category: beanie }));
    const beanies = async () =>
      (await lookalikes.ofPicture(query, M, { ...OPEN, category: beanie }))!.map(
        ({ item }) => item.productId,
      );
    expect(await beanies()).toEqual([1 as ProductId]);
    await settled();
    expect([await beanies(), state.reads]).toEqual([[1], 2]);
  });

  it('go on with the old index where a new one cannot be made, and try again later', async () => {
    const { state, title, settled } = catalogue();
    await title();
    Object.assign(state, { revision: 'b', now: state.now + LATER_MS, fails: true, title: 'second' });
    expect([await title(), await title()]).toEqual(['first', 'first']);
    await settled();
    Object.assign(state, { now: state.now + LATER_MS, fails: false });
    await title();
    await settled();
    expect([await title(), state.reads]).toEqual(['second', 3]);
  });

  it('read nothing more once they are closed', async () => {
    const { state, lookalikes, title, settled } = catalogue();
    await title();
    Object.assign(state, { revision: 'b', now: state.now + LATER_MS });
    await title();
    await lookalikes.close();
    const { given } = state;
    expect(given).toBeLessThan(2 * ITEMS);
    await settled();
    expect(state.given).toBe(given);
  });
});
