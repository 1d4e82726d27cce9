import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DiskFloor, freeBytes } from '../../../src/platform/disk-floor.js';
import { smallDisk } from '../../support/small-disk.js';
import { silent } from '../store/builders.js';

const KIB = 1024;

const mounted = smallDisk(1024);

it.skipIf(mounted === null)('says when a disk gets full and when there is room again', () => {
  const disk = mounted!;
  let now = 0;
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const floor = new DiskFloor({
    paths: [join(disk, 'shop.db'), join(disk, 'not', 'made', 'yet')],
    floorBytes: 500 * KIB,
    clock: { monotonic: () => now, sleep: async () => undefined },
    log: { ...silent, warn: note, info: note },
  });
  const hasRoom = (): boolean => {
    now += 1000;
    return floor.hasRoom();
  };
  expect(hasRoom()).toBe(true);
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(600 * KIB));
  // The disk is not asked for every page.
  expect(floor.hasRoom()).toBe(true);
  expect(hasRoom()).toBe(false);
  expect(hasRoom()).toBe(false);
  // Just above the floor is not enough, or it would go on and stop with every page.
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(500 * KIB));
  expect(freeBytes(disk)).toBeGreaterThan(500 * KIB);
  expect(hasRoom()).toBe(false);
  rmSync(join(disk, 'ballast'));
  expect(hasRoom()).toBe(true);
  expect(events).toEqual(['disk.low', 'disk.recovered']);
});

it('waits for room, or for the end', async () => {
  let free = 0;
  let slept = 0;
  const floor = new DiskFloor({
    paths: ['/'],
    floorBytes: 100,
    clock: {
      monotonic: () => slept * 1000,
      sleep: async () => {
        slept += 1;
        if (slept === 3) free = 1000;
      },
    },
    log: silent,
    free: () => free,
  });
  await floor.room(new AbortController().signal);
  expect(slept).toBe(3);
  free = 0;
  await floor.room(AbortSignal.abort());
});

it('keeps the last answer while a disk gives none, and says so once', () => {
  let now = 0;
  let free: number | null = 1000;
  const events: string[] = [];
  const note = (event: string): void => void events.push(event);
  const floor = new DiskFloor({
    paths: ['/'],
    floorBytes: 100,
    clock: { monotonic: () => (now += 1000), sleep: async () => undefined },
    log: { ...silent, warn: note, info: note },
    free: () => {
      if (free === null) throw new Error('ESTALE: stale file handle');
      return free;
    },
  });
  const answers = [1000, null, null, 0, null, 1000].map((bytes) => {
    free = bytes;
    return floor.hasRoom();
  });
  expect(answers).toEqual([true, true, true, false, false, true]);
  expect(events).toEqual(['disk.unknown', 'disk.low', 'disk.unknown', 'disk.recovered']);
});
