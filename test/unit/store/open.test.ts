import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { FashiondError } from '../../../src/domain/errors.js';
import { explain } from '../../../src/store/connection.js';
import { openReadOnly, openStore, MIGRATIONS } from '../../../src/store/store.js';
import { systemClock } from '../../../src/platform/clock.js';
import { begin, product, read, SHOP, silent, T0, visit, workbench } from './builders.js';
import { restore } from '../../../src/store/upkeep/restore.js';

const bench = workbench();
const dist = pathToFileURL(fileURLToPath(new URL('../../../dist/store/store.js', import.meta.url))).href;

function failure(call: () => unknown): FashiondError {
  try {
    call();
  } catch (error) {
    if (error instanceof FashiondError) return error;
    throw error;
  }
  throw new Error('expected a FashiondError');
}

it.each(['SQLITE_CANTOPEN', 'SQLITE_READONLY_DIRECTORY', 'SQLITE_PERM'])(
  '%s is no fault of the config',
  (code) => {
    const error = explain(new Database.SqliteError('as SQLite has it', code), 'shop.db');
    expect(error).toMatchObject({ code: 'refused', message: 'cannot open shop.db: as SQLite has it' });
  },
);

describe('openStore', () => {
  it('makes the file with 16 KiB pages in WAL mode, and the folder with it', () => {
    const path = join(bench.folder(), 'deep', 'er', 'shop.db');
    const store = bench.open(path);
    expect(store.query('SELECT journal_mode FROM pragma_journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(store.integrityCheck()).toEqual([]);
    // Bytes 16 and 17 of the header (SQLite file format, section 1.3) hold the page size.
    store.close();
    expect(readFileSync(path).readUInt16BE(16)).toBe(16384);
  });

  it('finds what another program did to it', () => {
    const path = bench.file();
    bench.open(path).close();
    const raw = new Database(path);
    raw.pragma('foreign_keys = OFF');
    raw.exec(`INSERT INTO offers VALUES (77, 100, 'USD', NULL, 'in-stock', NULL, 0)`).close();
    expect(bench.open(path).integrityCheck()).toEqual(['offers 77 refers to a missing row of products']);
  });

  it('keeps everything over close and open', () => {
    const path = bench.file();
    const first = bench.open(path);
    visit(first, begin(first), 'https://moda.example/p/1', read(product()));
    first.close();
    expect(readdirSync(dirname(path)).sort()).toEqual(['shop.db', 'shop.db.lock']);
    expect(bench.open(path).query('SELECT title, price FROM v_items')).toEqual([
      { title: 'Cable sweater', price: 49.9 },
    ]);
  });

  it('opens what a process that died left behind, with every committed transaction', () => {
    const path = bench.file();
    const store = bench.open(path);
    const run = begin(store);
    visit(store, run, 'https://moda.example/p/1', read(product()));
    // A copy of the files of a live process is what the kernel keeps of one that was killed.
    const copy = bench.file();
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    const after = bench.open(copy);
    expect(after.query('SELECT title FROM v_items')).toEqual([{ title: 'Cable sweater' }]);
    expect(after.unfinishedRuns()).toEqual([run]);
    expect(after.integrityCheck()).toEqual([]);
  });

  it.each([
    ['text', Buffer.from('not a database, but long enough to be looked at as one'.repeat(20))],
    ['a short file', Buffer.from('x')],
  ])('refuses %s that is no database, and leaves it as it was', (_, bytes) => {
    const path = bench.file();
    writeFileSync(path, bytes);
    const error = failure(() => openStore(path, { log: silent }));
    expect(error.code).toBe('corrupt');
    expect(error.message).toContain(path);
    expect(error.hint).toContain('store.path');
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  it('refuses a database with a damaged page, and leaves it as it was', () => {
    const path = bench.file();
    const store = bench.open(path);
    const run = begin(store);
    for (let n = 0; n < 200; n += 1) {
      visit(store, run, `https://moda.example/p/${n}`, read(product({ url: `https://moda.example/p/${n}` })));
    }
    store.close();
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 16384 * 4, 16384 * 7);
    writeFileSync(path, bytes);
    const error = failure(() => openStore(path, { log: silent }));
    expect(error.code).toBe('corrupt');
    expect(error.message).toContain(path);
    expect(error.hint).toContain('fashiond db restore');
    expect(error.hint).toContain('.recover');
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  it('says of damage that it meets in use what to do, and not that nothing was changed', () => {
    const path = bench.file();
    const first = bench.open(path);
    const run = begin(first);
    for (let n = 0; n < 200; n += 1) {
      visit(first, run, `https://moda.example/p/${n}`, read(product({ url: `https://moda.example/p/${n}` })));
    }
    first.close();
    const store = bench.open(path);
    const file = openSync(path, 'r+');
    const bytes = Buffer.alloc(statSync(path).size - 16384, 0xa5);
    writeSync(file, bytes, 0, bytes.length, 16384);
    closeSync(file);
    const error = failure(() => store.recoverLeases());
    expect(error.code).toBe('corrupt');
    expect(error.hint).toContain('fashiond db restore');
    expect(error.hint).not.toContain('not changed');
  });

  it("refuses another program's database", () => {
    const path = bench.file();
    new Database(path).exec('CREATE TABLE recipes (title TEXT)').close();
    const before = readFileSync(path);
    expect(failure(() => openStore(path, { log: silent })).code).toBe('incompatible');
    expect(failure(() => openReadOnly(path)).code).toBe('incompatible');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('names the folder it cannot make', () => {
    const path = bench.file();
    writeFileSync(path, 'a file, not a folder');
    const error = failure(() => openStore(join(path, 'shop.db'), { log: silent }));
    expect(error.code).toBe('refused');
    expect(error.message).toContain(path);
  });
});

describe('migrations', () => {
  const number = MIGRATIONS.length + 1;
  const addColumn = { number, name: 'add-note', sql: 'ALTER TABLE products ADD COLUMN note TEXT' };

  it('backs the file up before it applies what is new, and once only', () => {
    const path = bench.file();
    const old = bench.open(path);
    visit(old, begin(old), 'https://moda.example/p/1', read(product()));
    old.close();
    const migrations = [...MIGRATIONS, addColumn];
    openStore(path, { log: silent, migrations }).close();
    openStore(path, { log: silent, migrations }).close();
    const backups = readdirSync(dirname(path)).filter((name) => name.endsWith('.backup'));
    expect(backups).toHaveLength(1);
    const backup = bench.file();
    copyFileSync(join(dirname(path), backups[0]!), backup);
    expect(bench.open(backup).query('SELECT title FROM products')).toEqual([{ title: 'Cable sweater' }]);
    const now = openStore(path, { log: silent, migrations });
    expect(now.query('SELECT number, name FROM migrations')).toEqual(
      migrations.map(({ number: at, name }) => ({ number: at, name })),
    );
    now.close();
  });

  it('makes no backup of a database that was just made', () => {
    const path = bench.file();
    bench.open(path);
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.backup'))).toEqual([]);
  });

  it('takes back a step that fails halfway', () => {
    const path = bench.file();
    bench.open(path).close();
    const broken = {
      number: 2,
      name: 'broken',
      sql: 'CREATE TABLE half (x TEXT); INSERT INTO nowhere VALUES (1)',
    };
    expect(() => openStore(path, { log: silent, migrations: [...MIGRATIONS, broken] })).toThrow(/nowhere/);
    const store = bench.open(path);
    expect(store.query(`SELECT name FROM sqlite_schema WHERE name = 'half'`)).toEqual([]);
  });

  it('makes one backup, however often a step fails, until somebody has had the database again', async () => {
    const path = bench.file();
    bench.open(path).close();
    const broken = { number, name: 'broken', sql: 'INSERT INTO nowhere VALUES (1)' };
    const backups = (): string[] => readdirSync(dirname(path)).filter((name) => name.endsWith('.backup'));
    let now = T0;
    const clock = { ...systemClock, now: () => (now += 1000) };
    const upgrade = (): void =>
      expect(() => openStore(path, { log: silent, clock, migrations: [...MIGRATIONS, broken] })).toThrow(
        /nowhere/,
      );
    for (let tries = 0; tries < 3; tries += 1) upgrade();
    expect(backups()).toHaveLength(1);
    // The old program, for a while.
    openStore(path, { log: silent, clock }).close();
    for (let tries = 0; tries < 2; tries += 1) upgrade();
    expect(backups()).toHaveLength(2);
    await restore(join(dirname(path), backups()[0]!), path, clock);
    for (let tries = 0; tries < 2; tries += 1) upgrade();
    expect(backups()).toHaveLength(3);
    // Another state, though it was had by nobody in between.
    await restore(join(dirname(path), backups()[1]!), path, clock);
    upgrade();
    expect(backups()).toHaveLength(4);
  });

  it('is upgraded though a reference is broken, which is named; a step that breaks one is not taken', () => {
    const path = bench.file();
    bench.open(path).close();
    const file = new Database(path);
    file.pragma('foreign_keys = OFF');
    const orphan = `INSERT INTO title_history (product_id, at, title) VALUES (7, 1, 'a')`;
    file.exec(orphan);
    file.close();
    const worse = { number, name: 'worse', sql: orphan.replace('7', '8') };
    const error = failure(() => openStore(path, { log: silent, migrations: [...MIGRATIONS, worse] }));
    expect(error.message).toBe(
      `migration ${number} (worse) breaks a reference: title_history row 2 to products`,
    );
    const warned: unknown[] = [];
    const log = { ...silent, warn: (event: string, fields?: unknown) => void warned.push([event, fields]) };
    openStore(path, { log, migrations: [...MIGRATIONS, addColumn] }).close();
    expect(warned).toEqual([
      ['store.references_broken', { references: ['title_history row 1 to products'] }],
    ]);
  });

  it('refuses a newer schema', () => {
    const path = bench.file();
    bench.open(path).close();
    openStore(path, { log: silent, migrations: [...MIGRATIONS, addColumn] }).close();
    const before = readFileSync(path);
    const error = failure(() => openStore(path, { log: silent }));
    expect(error.code).toBe('incompatible');
    expect(error.message).toContain(`schema ${number}, newer than ${number - 1}`);
    expect(failure(() => openReadOnly(path)).code).toBe('incompatible');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses a database whose migrations were other ones', () => {
    const path = bench.file();
    openStore(path, { log: silent, migrations: [...MIGRATIONS, addColumn] }).close();
    const other = { ...addColumn, sql: 'ALTER TABLE products ADD COLUMN remark TEXT' };
    const error = failure(() => openStore(path, { log: silent, migrations: [...MIGRATIONS, other] }));
    expect(error.code).toBe('incompatible');
    expect(error.message).toContain('add-note');
  });
});

describe('the lock', () => {
  it('lets one daemon in, and names it to the next', () => {
    const path = bench.file();
    const store = bench.open(path);
    const error = failure(() => openStore(path, { log: silent }));
    expect(error.code).toBe('busy');
    expect(error.message).toContain(path);
    expect(error.message).toContain(`process ${process.pid}`);
    store.close();
    store.close();
    bench.open(path);
  });

  it('keeps other processes out, and falls with kill -9', async () => {
    const path = bench.file();
    const script = `
      import { openStore } from ${JSON.stringify(dist)};
      const nothing = () => undefined;
      const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
      try {
        const store = openStore(${JSON.stringify(path)}, { log });
        // Held on to: a store that nothing refers to is closed when memory is collected, and its lock with it.
        process.stdout.write('open'); setInterval(() => store.unfinishedRuns(), 1000);
      } catch (error) { process.stdout.write(error.code); }`;
    const args = ['--input-type=module', '-e', script];
    const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [said] = (await once(holder.stdout, 'data')) as [Buffer];
      expect(said.toString()).toBe('open');
      const next = execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
      expect(next).toBe('busy');
      expect(failure(() => openStore(path, { log: silent })).message).toContain(`process ${holder.pid}`);
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    const store = bench.open(path);
    expect(store.integrityCheck()).toEqual([]);
  });
});

describe('openReadOnly', () => {
  it('reads beside the daemon, sees what it commits, and can change nothing', () => {
    const path = bench.file();
    const store = bench.open(path);
    const reader = openReadOnly(path);
    expect(reader.query('SELECT * FROM v_items')).toEqual([]);
    visit(store, begin(store), 'https://moda.example/p/1', read(product()));
    expect(reader.query('SELECT title FROM v_items WHERE shop = ?', [SHOP])).toEqual([
      { title: 'Cable sweater' },
    ]);
    expect(failure(() => reader.query('DELETE FROM products')).code).toBe('usage');
    expect(failure(() => store.query('DELETE FROM products RETURNING id')).code).toBe('usage');
    reader.close();
  });

  it('reads a database that nobody has open', () => {
    const path = bench.file();
    bench.open(path).close();
    const reader = openReadOnly(path);
    expect(reader.summary().shops).toHaveLength(1);
    reader.close();
  });

  it('says what to do when there is none', () => {
    const error = failure(() => openReadOnly(bench.file()));
    expect(error.code).toBe('not-found');
    expect(error.hint).toMatch(/fashiond/);
  });
});
