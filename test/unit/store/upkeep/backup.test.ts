import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../../src/domain/errors.js';
import { MIGRATIONS, openStore } from '../../../../src/store/store.js';
import { backUp } from '../../../../src/store/upkeep/backup.js';
import { checkDatabase } from '../../../../src/store/upkeep/check.js';
import { restore } from '../../../../src/store/upkeep/restore.js';
import { createBlobStore } from '../../../../src/images/blob-store.js';
import { begin, product, read, silent, T0, visit, workbench } from '../builders.js';

const bench = workbench();
const clock = { now: () => T0 };
const dist = pathToFileURL(fileURLToPath(new URL('../../../../dist/store/store.js', import.meta.url))).href;

const titles = (path: string): unknown[] => {
  const file = new Database(path, { readonly: true });
  try {
    return file.prepare('SELECT title FROM products ORDER BY id').pluck().all();
  } finally {
    file.close();
  }
};

function withItems(path: string, ...names: string[]): void {
  const store = bench.open(path);
  const run = begin(store, names.join());
  for (const title of names) {
    const url = `https://moda.example/p/${title}`;
    visit(store, run, url, read(product({ url, title })));
  }
  store.close();
}

/** Overwrites pages in the middle of the file. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 16384 * 4, 16384 * 7);
  writeFileSync(path, bytes);
}

async function failure(call: () => Promise<unknown>): Promise<FashiondError> {
  const error: unknown = await call().catch((thrown: unknown) => thrown);
  if (error instanceof FashiondError) return error;
  throw new Error(`expected a FashiondError, got ${String(error)}`);
}

describe('backUp', () => {
  it('copies what was committed at one moment, while another process writes on', async () => {
    const path = bench.file();
    withItems(path, 'first');
    const script = `
      import { openStore } from ${JSON.stringify(dist)};
      const nothing = () => undefined;
      const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
      const store = openStore(${JSON.stringify(path)}, { log });
      let n = 0;
      const write = () => {
        n += 1;
        // Two rows of one transaction: a copy that holds one of them was torn.
        store.db.transaction(() => {
          for (const side of ['left', 'right'])
            store.db.run('INSERT INTO robots (origin, text, fetched_at) VALUES (?, ?, 0)', [side + n, 'x'.repeat(500)]);
        });
        if (n % 50 === 0) process.stdout.write(n + ' ');
        setImmediate(write);
      };
      write();`;
    const writer = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let written = 0;
    writer.stdout.on('data', (text: Buffer) => (written = Number(text.toString().trim().split(' ').at(-1))));
    await once(writer.stdout, 'data');
    const target = join(bench.folder(), 'backups', 'copy.db');
    try {
      const before = written;
      const copy = await backUp(path, target);
      await once(writer.stdout, 'data');
      expect(written).toBeGreaterThan(before);
      expect(copy).toMatchObject({ path: target, schema: MIGRATIONS.length });
    } finally {
      writer.kill('SIGKILL');
      await once(writer, 'exit');
    }
    expect(readdirSync(dirname(target))).toEqual(['copy.db']);
    const file = new Database(target, { readonly: true });
    const pairs = file
      .prepare(`SELECT count(*) FILTER (WHERE origin LIKE 'left%') AS l, count(*) AS n FROM robots`)
      .get() as { l: number; n: number };
    file.close();
    expect(pairs.l).toBeGreaterThan(0);
    expect(pairs.n).toBe(2 * pairs.l);
  });

  it('calls no copy of a damaged database a backup', async () => {
    const path = bench.file();
    withItems(path, ...Array.from({ length: 120 }, (_, n) => `item ${n}`));
    damage(path);
    const target = join(bench.folder(), 'copy.db');
    expect((await failure(() => backUp(path, target))).code).toBe('corrupt');
    expect(readdirSync(dirname(target))).toEqual([]);
  });

  it('writes over nothing', async () => {
    const path = bench.file();
    withItems(path, 'first');
    const target = join(bench.folder(), 'copy.db');
    writeFileSync(target, 'something dear');
    expect((await failure(() => backUp(path, target))).message).toContain(target);
    expect(readFileSync(target, 'utf8')).toBe('something dear');
  });
});

describe('restore', () => {
  it('brings the backup back, and keeps what it replaces', async () => {
    const path = bench.file();
    withItems(path, 'first');
    const backup = join(bench.folder(), 'copy.db');
    await backUp(path, backup);
    withItems(path, 'second');
    const { replaced, schema } = await restore(backup, path, clock);
    expect(titles(path)).toEqual(['first']);
    expect(titles(replaced!)).toEqual(['first', 'second']);
    expect(schema).toBe(MIGRATIONS.length);
    // The daemon can start on it, and the backup can be used again.
    withItems(path, 'third');
    expect(titles(path)).toEqual(['first', 'third']);
    expect(titles(backup)).toEqual(['first']);
  });

  it('keeps a replaced database that is damaged with the log that belongs to it', async () => {
    const path = bench.file();
    withItems(path, ...Array.from({ length: 120 }, (_, n) => `item ${n}`));
    const backup = join(bench.folder(), 'copy.db');
    await backUp(path, backup);
    damage(path);
    writeFileSync(`${path}-wal`, 'the log of another file');
    const { replaced } = await restore(backup, path, clock);
    expect(titles(path)).toHaveLength(120);
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(readFileSync(replaced!).subarray(16384 * 4, 16384 * 4 + 4)).toEqual(Buffer.alloc(4, 0xa5));
  });

  it('refuses while a daemon runs, and leaves its database alone', async () => {
    const path = bench.file();
    withItems(path, 'first');
    const backup = join(bench.folder(), 'copy.db');
    await backUp(path, backup);
    const daemon = bench.open(path);
    const before = readdirSync(dirname(path));
    expect((await failure(() => restore(backup, path, clock))).code).toBe('busy');
    expect(readdirSync(dirname(path))).toEqual(before);
    expect(daemon.integrityCheck()).toEqual([]);
  });

  it.each([
    ['is damaged', (backup: string) => damage(backup), 'corrupt'],
    ['is no database', (backup: string) => writeFileSync(backup, 'words'.repeat(500)), 'corrupt'],
    ['is of a newer fashiond', newer, 'incompatible'],
  ])('refuses a backup that %s, and changes nothing', async (_, spoil, code) => {
    const path = bench.file();
    withItems(path, ...Array.from({ length: 120 }, (__, n) => `item ${n}`));
    const backup = join(bench.folder(), 'copy.db');
    await backUp(path, backup);
    spoil(backup);
    const before = readFileSync(path);
    expect((await failure(() => restore(backup, path, clock))).code).toBe(code);
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path)).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
  });

  it('takes a place where nothing stands yet', async () => {
    const path = bench.file();
    withItems(path, 'first');
    const other = join(bench.folder(), 'new', 'shop.db');
    expect((await restore(path, other, clock)).replaced).toBeNull();
    expect(titles(other)).toEqual(['first']);
  });
});

function newer(backup: string): void {
  const more = { number: MIGRATIONS.length + 1, name: 'more', sql: 'CREATE TABLE more (x TEXT)' };
  openStore(backup, { log: silent, migrations: [...MIGRATIONS, more] }).close();
}

describe('checkDatabase', () => {
  const check = (path: string) => {
    const folder = join(dirname(path), 'blobs');
    return checkDatabase(path, createBlobStore(folder), folder);
  };

  it('finds pictures that lost their file and files that nothing names', async () => {
    const path = bench.file();
    withItems(path, 'first');
    const blobs = createBlobStore(join(dirname(path), 'blobs'));
    const kept = await blobs.write(Buffer.from('kept'));
    const cut = await blobs.write(Buffer.from('cut short'));
    await blobs.write(Buffer.from('of nobody'));
    const file = new Database(path);
    const insert = file.prepare(
      `INSERT INTO blobs (sha256, byte_length, state, stored_at) VALUES (?, ?, 'done', 0)`,
    );
    insert.run(kept, 4);
    insert.run(cut, 9);
    insert.run('f'.repeat(64), 100);
    file.close();
    writeFileSync(blobs.pathOf(cut), 'cut');
    const report = check(path);
    expect(report).toMatchObject({ problems: [], schema: MIGRATIONS.length });
    expect(report.pictures).toEqual({
      known: 3,
      missing: [cut, 'f'.repeat(64)],
      orphans: 1,
      orphanBytes: 9,
    });
  });

  it('finds a damaged page and a row that refers to nothing', () => {
    const path = bench.file();
    withItems(path, ...Array.from({ length: 120 }, (_, n) => `item ${n}`));
    const file = new Database(path);
    file.pragma('foreign_keys = OFF');
    file.exec(`INSERT INTO offers VALUES (777, 100, 'USD', NULL, 'in-stock', NULL, 0)`).close();
    expect(check(path).problems).toEqual(['offers 777 refers to a missing row of products']);
    damage(path);
    const before = readFileSync(path);
    expect(check(path).problems.length).toBeGreaterThan(0);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
