import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/platform/random.js';
import { demoPort } from '../support/demo-port.js';

const bin = fileURLToPath(new URL('../../bin/fashiond', import.meta.url));
const PRODUCTS = 24;
const KILLS = Number(process.env['FASHIOND_KILLS'] ?? 10);

/** Runs a demo crawl; SIGKILL after `killAfterMs`, or to its end. Resolves with whether it ended by itself. */
function demo(folder: string, killAfterMs: number | null): Promise<{ ended: boolean; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [
      bin,
      'demo',
      '--once',
      '--port',
      demoPort,
      '--data',
      folder,
      '--products',
      String(PRODUCTS),
    ]);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const timer = killAfterMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (timer !== null) clearTimeout(timer);
      if (signal === 'SIGKILL') resolve({ ended: false, output });
      else if (code === 0) resolve({ ended: true, output });
      else reject(new Error(`the demo ended with ${code}:\n${output}`));
    });
  });
}

/** Everything a user could tell two catalogues apart by, without ids, times and the shops' ports. */
function catalogue(folder: string): Record<string, unknown[]> {
  const db = new Database(join(folder, 'demo.db'), { readonly: true });
  const queries: Record<string, string> = {
    integrity: 'PRAGMA integrity_check',
    items: `SELECT shop, title, brand, sku, url, category, round(probability, 3) AS probability, best_category,
      reason, price_minor, currency, list_price, availability, in_stock, palette, picture,
      vanished_at IS NOT NULL AS vanished FROM v_items`,
    prices: `SELECT shop, url, price_minor, currency, list_price, availability,
      row_number() OVER (PARTITION BY product_id ORDER BY at) AS nth FROM v_prices`,
    images: `SELECT i.url, i.state, b.sha256 FROM images i LEFT JOIN blobs b ON b.id = i.blob_id`,
    blobs: 'SELECT sha256, state, byte_length, format, width, height, phash FROM blobs',
    predictions: `SELECT b.sha256, m.fingerprint, p.category, p.best, round(p.probability, 3) AS probability
      FROM predictions p JOIN blobs b ON b.id = p.blob_id JOIN models m ON m.id = p.model_id`,
    embeddings: `SELECT b.sha256, s.kind, s.fingerprint, length(e.vector) AS bytes
      FROM embeddings e JOIN blobs b ON b.id = e.blob_id JOIN vector_spaces s ON s.id = e.space_id`,
    runs: 'SELECT s.key, r.slot, r.status FROM runs r JOIN shops s ON s.id = r.shop_id',
    frontier:
      'SELECT s.key, f.url, f.kind, f.state, f.gone_count FROM frontier f JOIN shops s ON s.id = f.shop_id',
  };
  const result: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(queries)) {
    const rows = JSON.stringify(db.prepare(sql).all()).replaceAll(/127\.0\.0\.1:\d+/g, 'shop');
    // Ports differ between two demos, and with them the order of URLs: compare as sets.
    result[name] = (JSON.parse(rows) as unknown[]).map((row) => JSON.stringify(row)).toSorted();
  }
  db.close();
  return result;
}

describe('kill -9 during a demo crawl', () => {
  const folders: string[] = [];
  const freshFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'fashiond-kill-'));
    folders.push(folder);
    return folder;
  };
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  it(
    `ends with the catalogue of an undisturbed crawl after ${KILLS} kills at random moments`,
    async () => {
      const undisturbed = freshFolder();
      const startedAt = performance.now();
      await demo(undisturbed, null);
      const wholeMs = performance.now() - startedAt;
      const expected = catalogue(undisturbed);
      expect(expected['integrity']).toEqual(['{"integrity_check":"ok"}']);
      expect(expected['items']?.length).toBeGreaterThanOrEqual(PRODUCTS * 2);
      const random = new Random(20_261_123);
      let kills = 0;
      // A crawl goes on where the killed one stood, so it may end before all kills are spent: another begins then.
      while (kills < KILLS) {
        const disturbed = freshFolder();
        let ended = false;
        while (!ended && kills < KILLS) {
          // Most from before the database is open to well into the crawl, each third later, among pictures too.
          const share = kills % 3 === 2 ? 0.35 + random.next() * 0.4 : random.next() * 0.35;
          ({ ended } = await demo(disturbed, 300 + share * wholeMs));
          if (!ended) kills += 1;
        }
        if (!ended) await demo(disturbed, null);
        expect(catalogue(disturbed)).toEqual(expected);
      }
    },
    24_000 * Math.max(10, KILLS),
  );
});
