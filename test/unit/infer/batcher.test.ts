import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batcher } from '../../../src/infer/batcher.js';

describe('Batcher', () => {
  it('gives a full batch at once and the rest when its oldest item has waited', () => {
    const batcher = new Batcher<string>({ batch: 3, waitMs: 4, capacity: 10 });
    for (const [at, item] of ['a', 'b', 'c', 'd', 'e'].entries()) batcher.offer(item, at);
    expect(batcher.take(4)).toEqual(['a', 'b', 'c']);
    expect(batcher.take(4)).toBeNull();
    expect(batcher.dueAt()).toBe(3 + 4);
    expect(batcher.take(6.9)).toBeNull();
    expect(batcher.take(7)).toEqual(['d', 'e']);
    expect(batcher.dueAt()).toBeNull();
  });

  it('gives every accepted item out once, in order, never late, never more than a batch', () => {
    const step = fc.record({ wait: fc.integer({ min: 0, max: 6 }), offers: fc.integer({ min: 0, max: 12 }) });
    const options = fc.record({
      batch: fc.integer({ min: 1, max: 7 }),
      waitMs: fc.integer({ min: 0, max: 10 }),
      capacity: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(options, fc.array(step), (limits, steps) => {
        const batcher = new Batcher<{ id: number; since: number }>(limits);
        const accepted: number[] = [];
        const taken: number[] = [];
        let now = 0;
        let next = 0;
        for (const { wait, offers } of steps) {
          now += wait;
          for (let count = 0; count < offers; count += 1) {
            const held = batcher.size;
            const id = next++;
            const room = batcher.offer({ id, since: now }, now);
            expect(room).toBe(held < limits.capacity);
            if (room) accepted.push(id);
          }
          for (let batch = batcher.take(now); batch !== null; batch = batcher.take(now)) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(limits.batch);
            const full = batch.length === limits.batch;
            expect(full || now - batch[0]!.since >= limits.waitMs).toBe(true);
            taken.push(...batch.map(({ id }) => id));
          }
          const due = batcher.dueAt();
          expect(due === null).toBe(batcher.size === 0);
          expect(due ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
          expect(taken).toEqual(accepted.slice(0, taken.length));
        }
        now += limits.waitMs;
        for (let batch = batcher.take(now); batch !== null; batch = batcher.take(now)) {
          taken.push(...batch.map(({ id }) => id));
        }
        expect(taken).toEqual(accepted);
      }),
    );
  });
});
