import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { keepUp, keepUpDaily } from '../../src/daily-upkeep.js';
import { createBlobStore } from '../../src/images/blob-store.js';
import { FIRST_RUN, writeFirstSchema } from '../support/first-schema.js';
import { rowsOf } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { begin, silent, workbench } from './store/builders.js';

const bench = workbench();
const DAY = 86_400_000;
const never = new AbortController().signal;

describe('the daily round', () => {
  it('keeps as many backups as it is told, one a day, and none of what was to go, beside an open store', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'shop.db');
    writeFirstSchema(path);
    bench.open(path);
    const backups = join(folder, 'backups');
    const store = {
      ...configSchema.parse({}).store,
      path,
      backups,
      blobs: join(folder, 'blobs'),
      daily_backups: 2,
      disk_floor: 0,
      keep: { runs: null, prices: null, vanished: DAY, pictures: DAY },
    };
    const blobs = createBlobStore(store.blobs);
    const shown = await blobs.write(Buffer.from('that an item shows'));
    const db = new Database(path);
    db.prepare(`UPDATE blobs SET sha256 = ? WHERE id = 1`).run(shown);
    db.close();
    // As a process leaves it that dies after the rows went.
    const sha256 = await blobs.write(Buffer.from('that no row names'));
    const orphan = blobs.pathOf(sha256);
    utimesSync(orphan, 0, 0);
    let now = FIRST_RUN + 1000;
    const clock = { now: () => now, monotonic: () => now, sleep: async () => undefined };
    const events: [string, unknown][] = [];
    const log = { ...silent, info: (event: string, fields: unknown) => void events.push([event, fields]) };
    const round = async () => keepUp({ store, blobs, clock, log }, true, never);
    expect(await round()).toBe(true);
    expect(await round()).toBe(true);
    expect(readdirSync(backups)).toEqual(['fashiond-daily-20260101T000001Z.db']);
    expect(rowsOf(path, 'SELECT id FROM products')).toHaveLength(2);
    for (now of [now + DAY, now + 5 * DAY]) await round();
    expect(readdirSync(backups)).toEqual([
      'fashiond-daily-20260102T000001Z.db',
      'fashiond-daily-20260106T000001Z.db',
    ]);
    expect(rowsOf(path, 'SELECT id FROM products')).toEqual([{ id: 7 }]);
    expect(existsSync(orphan)).toBe(false);
    expect(events[1]?.[1]).toMatchObject({ vanished: 0, pictures: 0, files: 1 });
    expect(
      rowsOf(join(backups, 'fashiond-daily-20260106T000001Z.db'), 'SELECT id FROM products'),
    ).toHaveLength(1);
    expect(events.map(([event]) => event)).toEqual([
      'backup.made',
      'store.pruned',
      'backup.made',
      'store.pruned',
      'backup.made',
    ]);
  });

  it('leaves the pictures of a database that was set aside, and says so', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'shop.db');
    bench.open(path);
    const keep = { runs: null, prices: null, vanished: null, pictures: DAY };
    const store = {
      ...configSchema.parse({}).store,
      path,
      daily_backups: 0,
      keep,
      blobs: join(folder, 'blobs'),
    };
    const blobs = createBlobStore(store.blobs);
    const labelled = blobs.pathOf(await blobs.write(Buffer.from('labelled')));
    utimesSync(labelled, 0, 0);
    const warnings: unknown[] = [];
    const log = {
      ...silent,
      warn: (event: string, fields?: unknown) => void warnings.push([event, fields]),
    };
    const clock = { now: () => FIRST_RUN, monotonic: () => 0, sleep: async () => undefined };
    await keepUp({ store, blobs, clock, log }, true, never);
    expect(existsSync(labelled)).toBe(true);
    expect(warnings).toEqual([['upkeep.orphans_doubted', { folder: store.blobs, orphans: 1, named: 0 }]]);
  });

  it('waits for a day where the clock has jumped, as all would look old at once', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'shop.db');
    writeFirstSchema(path);
    bench.open(path);
    const store = {
      ...configSchema.parse({}).store,
      path,
      backups: join(folder, 'backups'),
      disk_floor: 0,
      keep: { runs: null, prices: null, vanished: 5 * DAY, pictures: null },
    };
    const stop = new AbortController();
    let hours = 0;
    let ahead = 0;
    const items: number[] = [];
    const clock = {
      now: () => FIRST_RUN + hours * 3_600_000 + ahead,
      monotonic: () => hours * 3_600_000,
      sleep: async () => {
        items.push(rowsOf(path, 'SELECT id FROM products').length);
        hours += 1;
        // Not so far that the runs would contradict it.
        if (hours === 3) ahead = 20 * DAY;
        if (hours === 30) stop.abort();
      },
    };
    const warnings: string[] = [];
    const log = { ...silent, warn: (event: string) => void warnings.push(event) };
    await keepUpDaily({ store, blobs: createBlobStore(join(folder, 'blobs')), clock, log }, stop.signal);
    // From the step at hour 3 on for 24 hours; then it must be the right time.
    expect(items.slice(0, 27)).toEqual(Array.from({ length: 27 }, () => 2));
    expect(items.at(-1)).toBe(1);
    expect(warnings).toEqual(['upkeep.clock_stepped']);
    expect(readdirSync(store.backups)).toHaveLength(3);
  });

  it('makes a backup a day of a machine that sleeps at night, though its clock seems to jump', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'shop.db');
    bench.open(path);
    const backups = join(folder, 'backups');
    const store = { ...configSchema.parse({}).store, path, backups, disk_floor: 0 };
    const stop = new AbortController();
    let awake = 0;
    const clock = {
      // Ten hours awake, fourteen asleep.
      now: () => FIRST_RUN + (awake + Math.floor(awake / 10) * 14) * 3_600_000,
      monotonic: () => awake * 3_600_000,
      sleep: async () => {
        awake += 1;
        if (awake === 35) stop.abort();
      },
    };
    const warnings: string[] = [];
    const log = { ...silent, warn: (event: string) => void warnings.push(event) };
    await keepUpDaily({ store, blobs: createBlobStore(join(folder, 'blobs')), clock, log }, stop.signal);
    expect(readdirSync(backups).map((name) => name.slice(15, 23))).toEqual([
      '20260101',
      '20260102',
      '20260103',
      '20260104',
    ]);
    expect(warnings).toEqual(['upkeep.clock_stepped']);
  });

  it('deletes nothing by a clock that was wrong before it began', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'shop.db');
    writeFirstSchema(path);
    const opened = bench.open(path);
    const keep = { runs: null, prices: null, vanished: 5 * DAY, pictures: null };
    const store = { ...configSchema.parse({}).store, path, daily_backups: 0, keep };
    const reasons: unknown[] = [];
    const log = {
      ...silent,
      warn: (_: string, fields?: Readonly<Record<string, unknown>>) => void reasons.push(fields?.['reason']),
    };
    const itemsAt = async (now: number): Promise<number> => {
      const clock = { now: () => now, monotonic: () => 0, sleep: async () => undefined };
      await keepUp({ store, blobs: createBlobStore(join(folder, 'blobs')), clock, log }, true, never);
      return rowsOf(path, 'SELECT id FROM products').length;
    };
    const wrong = FIRST_RUN + 3650 * DAY;
    expect(await itemsAt(wrong)).toBe(2);
    // Nor after a restart, when the wrong time is in the database already.
    begin(opened, 'wrong', wrong);
    expect(await itemsAt(wrong + DAY / 2)).toBe(2);
    expect(reasons.at(-1)).toContain('2026-01-01');
    // Once it is right again, the runs of the wrong time tell that something is amiss.
    expect(await itemsAt(FIRST_RUN + 6 * DAY)).toBe(2);
    expect(reasons.at(-1)).toContain('ahead of the clock');
    const db = new Database(path);
    db.prepare('UPDATE runs SET started_at = min(started_at, :at), finished_at = min(finished_at, :at)').run({
      at: FIRST_RUN,
    });
    db.close();
    expect(await itemsAt(FIRST_RUN + 6 * DAY)).toBe(1);
    expect(reasons).toHaveLength(3);
  });

  it('makes none where it would take the last room', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'shop.db');
    bench.open(path);
    const store = { ...configSchema.parse({}).store, path, backups: join(folder, 'b'), disk_floor: 2 ** 60 };
    const warnings: string[] = [];
    const log = { ...silent, warn: (event: string) => void warnings.push(event) };
    const clock = { now: () => FIRST_RUN, monotonic: () => 0, sleep: async () => undefined };
    const blobs = createBlobStore(join(folder, 'blobs'));
    expect(await keepUp({ store, blobs, clock, log }, true, never)).toBe(false);
    expect(warnings).toEqual(['backup.no_room']);
    expect(readdirSync(folder)).not.toContain('b');
  });
});

describe('blobs.remove', () => {
  it('leaves a picture that was written again today, as its row may be on its way', async () => {
    const blobs = createBlobStore(join(temporaryFolder(), 'blobs'));
    const sha256 = await blobs.write(Buffer.from('a picture'));
    expect(await blobs.remove(sha256, Date.now())).toBe(false);
    utimesSync(blobs.pathOf(sha256), 0, 0);
    await blobs.write(Buffer.from('a picture'));
    expect(await blobs.remove(sha256, Date.now())).toBe(false);
    utimesSync(blobs.pathOf(sha256), 0, 0);
    expect(await blobs.remove(sha256, Date.now())).toBe(true);
    expect(await blobs.has(sha256)).toBe(false);
    expect(await blobs.remove(sha256, Date.now())).toBe(false);
  });
});
