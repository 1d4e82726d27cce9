/** The thread that writes the log back, beside a writer that never rests. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/platform/log.js';
import { startCheckpoints } from '../../../src/store/checkpoints.js';
import { openForWriting } from '../../../src/store/open-file.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const log = createLog({ level: 'silent', format: 'json' });

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
