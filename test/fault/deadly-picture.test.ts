/** A picture that truly kills whoever decodes it: the daemon dies of it once, and it is set aside by name. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { createBlobStore } from '../../src/images/blob-store.js';
import { openStore } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeTinyModel } from '../support/tiny-model.js';
import { begin, product, read, shop, silent, visit } from '../unit/store/builders.js';

const daemon = fileURLToPath(new URL('../support/picture-daemon.mjs', import.meta.url));
const NOW = Date.UTC(2026, 0, 1);
/** Five processes start one after the other, on a machine that may be busy. */
const TIMEOUT_MS = 120_000;

/** Resolves with what ended the process: its exit code or a signal. */
function run(args: readonly string[], diary: string): Promise<number | string | null> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, FASHIOND_TEST_DIARY: diary };
    const child = spawn(process.execPath, [daemon, ...args], {
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
}

it(
  'kills the daemon once and is quarantined by name; the pictures in its company are classified',
  { timeout: TIMEOUT_MS },
  async () => {
    const folder = temporaryFolder();
    const [database, pictures, diary] = ['shop.db', 'blobs', 'diary'].map((name) => join(folder, name));
    const blobs = createBlobStore(pictures!);
    const store = openStore(database!, { log: silent });
    store.syncShops([shop()]);
    const slot = begin(store);
    const colours = ['#e6141e', '#14e61e', '#141ee6', '#c01020', '#10c020'];
    for (const [n, background] of [...colours, null].entries()) {
      const bytes =
        background === null
          ? Buffer.from('segfault: a picture that breaks its decoder')
          : await sharp({ create: { width: 20, height: 20, channels: 3, background } })
              .png()
              .toBuffer();
      const url = `https://moda.example/p/${n}`;
      visit(store, slot, url, read(product({ url, title: background ?? 'deadly', images: [`${url}.jpg`] })));
      const [image] = store.claimImages(1, NOW, 1000);
      const sha256 = await blobs.write(bytes);
      const validators = { etag: null, lastModified: null };
      store.commitImage(image!, { kind: 'stored', sha256, byteLength: bytes.length, validators }, NOW);
    }
    store.close();

    const args = [database!, pictures!, await writeTinyModel()];
    const ends = [await run(args, diary!), await run(args, diary!)];
    expect(ends).toEqual(['SIGSEGV', 0]);
    const deeds = readFileSync(diary!, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('segfault'));
    expect(deeds).toEqual(['daemon segfault', 'child segfault', 'child segfault', 'child segfault']);

    const after = openStore(database!, { log: silent });
    const states = after.query(
      `SELECT p.title, b.state, b.reason, b.detail FROM products p JOIN product_images pi ON pi.product_id = p.id
     JOIN images i ON i.id = pi.image_id JOIN blobs b ON b.id = i.blob_id ORDER BY p.id`,
    );
    const unknown = after.query('SELECT title, picture_problem FROM v_unknown');
    after.close();
    expect(states).toEqual([
      ...colours.map((title) => ({ title, state: 'done', reason: null, detail: null })),
      {
        title: 'deadly',
        state: 'quarantined',
        reason: 'crashed-decoder',
        detail: 'its decoder died: SIGSEGV',
      },
    ]);
    expect(unknown).toEqual([{ title: 'deadly', picture_problem: 'crashed-decoder' }]);
  },
);
