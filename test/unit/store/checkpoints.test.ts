/** The thread that writes the log back, beside a writer that never rests. */
import { closeSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { freeBytes } from '../../../src/platform/disk-floor.js';
import { createLog } from '../../../src/platform/log.js';
import { startCheckpoints } from '../../../src/store/checkpoints.js';
import { Connection } from '../../../src/store/connection.js';
import { openForWriting } from '../../../src/store/open-file.js';
import { smallDisk } from '../../support/small-disk.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const log = createLog({ level: 'silent', format: 'json' });

const MIB = 1024 * 1024;

/** A log that was written back to its end begins anew, and counts it in its header (bytes 12 to 15). */
function timesRestarted(path: string): number {
  const header = Buffer.alloc(16);
  const file = openSync(`${path}-wal`, 'r');
  try {
    readSync(file, header, 0, 16, 0);
  } finally {
    closeSync(file);
  }
  return header.readUInt32BE(12);
}

const mounted = smallDisk(8 * 1024);

describe('checkpoints by a thread', () => {
  it('begin the log of a busy writer anew, and leave the last of it to whoever closes the store', async () => {
    const path = join(temporaryFolder(), 'busy.db');
    const db = openForWriting(path);
    db.run('CREATE TABLE pages (id INTEGER PRIMARY KEY, body BLOB)');
    const checkpoints = startCheckpoints(db, log);
    const body = Buffer.alloc(8 * 1024, 1);
    const until = performance.now() + 30_000;
    let written = 0;
    while (timesRestarted(path) < 2 && performance.now() < until) {
      db.transaction(() => {
        for (let row = 0; row < 64; row += 1) db.run('INSERT INTO pages (body) VALUES (?)', [body]);
      });
      written += 64 * body.byteLength;
      await delay(1);
    }
    expect(timesRestarted(path)).toBeGreaterThanOrEqual(2);
    await checkpoints.close();
    db.raw.close();
    expect(statSync(path).size).toBeGreaterThan(written);
  }, 40_000);

  it('let the writer go on while a reader holds an old state, and say that the log grows', async () => {
    const path = join(temporaryFolder(), 'held.db');
    const db = openForWriting(path);
    db.run('CREATE TABLE pages (id INTEGER PRIMARY KEY, body BLOB)');
    const warnings: [string, unknown][] = [];
    const checkpoints = startCheckpoints(
      db,
      { ...log, warn: (event, fields) => void warnings.push([event, fields]) },
      4 * MIB,
    );
    const reader = new Database(path, { readonly: true });
    reader.exec('BEGIN');
    const seen = (): unknown => reader.prepare('SELECT count(*) FROM pages').pluck().get();
    expect(seen()).toBe(0);
    const body = Buffer.alloc(64 * 1024, 1);
    // Past the length at which the thread keeps the writer out to shorten the log, and tries it at several ticks.
    const until = performance.now() + 20_000;
    const commit = (): number => db.run('INSERT INTO pages (body) VALUES (?)', [body]).id;
    while ((commit() < 700 || warnings.length === 0) && performance.now() < until) await delay(2);
    await delay(1200);
    const commits = commit();
    expect([commits > 700, seen(), timesRestarted(path)]).toEqual([true, 0, 0]);
    expect(warnings).toEqual([['store.log_long', { path, bytes: expect.any(Number) as number }]]);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(commits * body.byteLength);
    reader.close();
    while (timesRestarted(path) === 0 && performance.now() < until) {
      commit();
      await delay(20);
    }
    expect(timesRestarted(path)).toBe(1);
    await checkpoints.close();
    db.raw.close();
  }, 30_000);

  it.skipIf(mounted === null)(
    'wait for room on a full disk, say so once, and go on',
    async () => {
      const disk = mounted!;
      const path = join(disk, 'full.db');
      const db = openForWriting(path);
      db.raw.pragma('wal_autocheckpoint = 0');
      db.run('CREATE TABLE pages (id INTEGER PRIMARY KEY, body BLOB)');
      db.run('INSERT INTO pages (body) VALUES (?)', [Buffer.alloc(2 * MIB, 1)]);
      const ballast = join(disk, 'ballast');
      writeFileSync(ballast, Buffer.alloc(freeBytes(disk)));
      const warnings: [string, unknown][] = [];
      const checkpoints = startCheckpoints(db, {
        ...log,
        warn: (event, fields) => void warnings.push([event, fields]),
      });
      const until = performance.now() + 20_000;
      while (warnings.length === 0 && performance.now() < until) await delay(20);
      // Ticks that fail as the first did.
      await delay(1200);
      expect(warnings).toEqual([
        ['store.checkpoints_wait', { path, error: expect.stringMatching(/full|disk/) as string }],
      ]);
      expect(statSync(path).size).toBeLessThan(2 * MIB);
      rmSync(ballast);
      while (statSync(path).size < 2 * MIB && performance.now() < until) await delay(20);
      expect(statSync(path).size).toBeGreaterThan(2 * MIB);
      await checkpoints.close();
      db.raw.close();
    },
    30_000,
  );

  it('say why where the thread cannot open the file', async () => {
    const db = openForWriting(join(temporaryFolder(), 'there.db'));
    const path = join(temporaryFolder(), 'missing.db');
    const warnings: [string, unknown][] = [];
    const checkpoints = startCheckpoints(new Connection(db.raw, path), {
      ...log,
      warn: (event, fields) => void warnings.push([event, fields]),
    });
    await checkpoints.close();
    expect(warnings).toEqual([['store.checkpoints_failed', { path, error: 'unable to open database file' }]]);
    db.raw.close();
  });

  it('go on by themselves where the thread cannot', async () => {
    const path = join(temporaryFolder(), 'alone.db');
    const db = openForWriting(path);
    const checkpoints = startCheckpoints(db, log);
    expect(db.raw.pragma('wal_autocheckpoint', { simple: true })).toBeGreaterThan(1000);
    await checkpoints.close();
    expect(db.raw.pragma('wal_autocheckpoint', { simple: true })).toBe(1000);
    db.raw.close();
  });
});
