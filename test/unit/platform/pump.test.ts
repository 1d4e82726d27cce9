import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import { Bell } from '../../../src/platform/bell.js';
import { runPump } from '../../../src/platform/pump.js';
import { systemClock } from '../../../src/platform/clock.js';

function queueOf(count: number) {
  const waiting = Array.from({ length: count }, (_, i) => i);
  return {
    claim: (limit: number) => waiting.splice(0, limit),
    nextDue: () => (waiting.length > 0 ? 0 : null),
    waiting,
  };
}

const base = { endAfterIdleMs: 0, clock: systemClock } as const;

describe('runPump', () => {
  it('works on every item once, never on more than its width at a time', async () => {
    const queue = queueOf(100);
    const seen: number[] = [];
    let inHand = 0;
    let most = 0;
    const work = async (item: number): Promise<void> => {
      inHand += 1;
      most = Math.max(most, inHand);
      await new Promise((resolve) => setTimeout(resolve, item % 3));
      seen.push(item);
      inHand -= 1;
    };
    await runPump({ ...base, ...queue, width: 7, work, bell: new Bell() }, new AbortController().signal);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(most).toBe(7);
  });

  it('asks its queue for nothing while it has room for fewer items than it wants at once', async () => {
    const queue = queueOf(9);
    const asked: number[] = [];
    let dueAsked = 0;
    const ends: (() => void)[] = [];
    const options = {
      ...base,
      width: 4,
      claimAtLeast: 2,
      bell: new Bell(),
      claim: (limit: number) => {
        asked.push(limit);
        return queue.claim(limit);
      },
      nextDue: () => {
        dueAsked += 1;
        return queue.nextDue();
      },
      work: () => new Promise<void>((resolve) => ends.push(resolve)),
    };
    const pump = runPump(options, new AbortController().signal);
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const end = async (): Promise<void> => {
      ends.shift()?.();
      await settled();
    };
    await settled();
    expect([asked, dueAsked]).toEqual([[4], 0]);
    await end();
    expect([asked, dueAsked]).toEqual([[4], 0]);
    await end();
    expect([asked, dueAsked]).toEqual([[4, 2], 0]);
    while (ends.length > 0) await end();
    await pump;
    expect(queue.waiting).toEqual([]);
  });

  it('stops claiming and rejects with the first error, after what is in hand has ended', async () => {
    const queue = queueOf(20);
    const finished: number[] = [];
    const work = async (item: number): Promise<void> => {
      if (item === 1) throw new Error('broken');
      await new Promise((resolve) => setTimeout(resolve, 10));
      finished.push(item);
    };
    const pump = runPump(
      { ...base, ...queue, width: 4, work, bell: new Bell() },
      new AbortController().signal,
    );
    await expect(pump).rejects.toThrow('broken');
    expect(finished).toEqual([0, 2, 3]);
    expect(queue.waiting).toHaveLength(16);
  });

  it('waits for what is in hand when claiming fails', async () => {
    const queue = queueOf(2);
    let finished = 0;
    const claim = (limit: number): number[] => {
      if (queue.waiting.length === 0) throw new Error('no database');
      return queue.claim(limit);
    };
    const work = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      finished += 1;
    };
    const options = { ...base, nextDue: queue.nextDue, claim, work, width: 4, bell: new Bell() };
    await expect(runPump(options, new AbortController().signal)).rejects.toThrow('no database');
    expect(finished).toBe(2);
  });

  it('asks again where claiming fails of what mends itself, such as a full disk', async () => {
    const queue = queueOf(3);
    const seen: number[] = [];
    let asked = 0;
    const claim = (limit: number): readonly number[] => {
      asked += 1;
      if (asked < 3) throw new FashiondError('refused', 'no room left', { retry: true });
      return queue.claim(limit);
    };
    const work = async (item: number): Promise<void> => void seen.push(item);
    await runPump(
      { ...base, ...queue, claim, width: 4, work, bell: new Bell() },
      new AbortController().signal,
    );
    expect(seen).toEqual([0, 1, 2]);
  });

  it('claims nothing more once its signal aborts, and waits for what is in hand', async () => {
    const queue = queueOf(20);
    const stop = new AbortController();
    const finished: number[] = [];
    const work = async (item: number): Promise<void> => {
      stop.abort();
      await new Promise((resolve) => setTimeout(resolve, 10));
      finished.push(item);
    };
    await runPump({ ...base, ...queue, endAfterIdleMs: null, width: 4, work, bell: new Bell() }, stop.signal);
    expect(finished).toEqual([0, 1, 2, 3]);
  });

  it('wakes for work that arrives later when the bell rings', async () => {
    const waiting: number[] = [];
    const stop = new AbortController();
    const bell = new Bell();
    // Its clock stands still, so that it never looks by itself.
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const pump = runPump<number>(
      {
        ...base,
        endAfterIdleMs: null,
        width: 2,
        bell,
        claim: (limit) => waiting.splice(0, limit),
        nextDue: () => null,
        work: async () => {
          stop.abort();
          await Promise.resolve();
        },
      },
      stop.signal,
    );
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    waiting.push(1);
    bell.ring();
    await pump;
    expect(waiting).toEqual([]);
  });

  it('ends although items wait, when they fall due later than its patience', async () => {
    const due = Date.now() + 60_000;
    const options = { ...base, endAfterIdleMs: 1000, width: 1, bell: new Bell(), claim: () => [] };
    const work = async (): Promise<void> => Promise.resolve();
    const pump = runPump({ ...options, work, nextDue: () => due }, new AbortController().signal);
    await expect(pump).resolves.toBeUndefined();
  });
});
