import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import Database from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { MIGRATIONS, openStore } from '../../../src/store/store.js';
import { writeFirstSchema } from '../../support/first-schema.js';
import { runCommand } from '../../support/run-command.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { begin, product, read, shop, silent, visit } from '../store/builders.js';

const TITLES = ['Cable sweater', 'ケーブルニット, "白"', 'two\nlines', ' =1+1', ''];

/** A config. */
function workplace(): { folder: string; config: string; db: string } {
  const folder = temporaryFolder();
  const db = join(folder, 'fashiond.db');
  const config = join(folder, 'fashiond.yaml');
  writeFileSync(config, '{}\n');
  return { folder, config, db };
}

/** A config with a database of a few awkward items. */
function withItems(): ReturnType<typeof workplace> {
  const place = workplace();
  const store = openStore(place.db, { log: silent });
  store.syncShops([shop()]);
  const run = begin(store);
  for (const [n, title] of TITLES.entries()) {
    const url = `https://moda.example/p/${n}`;
    visit(store, run, url, read(product({ url, title })));
  }
  store.close();
  return place;
}

const pragma: unknown = Object.getOwnPropertyDescriptor(Database.prototype, 'pragma')?.value;
const db = (...args: string[]) => runCommand('db', ...args);

describe('fashiond db', () => {
  it('backs up under a name with the time, and restores it', async () => {
    const { folder, config } = withItems();
    const made = await db('backup', '--config', config);
    expect({ code: made.code, err: made.err }).toEqual({ code: 0, err: '' });
    const [name = ''] = readdirSync(join(folder, 'backups'));
    expect(name).toMatch(/^fashiond-manual-\d{8}T\d{6}Z\.db$/);
    expect(made.out).toContain(`${name}: `);
    const back = await db('restore', join(folder, 'backups', name), '--config', config, '--json');
    expect(JSON.parse(back.out)).toMatchObject({
      path: join(folder, 'fashiond.db'),
      replaced: expect.stringMatching(/fashiond\.db\.replaced\./),
      schema: MIGRATIONS.length,
    });
  });

  it('has no signal handler of its own while SQLite works, which does not let go of the thread', async () => {
    const { folder, config } = withItems();
    const handlers = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
    const outside = handlers();
    const inside: number[] = [];
    const note = vi.spyOn(Database.prototype, 'pragma').mockImplementation(function (
      this: Database.Database,
      ...args: Parameters<Database.Database['pragma']>
    ) {
      inside.push(handlers());
      return Reflect.apply(pragma as () => unknown, this, args);
    });
    await db('backup', join(folder, 'copy.db'), '--config', config);
    await db('check', '--config', config);
    await db('migrate', '--config', config);
    await db('restore', join(folder, 'copy.db'), '--config', config);
    note.mockRestore();
    expect(inside.length).toBeGreaterThan(4);
    expect(new Set(inside)).toEqual(new Set([outside]));
    expect(handlers()).toBe(outside);
  });

  it('checks, and ends with 1 when something is wrong', async () => {
    const { config, db: path } = withItems();
    const sound = await db('check', '--config', config);
    expect(sound.code).toBe(0);
    expect(sound.out).toMatch(/rows +sound/);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 16384 * 4, 16384 * 7);
    writeFileSync(path, bytes);
    const broken = await db('check', '--json', '--config', config);
    expect(broken.code).toBe(1);
    expect((JSON.parse(broken.out) as { problems: string[] }).problems).not.toEqual([]);
    expect(broken.err).toMatch(/fashiond db restore/);
  });

  it('exports a view as CSV that another program reads back, and as JSON Lines', async () => {
    const { folder, config } = withItems();
    const { out, code } = await db('export', 'v_items', '--config', config);
    expect(code).toBe(0);
    const rows = parse<Record<string, string>>(out, { columns: true });
    expect(rows.map((row) => row['title'])).toEqual(TITLES);
    expect(rows[0]).toMatchObject({ shop: 'moda', price: '49.9', currency: 'USD', brand: '' });
    const file = join(folder, 'items.jsonl');
    const written = await db('export', 'v_items', '--format', 'jsonl', '--output', file, '--config', config);
    expect(written.err).toContain(`${TITLES.length} rows`);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { title: string }).title)).toEqual(TITLES);
    const parquet = join(folder, 'items.parquet');
    const asked = [
      '--format',
      'parquet',
      '--output',
      parquet,
      '--currency',
      'usd',
      '--max-price',
      '50',
      '--on-sale',
    ];
    expect((await db('export', 'v_items', ...asked, '--config', config)).code).toBe(0);
    const typed = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
    expect(typed).toMatchObject(TITLES.map((title) => ({ title, price_minor: 4990n, in_stock: true })));
    const some = await db('export', 'v_items', '--words', 'sweater', '--format', 'jsonl', '--config', config);
    expect(some.out.trim().split('\n')).toHaveLength(1);
    expect((await db('export', 'v_prices', '--in-stock', '--config', config)).err).toMatch(/only v_items/);
    expect((await db('export', 'v_items', '--max-price', '5', '--config', config)).err).toMatch(/--currency/);
    expect(readdirSync(folder).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    expect((await db('export', 'v_item', '--config', config)).err).toMatch(/did you mean v_items/);
    expect(
      (await db('export', 'v_items', '--output', join(folder, 'no', 'x'), '--config', config)).code,
    ).toBe(1);
  });

  it('brings an old schema up to date, after a backup, and only then', async () => {
    const { folder, config, db: path } = workplace();
    writeFirstSchema(path);
    const first = JSON.parse((await db('migrate', '--json', '--config', config)).out) as Record<
      string,
      unknown
    >;
    expect(first).toMatchObject({
      from: 1,
      to: MIGRATIONS.length,
      backup: expect.stringContaining('schema-1'),
    });
    expect(readdirSync(folder).filter((name) => name.endsWith('.backup'))).toHaveLength(1);
    const second = await db('migrate', '--config', config);
    expect(second.out).toContain(`schema ${MIGRATIONS.length}, the newest`);
    expect(readdirSync(folder).filter((name) => name.endsWith('.backup'))).toHaveLength(1);
  });
});
