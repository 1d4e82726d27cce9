import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import type { Heartbeat } from '../../../src/domain/health.js';
import type { Clock, Log } from '../../../src/domain/ports.js';
import { BEAT_MS, beatUntil, LOOP_GOAL_P99_MS, SLOW_SLICES } from '../../../src/pipeline/heartbeat.js';
import { LoopDelay } from '../../../src/platform/loop-delay.js';

/** Beats as often as `p99s` has numbers, the loop being that late; gives what was stored, reviewed and logged. */
async function beats(p99s: readonly number[], fail: (beat: number) => void = () => undefined) {
  const stop = new AbortController();
  let ms = 1_000_000;
  let beat = 0;
  const clock: Clock = {
    now: () => ms,
    monotonic: () => ms,
    sleep: async (wait) => {
      ms += wait;
      beat += 1;
      if (beat === p99s.length) stop.abort();
    },
  };
  const late = (): number => ((p99s[beat] ?? 0) + 10) * 1e6;
  const histogram = { count: 1, percentile: late, reset: () => undefined, max: 0 };
  const stored: (Heartbeat | null)[] = [];
  const reviewed: (number | undefined)[] = [];
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const log: Log = { debug: () => undefined, info: note, warn: note, error: note, child: () => log };
  const store = {
    beat: (heartbeat: Heartbeat | null) => {
      if (heartbeat !== null) fail(beat);
      stored.push(heartbeat);
    },
    reviewHealth: (limit?: number) => void reviewed.push(limit),
  };
  const delay = new LoopDelay({ histogram, monotonic: () => ms, keep: 3 });
  await beatUntil({ store, clock, log, delay, runtime: () => RUNTIME }, stop.signal);
  return { stored, reviewed, events };
}

const RUNTIME = { runtime: 'onnx', device: 'cpu', reason: 'nothing else works' };
const [FAST, SLOW] = [LOOP_GOAL_P99_MS - 1, LOOP_GOAL_P99_MS + 1];
const times = (n: number, p99: number): number[] => Array.from({ length: n }, () => p99);

describe('the heartbeat', () => {
  it('stores a sign of life, reviews one shop a beat, and takes the sign away at the end', async () => {
    const { stored, reviewed, events } = await beats([FAST, 3]);
    expect(stored.slice(0, -1)).toMatchObject([
      { pid: process.pid, startedAt: 1_000_000, at: 1_000_000, loop: { p99Ms: FAST }, runtime: RUNTIME },
      { pid: process.pid, startedAt: 1_000_000, at: 1_000_000 + BEAT_MS, loop: { p99Ms: FAST } },
    ]);
    expect(stored.at(-1)).toBeNull();
    expect(reviewed).toEqual([1, 1]);
    expect(events).toEqual([]);
  });

  it('tells once of a loop that is late for long, and of its recovery', async () => {
    expect((await beats([...times(SLOW_SLICES - 1, SLOW), FAST, SLOW])).events).toEqual([]);
    expect((await beats(times(3 * SLOW_SLICES, SLOW))).events).toEqual(['daemon.loop_slow']);
    const twice = [...times(SLOW_SLICES, SLOW), FAST, FAST, ...times(SLOW_SLICES, SLOW)];
    expect((await beats(twice)).events).toEqual([
      'daemon.loop_slow',
      'daemon.loop_recovered',
      'daemon.loop_slow',
    ]);
  });

  it('goes on when the disk is full, and ends with anything that is a bug', async () => {
    const full = (beat: number): void => {
      if (beat === 1) throw new FashiondError('refused', 'no room left', { retry: true });
    };
    const { stored, events } = await beats([FAST, FAST, FAST], full);
    expect(stored).toHaveLength(3);
    expect(events).toEqual(['daemon.heartbeat_failed']);
    const broken = (): void => {
      throw new TypeError('a bug');
    };
    await expect(beats([FAST], broken)).rejects.toThrow('a bug');
  });
});
