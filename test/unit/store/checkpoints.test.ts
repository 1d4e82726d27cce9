/** The thread that writes the log back, beside a writer that never rests. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../../src/platform/log.js';
import { startCheckpoints } from '../../../src/store/checkpoints.js';
import { openForWriting } from '../../../src/store/open-file.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const log = createLog({ level: 'silent', format: 'json' });
const MB = 1024 * 1024;

describe('checkpoints by a thread', () => {
  it('keep the log of a busy writer short, and leave the last of it to whoever closes the store', async () => {
    const path = join(temporaryFolder(), 'busy.db');
    const db = openForWriting(path);
    db.run('CREATE TABLE pages (id INTEGER PRIMARY KEY, body BLOB)');
    const checkpoints = startCheckpoints(db, log);
    const body = Buffer.alloc(8 * 1024, 1);
    const sizes = { file: () => statSync(path).size, log: () => statSync(`${path}-wal`).size };
    const until = performance.now() + 20_000;
    let written = 0;
    // Three times the length at which the thread keeps the writer out.
    while (written < 96 * MB && performance.now() < until) {
      db.transaction(() => {
        for (let row = 0; row < 64; row += 1) db.run('INSERT INTO pages (body) VALUES (?)', [body]);
      });
      written += 64 * body.byteLength;
      await delay(1);
    }
    expect(sizes.log()).toBeLessThan(0.75 * written);
    expect(sizes.file()).toBeGreaterThan(0.25 * written);
    await checkpoints.close();
    db.raw.close();
    expect(sizes.file()).toBeGreaterThan(written);
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
