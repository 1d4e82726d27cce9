import Database from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CommitGroup } from '../../../src/store/commit-group.js';
import { Connection } from '../../../src/store/connection.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

function setUp() {
  const path = join(temporaryFolder(), 'group.db');
  const db = new Connection(new Database(path), path);
  db.raw.pragma('journal_mode = WAL');
  db.run('CREATE TABLE visits (n INTEGER PRIMARY KEY)');
  const reader = new Database(path, { readonly: true });
  return {
    db,
    group: new CommitGroup(db),
    add: (n: number) => () => void db.run('INSERT INTO visits (n) VALUES (?)', [n]),
    path,
    /** As another process sees it. */
    committed: () => reader.prepare('SELECT n FROM visits ORDER BY rowid').pluck().all(),
  };
}

describe('CommitGroup', () => {
  it('resolves once what was asked for is committed, in the order of asking', async () => {
    const { group, add, committed } = setUp();
    const order: number[] = [];
    const write = async (n: number): Promise<void> => {
      await group.run(() => {
        order.push(n);
        add(n)();
      });
      expect(committed()).toContain(n);
    };
    const writes = [3, 1, 2].map(write);
    expect(committed()).toEqual([]);
    await Promise.all(writes);
    expect(order).toEqual([3, 1, 2]);
  });

  it('takes what came together as one transaction', async () => {
    const { db, group, add } = setUp();
    await Promise.all(Array.from({ length: 100 }, (_, n) => group.run(add(n))));
    // Each transaction of its own would have written the table's page once more.
    const [{ log }] = db.raw.pragma('wal_checkpoint(PASSIVE)') as [{ log: number }];
    expect(log).toBeLessThan(50);
  });

  it('fails one alone, and loses nothing of the others', async () => {
    const { group, add, committed } = setUp();
    const results = await Promise.allSettled([1, 2, 2, 3].map((n) => group.run(add(n))));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(committed()).toEqual([1, 2, 3]);
  });

  it('rejects all that waits at once while another program holds the lock, and takes them again later', async () => {
    const { db, group, add, committed, path } = setUp();
    db.raw.pragma('busy_timeout = 50');
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    const results = await Promise.allSettled([1, 2, 3].map((n) => group.run(add(n))));
    const errors = results.map((result) =>
      result.status === 'rejected' ? (result.reason as unknown) : null,
    );
    expect(errors[0]).toMatchObject({ code: 'busy', retry: true });
    // Of one wait for the lock, not of one each.
    expect(new Set(errors).size).toBe(1);
    expect(committed()).toEqual([]);
    other.exec('ROLLBACK');
    await Promise.all([1, 2, 3].map((n) => group.run(add(n))));
    expect(committed()).toEqual([1, 2, 3]);
  });

  it('leaves a crowd to several groups, between which the event loop goes on', async () => {
    const { group, add, committed } = setUp();
    const slow = (n: number) => () => {
      add(n)();
      const until = performance.now() + 3;
      while (performance.now() < until);
    };
    let turns = 0;
    const count = (): void => {
      turns += 1;
      if (committed().length < 8) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 8 }, (_, n) => group.run(slow(n))));
    expect(turns).toBeGreaterThanOrEqual(4);
  });

  it('commits what still waits when it is told that the end has come', async () => {
    const { group, add, committed } = setUp();
    const write = group.run(add(1));
    group.flush();
    expect(committed()).toEqual([1]);
    await write;
  });
});
