import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairPermits } from '../../../src/platform/fair-permits.js';
import { FakeClock } from '../../support/fake-clock.js';

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp(size: number) {
  const clock = new FakeClock();
  const permits = new FairPermits({ size, activeMs: 60_000, clock });
  /** Asks for so many, and says how many it has got by now. */
  const ask = async (party: string, count: number, wants = count): Promise<number> => {
    for (let i = 0; i < count; i += 1) void permits.acquire(party, wants, never);
    await settled();
    return permits.held(party);
  };
  return { clock, permits, ask };
}

describe('FairPermits', () => {
  it('leaves a second party a permit to begin with, however greedy the first', async () => {
    const { ask } = setUp(8);
    expect(await ask('greedy', 50)).toBe(7);
    expect(await ask('other', 1)).toBe(1);
  });

  it('gives what is freed to those that hold least, until all have their share', async () => {
    const { permits, ask } = setUp(8);
    await ask('greedy', 50);
    await ask('b', 4);
    await ask('c', 4);
    for (let i = 0; i < 5; i += 1) {
      permits.release('greedy');
      await settled();
    }
    // Three active parties: shares of two, and nobody above it while another is below.
    expect(permits.held('b')).toBeGreaterThanOrEqual(2);
    expect(permits.held('c')).toBeGreaterThanOrEqual(2);
    expect(permits.free).toBe(0);
  });

  it('keeps the share of a party that is between two requests', async () => {
    const { clock, permits, ask } = setUp(8);
    await ask('polite', 1, 2);
    permits.release('polite');
    expect(await ask('greedy', 50)).toBe(6);
    expect(await ask('polite', 2, 2)).toBe(2);
    permits.release('polite');
    permits.release('polite');
    clock.advance(60_001);
    // After that it counts no more, and the next event gives its share away, but for the one of a newcomer.
    permits.release('greedy');
    await settled();
    expect(permits.held('greedy')).toBe(7);
  });

  it('keeps no more for a party than it can use', async () => {
    const { ask } = setUp(32);
    for (const party of ['a', 'b', 'c']) await ask(party, 1, 2);
    expect(await ask('big', 100)).toBe(32 - 3 * 2);
  });

  it('lets a waiting request be cancelled without losing a permit', async () => {
    const { permits } = setUp(1);
    await permits.acquire('a', 1, never);
    const stop = new AbortController();
    const waiting = permits.acquire('b', 1, stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    permits.release('a');
    await permits.acquire('c', 1, never);
    expect(permits.free).toBe(0);
    permits.release('c');
    expect(permits.free).toBe(1);
    await expect(permits.acquire('d', 1, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });

  it('never gives out more than there are, loses none, and leaves nobody waiting for ever', async () => {
    const step = fc.record({
      party: fc.constantFrom('a', 'b', 'c', 'd'),
      release: fc.boolean(),
      ms: fc.nat(90_000),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.array(step, { maxLength: 60 }),
        async (size, steps) => {
          const { clock, permits } = setUp(size);
          const asked = { count: 0, granted: 0 };
          const held = () => ['a', 'b', 'c', 'd'].reduce((sum, party) => sum + permits.held(party), 0);
          for (const { party, release, ms } of steps) {
            clock.advance(ms);
            if (release && permits.held(party) > 0) permits.release(party);
            else {
              asked.count += 1;
              void permits.acquire(party, 1 + (ms % 4), never).then(() => (asked.granted += 1));
            }
            await settled();
            expect(held() + permits.free).toBe(size);
            expect(permits.free).toBeGreaterThanOrEqual(0);
          }
          while (held() > 0) {
            for (const party of ['a', 'b', 'c', 'd']) if (permits.held(party) > 0) permits.release(party);
            await settled();
          }
          expect(asked.granted).toBe(asked.count);
          expect(permits.free).toBe(size);
        },
      ),
      { numRuns: 40 },
    );
  });
});
