/**
 * A backup of a database of two hundred thousand items, beside copying the bytes of its file: what it costs to have
 * the copy read through, and how far the log of a daemon that writes meanwhile grows.
 */
import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/platform/log.js';
import { openForWriting } from '../../src/store/open-file.js';
import { openStore } from '../../src/store/store.js';
import { backUp } from '../../src/store/upkeep/backup.js';
import { machineText, median, verdict } from './rounds.js';
import type { BenchBar } from './rounds.js';

const ITEMS = 200_000;
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
    const ratios: number[] = [];
    let rates = 0;
    for (let round = 0; round < rounds; round += 1) {
      const plain = await cpuOf(() => copyFileSync(path, join(folder, `copy-${round}.db`)));
      const whole = await cpuOf(() => backUp(path, join(folder, `backup-${round}.db`)));
      ratios.push(whole / plain);
      rates = bytes / MIB / (whole / 1000);
      for (const name of ['copy', 'backup']) rmSync(join(folder, `${name}-${round}.db`));
    }
    db.raw.close();
    console.log(
      `${rates.toFixed(0)} MiB per second of CPU, ${median(ratios).toFixed(1)} times that of copying the file`,
    );
    const bar: BenchBar = { what: 'MiB of a backup per second of CPU', measured: rates, required: 50 };
    console.log(`${verdict(bar)} ${bar.what}: ${rates.toFixed(0)}, at least ${bar.required}`);
    return [bar];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Milliseconds, of all threads. */
async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
