import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAST_MS, nextDelay } from '../../../src/fetch/auto-pace.js';
import type { AnswerTime, AutoPaceOptions } from '../../../src/fetch/auto-pace.js';

const options: AutoPaceOptions = { targetConcurrency: 1, maxDelayMs: 30_000 };

const anyOptions = fc.record({
  targetConcurrency: fc.double({ min: 0.1, max: 64, noNaN: true }),
  maxDelayMs: fc.double({ min: 0, max: 120_000, noNaN: true }),
});
const anyElapsed = fc.double({ min: 0, max: 600_000, noNaN: true });
const anyAnswers = fc.array(fc.record({ elapsedMs: anyElapsed, good: fc.boolean() }), { maxLength: 50 });

const after = (answers: readonly AnswerTime[], bounds: AutoPaceOptions): number =>
  answers.reduce((delay, answer) => nextDelay(delay, answer, bounds), 0);

describe('the automatic pace', () => {
  it('stays within its bounds, whatever happens', () => {
    fc.assert(
      fc.property(anyAnswers, anyOptions, (answers, bounds) => {
        const delay = after(answers, bounds);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(bounds.maxDelayMs);
      }),
    );
  });

  it('never gives a shorter delay for a slower answer', () => {
    fc.assert(
      fc.property(
        anyAnswers,
        anyElapsed,
        anyElapsed,
        fc.boolean(),
        anyOptions,
        (answers, one, other, good, bounds) => {
          const before = after(answers, bounds);
          const [fast, slow] = [Math.min(one, other), Math.max(one, other)];
          expect(nextDelay(before, { elapsedMs: slow, good }, bounds)).toBeGreaterThanOrEqual(
            nextDelay(before, { elapsedMs: fast, good }, bounds),
          );
        },
      ),
    );
  });

  it('is never made faster by an error', () => {
    fc.assert(
      fc.property(anyAnswers, anyElapsed, anyOptions, (answers, elapsedMs, bounds) => {
        const before = after(answers, bounds);
        expect(nextDelay(before, { elapsedMs, good: false }, bounds)).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('leaves a host alone that answers promptly', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ elapsedMs: fc.double({ min: 0, max: FAST_MS, noNaN: true }), good: fc.boolean() }),
        ),
        anyOptions,
        (answers, bounds) => {
          expect(after(answers, bounds)).toBe(0);
        },
      ),
    );
  });

  it('comes to one request in hand where the host is slow for good, and back when it is not', () => {
    const slow = Array.from({ length: 20 }, () => ({ elapsedMs: 4500, good: true }));
    expect(after(slow, options)).toBeCloseTo(4000, 0);
    expect(after(slow.slice(0, 4), options)).toBeGreaterThan(0.9 * 4000);
    expect(after(slow, { ...options, targetConcurrency: 4 })).toBeCloseTo(1000, 0);
    const fast = Array.from({ length: 13 }, () => ({ elapsedMs: 80, good: true }));
    expect(after([...slow, ...fast], options)).toBe(0);
  });
});
