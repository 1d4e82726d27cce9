/**
 * A backup of a database of two hundred thousand items, beside copying the bytes of its file: what it costs to have
 * the copy read through, and how far the log of a daemon that writes meanwhile grows.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/platform/log.js';
import type { Connection } from '../../src/store/connection.js';
import { openForWriting } from '../../src/store/open-file.js';
import { openStore } from '../../src/store/store.js';
import { backUp } from '../../src/store/upkeep/backup.js';
import { barText, machineText, median } from './rounds.js';
import type { BenchBar } from './rounds.js';
import { cpuMsSince } from './timed.js';

const ITEMS = 200_000;
/** A second: product pages that are read at seven million a day. */
const WRITES = 81;
const LEAST_RATE = 50;
/** The copy is read through, and every index of it. */
const MOST_RATIO = 25;
const MIB = 1024 ** 2;
const silent = createLog({ level: 'silent', format: 'json' });

const FILL = `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ITEMS})
INSERT INTO products (id, shop_id, natural_key, url, title, description, breadcrumbs, first_seen, last_seen)
SELECT i, 1, 'sku:' || i, 'https://shop.example/products/item-' || i, 'Cable sweater number ' || i,
  hex(randomblob(200)), '["Women","Knitwear"]', 0, 0 FROM n`;

export async function benchBackup(rounds = 3): Promise<readonly BenchBar[]> {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-bench-backup-'));
  try {
    const path = join(folder, 'shop.db');
    openStore(path, { log: silent }).close();
    const db = openForWriting(path);
    db.run(`INSERT INTO shops (id, key, name, active) VALUES (1, 'a', 'A', 1)`);
    db.run(FILL);
    db.run(`INSERT INTO offers SELECT id, 4990, 'EUR', NULL, 'in-stock', NULL, 0 FROM products`);
    db.raw.pragma('wal_checkpoint(TRUNCATE)');
    const bytes = statSync(path).size;
    console.log(`${ITEMS} items, ${(bytes / MIB).toFixed(0)} MiB; ${machineText()}`);
    const [ratios, rates]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const plain = await cpuOf(() => copyFileSync(path, join(folder, `copy-${round}.db`)));
      const whole = await cpuOf(() => backUp(path, join(folder, `backup-${round}.db`)));
      ratios.push(whole / plain);
      rates.push(bytes / MIB / (whole / 1000));
      for (const name of ['copy', 'backup']) rmSync(join(folder, `${name}-${round}.db`));
    }
    const grown = await besideWriter(db, path, join(folder, 'beside.db'));
    db.raw.close();
    console.log(
      `beside a writer of ${WRITES} transactions a second, of ten offers each, the log grew to ` +
        `${(grown.bytes / MIB).toFixed(1)} MiB over ${grown.commits} of them, in ${grown.seconds.toFixed(1)} s`,
    );
    const bars: BenchBar[] = [
      { what: 'MiB of a backup per second of CPU', measured: median(rates), required: LEAST_RATE },
      {
        what: 'CPU of a backup, of copying the file',
        measured: median(ratios),
        required: MOST_RATIO,
        atMost: true,
      },
    ];
    for (const bar of bars) console.log(barText(bar));
    return bars;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds, of all threads. */
async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  return cpuMsSince(before);
}

interface Grown {
  /** Of the log, when the backup was over. */
  readonly bytes: number;
  readonly commits: number;
  readonly seconds: number;
}

/** A backup while another connection commits, as the daemon does, whenever the copy lets it. */
async function besideWriter({ raw }: Connection, path: string, target: string): Promise<Grown> {
  const change = raw.prepare(
    'UPDATE offers SET price_minor = price_minor + 1, changed_at = ? WHERE product_id = ?',
  );
  const startedAt = performance.now();
  let commits = 0;
  const write = raw.transaction(() => {
    for (let one = 0; one < 10; one += 1) change.run(commits, 1 + (((commits * 10 + one) * 7919) % ITEMS));
  });
  const timer = setInterval(() => {
    for (; (commits * 1000) / WRITES < performance.now() - startedAt; commits += 1) write();
  }, 1);
  await backUp(path, target);
  clearInterval(timer);
  const seconds = (performance.now() - startedAt) / 1000;
  return { bytes: statSync(`${path}-wal`).size, commits, seconds };
}
