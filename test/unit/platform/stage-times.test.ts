import { afterEach, expect, it, vi } from 'vitest';
import { StageTimes } from '../../../src/platform/stage-times.js';

afterEach(() => vi.restoreAllMocks());

it('tells a stage that is stuck from one that is busy or idle', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const times = new StageTimes();
  const ends: (() => void)[] = [];
  const begin = (): Promise<void> => times.measure('read', () => new Promise<void>((end) => ends.push(end)));
  const stalled = (): string[] => times.stalled(['read', 'never'], 100);
  expect(stalled()).toEqual([]);
  const [first, second] = [begin(), begin()];
  now = 90;
  ends[0]!();
  await first;
  now = 180;
  // One came back 90 ms ago.
  expect(stalled()).toEqual([]);
  now = 191;
  expect(stalled()).toEqual(['read']);
  ends[1]!();
  await second;
  now = 10_000;
  expect(stalled()).toEqual([]);
  // Idle for long, busy since now.
  void begin();
  expect(stalled()).toEqual([]);
});
