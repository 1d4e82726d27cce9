import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createPool } from '../../../src/platform/worker-pool.js';

// To end a thread while it requires a module kills the process on Node 20, now and then; so none may get there.
test('a thread imports its module and cannot require one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-pool-'));
  writeFileSync(join(folder, 'other.mjs'), 'export const name = "other";\n');
  writeFileSync(
    join(folder, 'worker.mjs'),
    `import { createRequire } from 'node:module';
     export const requireOther = () => {
       try { return createRequire(import.meta.url)('./other.mjs').name; } catch (error) { return error.code; }
     };\n`,
  );
  const from = pathToFileURL(join(folder, 'caller.js')).href;
  const pool = createPool({ from, worker: './worker.mjs', threads: 1, maxQueue: 1 });
  try {
    expect(await pool.run(null, { name: 'requireOther' })).toBe('ERR_REQUIRE_ESM');
  } finally {
    await pool.destroy();
  }
});

test('a thread that does not start ends nothing: what waits for it fails, and the next task starts one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fashiond-pool-'));
  const broken = join(folder, 'broken');
  writeFileSync(broken, '');
  writeFileSync(
    join(folder, 'worker.mjs'),
    `import { existsSync } from 'node:fs';
     if (existsSync(${JSON.stringify(broken)})) throw new Error('half installed');
     export const name = () => 'worker';\n`,
  );
  const from = pathToFileURL(join(folder, 'caller.js')).href;
  const lost: string[] = [];
  const onThreadLost = (error: Error, left: number): void => void lost.push(`${error.message}, ${left} left`);
  const open = { from, worker: './worker.mjs', threads: 1, maxQueue: 9, onThreadLost };
  const [eager, lazy] = [createPool(open), createPool({ ...open, idleMs: 60_000 })];
  const ask = (pool: typeof eager): Promise<unknown> => pool.run(null, { name: 'name' });
  try {
    // One has no task when its thread is lost.
    while (lost.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const pool of [eager, lazy]) {
      const asked = await Promise.allSettled([ask(pool), ask(pool), ask(pool)]);
      expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    }
    // An eager pool tries a second one at once.
    expect(new Set(lost)).toEqual(new Set(['half installed, 1 left', 'half installed, 0 left']));
    rmSync(broken);
    for (const pool of [eager, lazy]) expect(await ask(pool)).toBe('worker');
  } finally {
    await Promise.all([eager.destroy(), lazy.destroy()]);
  }
});
