/** What the endurance run lets pass and what it does not. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/platform/random.js';
import { leaksIn } from '../../soak/endurance/judge.js';
import type { TimedFigures } from '../../soak/endurance/judge.js';
import { watchLog } from '../../soak/endurance/log-watch.js';

/** A sample a second of a daemon whose memory goes up and down by 20 MB as rubbish is collected. */
function samples(
  minutes: number,
  growth: Partial<Record<'memory' | 'descriptors' | 'threads', number>>,
): TimedFigures[] {
  const random = new Random(3);
  const grown = (what: keyof typeof growth, atMs: number): number => ((growth[what] ?? 0) * atMs) / 60_000;
  return Array.from({ length: minutes * 60 }, (_, second) => {
    const atMs = second * 1000;
    return {
      atMs,
      memory: 500 + (second % 30) * 0.66 + random.range(-3, 3) + grown('memory', atMs),
      descriptors: 90 + random.int(-20, 20) + Math.floor(grown('descriptors', atMs)),
      threads: 21 + Math.floor(grown('threads', atMs)),
    };
  });
}

describe('the judge of an endurance run', () => {
  it('lets a daemon pass whose figures go up and down', () => {
    expect(leaksIn(samples(20, {}))).toEqual([]);
    expect(leaksIn(samples(2, {}))).toEqual([]);
    // Less than the limit is no leak.
    expect(leaksIn(samples(20, { memory: 0.3 }))).toEqual([]);
  });

  it.each([
    ['memory', 1.5, /^memory grows: 1\.\d+ MB a minute .* limit 1\)/],
    ['descriptors', 2, /^descriptors grows: /],
    ['threads', 0.5, /^threads grows: /],
  ] as const)('catches a leak of %s', (what, perMinute, complaint) => {
    expect(leaksIn(samples(20, { [what]: perMinute }))).toEqual([expect.stringMatching(complaint)]);
  });

  it('catches in two minutes what leaks fast', () => {
    expect(leaksIn(samples(2, { memory: 200 }))).toEqual([expect.stringMatching(/^memory grows: /)]);
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
