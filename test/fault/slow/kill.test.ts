import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/platform/random.js';
import { catalogueOf } from '../../support/catalogue.js';
import { demoPort } from '../../support/demo-port.js';

const bin = fileURLToPath(new URL('../../../bin/fashiond', import.meta.url));
const PRODUCTS = 16;
const KILLS = Number(process.env['FASHIOND_KILLS'] ?? 4);

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
      const expected = catalogueOf(join(undisturbed, 'demo.db'));
      expect(expected['integrity']).toEqual(['[["integrity_check","ok"]]']);
      expect(expected['v_items']?.length).toBeGreaterThanOrEqual(PRODUCTS * 2);
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
        expect(catalogueOf(join(disturbed, 'demo.db'))).toEqual(expected);
      }
    },
    60_000 * Math.max(6, KILLS),
  );
});
