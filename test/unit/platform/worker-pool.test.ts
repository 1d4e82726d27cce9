import { mkdtempSync, writeFileSync } from 'node:fs';
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
