import { describe, expect, it } from 'vitest';
import type { ModelFingerprint, ProductId } from '../../src/domain/ids.js';
import type { SearchChanges } from '../../src/domain/search-ports.js';
import { openLookalikes } from '../../src/lookalikes.js';
import type { SearchThread } from '../../src/search-thread.js';
import { OPEN, entryOf } from './search/entries.js';
import { silent } from './store/builders.js';

const LATER_MS = 3_600_000;
const M = 'm' as ModelFingerprint;
const OTHER = 'other' as ModelFingerprint;
const { vectors } = entryOf(0, 0);
const changesOf = (count: number): SearchChanges => ({
  items: Array.from({ length: count }, (_, at) => (at + 1) as ProductId),
  pictures: [],
});

/** A search thread that notes what it is told; its answers name it. */
class FakeThread implements SearchThread {
  readonly told: string[] = [];
  hasMissed = false;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  finish!: (error?: Error) => void;
  die!: () => void;

  readonly name: string;

  constructor(name: string) {
    this.name = name;
    this.ready = new Promise((resolve, reject) => {
      this.finish = (error) => {
        if (error === undefined) resolve();
        else reject(error);
      };
    });
    this.ended = new Promise((resolve) => {
      this.die = resolve;
    });
  }

  ofItem = async () => null;
  ofPicture = async () => {
    this.told.push('question');
    return [{ item: { title: this.name, price: null }, score: 1, parts: {} } as never];
  };
  changed = ({ items }: SearchChanges) => {
    this.told.push(`changed ${items.length}`);
  };
  close = async () => {
    this.told.push('close');
    this.die();
  };
}

function opened() {
  const threads: FakeThread[] = [];
  const state = { now: 0, changes: changesOf(0) as SearchChanges | null, model: M };
  const lookalikes = openLookalikes(
    {
      browse: {
        takeChanges: () => {
          const { changes } = state;
          state.changes = changesOf(0);
          return changes;
        },
        items: () => [],
      },
    },
    {
      model: () => state.model,
      start: () => {
        threads.push(new FakeThread(`thread ${threads.length + 1}`));
        return threads.at(-1)!;
      },
      monotonic: () => state.now,
      log: silent,
    },
  );
  const ask = async () => (await lookalikes.ofPicture(vectors, state.model, OPEN))![0]!.item.title;
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { state, threads, lookalikes, ask, settled };
}

async function answering() {
  const made = opened();
  const first = made.ask();
  made.threads[0]!.finish();
  await first;
  return made;
}

describe('lookalikes', () => {
  it('fill one index for all who ask at first, who wait for it', async () => {
    const { threads, ask, settled } = opened();
    const asked = Promise.all([ask(), ask(), ask()]);
    await settled();
    expect(threads.map(({ told }) => told)).toEqual([[]]);
    threads[0]!.finish();
    expect(await asked).toEqual(['thread 1', 'thread 1', 'thread 1']);
  });

  it('take over what changed before the next question, and very much after it', async () => {
    const { state, threads, ask } = await answering();
    state.changes = changesOf(3);
    await ask();
    state.changes = changesOf(600);
    await ask();
    await ask();
    expect(threads[0]!.told).toEqual([
      'question',
      'changed 3',
      'question',
      'question',
      'changed 600',
      'question',
    ]);
  });

  it('answer from the old index while a new one is filled, which hears of changes as well', async () => {
    const { state, threads, ask, settled, lookalikes } = await answering();
    Object.assign(state, { changes: null, now: LATER_MS });
    expect(await ask()).toBe('thread 1');
    lookalikes.refresh([7 as ProductId]);
    state.changes = changesOf(2);
    expect(await ask()).toBe('thread 1');
    expect(threads[1]!.told).toEqual(['changed 1', 'changed 2']);
    threads[1]!.finish();
    await settled();
    expect(await ask()).toBe('thread 2');
    expect(threads[0]!.told.at(-1)).toBe('close');
    // Unknown again, but too soon: known changes are taken over all the same.
    state.changes = null;
    await ask();
    state.changes = changesOf(1);
    await ask();
    expect([threads.length, threads[1]!.told.slice(-2)]).toEqual([2, ['changed 1', 'question']]);
    state.now += LATER_MS;
    await ask();
    expect(threads).toHaveLength(3);
  });

  it('go on with the old index where a new one cannot be filled, and try again later', async () => {
    const { state, threads, ask, settled } = await answering();
    Object.assign(state, { changes: null, now: LATER_MS });
    await ask();
    threads[1]!.finish(new Error('the disk is gone'));
    await settled();
    expect(await ask()).toBe('thread 1');
    expect(threads).toHaveLength(2);
    state.now += LATER_MS;
    expect(await ask()).toBe('thread 1');
    expect(threads).toHaveLength(3);
  });

  it('say why the first index cannot be filled, and fill another later and later', async () => {
    const { state, threads, ask, lookalikes } = opened();
    for (const waitMs of [1000, 2000, 4000]) {
      const asked = ask();
      threads.at(-1)!.finish(new Error('the disk is gone'));
      await expect(asked).rejects.toThrow('the disk is gone');
      const before = threads.length;
      state.now += waitMs - 1;
      await expect(ask()).rejects.toMatchObject({ code: 'busy', hint: 'it is tried again in 1 s' });
      expect(threads).toHaveLength(before);
      state.now += 1;
    }
    const last = ask();
    threads.at(-1)!.finish();
    expect(await last).toBe('thread 4');
    await lookalikes.close();
  });

  it('fill an index anew where the one in use could not take changes over', async () => {
    const { state, threads, ask, settled } = await answering();
    threads[0]!.hasMissed = true;
    state.now = LATER_MS;
    expect(await ask()).toBe('thread 1');
    threads[1]!.finish();
    await settled();
    expect(await ask()).toBe('thread 2');
    expect(threads).toHaveLength(2);
  });

  it('remember what was missed where another index was filled but may not take over', async () => {
    const { state, threads, ask, settled, lookalikes } = await answering();
    state.changes = null;
    const refused = lookalikes.comeOver(OTHER, () => false);
    await settled();
    threads[1]!.finish();
    await refused;
    state.now = LATER_MS;
    expect(await ask()).toBe('thread 1');
    expect(threads).toHaveLength(3);
  });

  it('are prepared before the first question where that is asked for', async () => {
    const { threads, ask, lookalikes } = opened();
    lookalikes.prepare();
    threads[0]!.finish();
    expect(await ask()).toBe('thread 1');
    lookalikes.prepare();
    expect(threads).toHaveLength(1);
  });

  it('come over to another model once its index is filled, and find no picture of another model', async () => {
    const { state, threads, ask, settled, lookalikes } = await answering();
    expect(await lookalikes.ofPicture(vectors, OTHER, OPEN)).toBeNull();
    const coming = lookalikes.comeOver(OTHER, () => {
      state.model = OTHER;
      return true;
    });
    await settled();
    expect(await ask()).toBe('thread 1');
    threads[1]!.finish();
    await coming;
    expect(await ask()).toBe('thread 2');
    const refused = lookalikes.comeOver(M, () => false);
    await settled();
    threads[2]!.finish();
    await refused;
    expect([await ask(), threads[2]!.told]).toEqual(['thread 2', ['close']]);
  });

  it('start another thread where one died, and end all of them', async () => {
    const { threads, ask, settled, lookalikes } = await answering();
    threads[0]!.die();
    await settled();
    const again = ask();
    threads[1]!.finish();
    expect(await again).toBe('thread 2');
    await lookalikes.close();
    expect(threads[1]!.told.at(-1)).toBe('close');
  });
});
