/** What the endurance run lets pass and what it does not. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/platform/random.js';
import { leaksIn } from '../../soak/endurance/judge.js';
import type { TimedFigures } from '../../soak/endurance/judge.js';
import { watchLog } from '../../soak/endurance/log-watch.js';

type Figures = Partial<Record<'memory' | 'descriptors' | 'threads', number>>;

/** What a daemon does that the figures show. */
interface Course {
  /** Of each kind, by the minute. */
  readonly growth?: Figures;
  /** Of each kind, with each of two swaps. */
  readonly kept?: Figures;
  /** MB that memory wanders by, slower than rubbish is collected. */
  readonly wander?: number;
  readonly seed?: number;
}

/** A sample a second of a daemon whose memory goes up and down by 20 MB as rubbish is collected, and more while it swaps. */
function samples(
  minutes: number,
  { growth = {}, kept = {}, wander = 1, seed = 3 }: Course = {},
): TimedFigures[] {
  const random = new Random(seed);
  const seconds = minutes * 60;
  let drift = 0;
  return Array.from({ length: seconds }, (_, second) => {
    const atMs = second * 1000;
    const swaps = [seconds / 3, (2 * seconds) / 3].filter((at) => second >= at);
    const isSwapping = second < (swaps.at(-1) ?? -Infinity) + 20;
    const more = (what: keyof Figures): number =>
      Math.floor(((growth[what] ?? 0) * atMs) / 60_000) + (kept[what] ?? 0) * swaps.length;
    // Remembers of itself for about a minute and a half.
    drift = 0.99 * drift + random.range(-wander, wander) / 4;
    return {
      atMs,
      memory:
        500 + (second % 30) * 0.66 + random.range(-3, 3) + drift + (isSwapping ? 80 : 0) + more('memory'),
      descriptors: 90 + random.int(-20, 20) + (isSwapping ? 4 : 0) + more('descriptors'),
      threads: 21 + (isSwapping ? 5 : 0) + more('threads'),
    };
  });
}

describe('the judge of an endurance run', () => {
  it('lets a daemon pass whose figures go up and down', () => {
    const failed = Array.from({ length: 100 }, (_, seed) => leaksIn(samples(21, { seed }))).filter(
      (leaks) => leaks.length > 0,
    );
    expect(failed.length).toBeLessThanOrEqual(2);
    expect(leaksIn(samples(2))).toEqual([]);
    // Less than the limit is no leak.
    expect(leaksIn(samples(21, { growth: { memory: 0.3 } }))).toEqual([]);
  });

  it.each([
    ['memory', 1.5, /^memory grows: 1\.\d+ MB a minute .* limit 1\)/],
    ['descriptors', 2, /^descriptors grows: /],
    ['threads', 0.5, /^threads grows: /],
  ] as const)('catches a leak of %s', (what, perMinute, complaint) => {
    expect(leaksIn(samples(21, { growth: { [what]: perMinute } }))).toEqual([
      expect.stringMatching(complaint),
    ]);
  });

  it.each([
    ['memory', 20, /^memory (?:grows|was not shown to be flat): /],
    ['descriptors', 2, /^descriptors grows: 7\d before the first swap, 7[\d.]+ after the last/],
    ['threads', 1, /^threads grows: 21 before the first swap, 23 after the last/],
  ] as const)('catches %s that each swap keeps', (what, kept, complaint) => {
    expect(leaksIn(samples(21, { kept: { [what]: kept } }))).toEqual([expect.stringMatching(complaint)]);
  });

  it('does not take for flat what grows by the limit, nor what wanders too much to be told', () => {
    const passed = (course: Course): number =>
      Array.from({ length: 100 }, (_, seed) => leaksIn(samples(21, { ...course, seed }))).filter(
        (leaks) => leaks.length === 0,
      ).length;
    expect(passed({ growth: { memory: 1 } })).toBeLessThanOrEqual(10);
    expect(leaksIn(samples(21, { wander: 60 }))).toEqual([
      expect.stringMatching(/^memory was not shown to be flat: /),
    ]);
  });

  it('catches in two minutes what leaks fast', () => {
    expect(leaksIn(samples(2, { growth: { memory: 200 } }))).toEqual([
      expect.stringMatching(/^memory grows: /),
    ]);
  });
});

describe('the watch on the log', () => {
  const line = (level: number, event: string, more = {}): string =>
    `${JSON.stringify({ level, time: 1, pid: 2, ...more, event })}\n`;

  it('counts what is expected and keeps what is not', () => {
    const heard: string[] = [];
    const log = watchLog(
      (event) => event === 'run.unhealthy',
      (event) => heard.push(event),
    );
    const text =
      line(30, 'run.started') +
      line(40, 'run.unhealthy') +
      line(50, 'infer.thread_lost') +
      '(node:7) Warning: leak\n';
    // However it is cut into pieces.
    for (const piece of text.match(/[^]{1,7}/g) ?? []) log.take(piece);
    expect(heard).toEqual(['run.started', 'run.unhealthy', 'infer.thread_lost']);
    expect([...log.warned]).toEqual([
      ['run.unhealthy', 1],
      ['infer.thread_lost', 1],
    ]);
    expect(log.unexpected).toEqual([expect.stringContaining('infer.thread_lost'), '(node:7) Warning: leak']);
  });

  it('takes a stack for an error without a name, whatever the event is called', () => {
    const log = watchLog((event) => event === 'run.unhealthy');
    log.take(line(40, 'run.unhealthy', { error: 'TypeError: x\n    at read (file:///a/b.js:10:5)' }));
    expect(log.unexpected).toHaveLength(1);
  });
});
