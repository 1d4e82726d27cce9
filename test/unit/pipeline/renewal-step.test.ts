/** Old pictures seen again, below what people and crawls wait for. */
import { expect, it } from 'vitest';
import { renewItems } from '../../../src/pipeline/renewal-step.js';
import { Bell } from '../../../src/platform/bell.js';
import { silent } from '../store/builders.js';

/** Milliseconds after which the one old picture is seen where pictures of people wait for a thread so long, and the disk has no room before. */
async function seenAfter(busyMs: number, roomAt = 0): Promise<number> {
  let now = 0;
  let seenAt = Number.NaN;
  const stop = new AbortController();
  const items = [{ product: 1, pictures: ['a'] }];
  const renewals = {
    state: () => ({ model: 'm', endedAt: null }),
    next: () => items.splice(0),
    lease: () => true,
    settle: () => undefined,
    end: () => stop.abort(),
  };
  const classifier = {
    manifest: { fingerprint: 'm' },
    lookLayout: { version: 'l' },
    get isBusy() {
      return now < busyMs;
    },
    classify: async () => {
      seenAt = now;
      return { kind: 'classified' };
    },
  };
  const clock = {
    now: () => now,
    monotonic: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const parts = {
    store: { renewals, backlog: () => ({ stored: 0 }), commitPicture: () => undefined },
    blobs: { pathOf: (sha: string) => sha },
    classifier,
    decide: () => null,
    clock,
    log: silent,
    room: async () => {
      now = Math.max(now, roomAt);
    },
    modelChanged: new Bell(),
    comeOver: async () => undefined,
  };
  await renewItems(parts as never, 10, stop.signal);
  return seenAt;
}

it('an old picture is seen at once where no other waits, else after those, and in half a second in any case', async () => {
  expect(await seenAfter(0)).toBe(0);
  expect(await seenAfter(300)).toBe(300);
  expect(await seenAfter(60_000)).toBe(500);
});

it('an old picture is seen once there is room for what is said of it', async () => {
  expect(await seenAfter(0, 60_000)).toBe(60_000);
});
