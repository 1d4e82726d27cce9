/** Files of a service that has a user of its own: what operators make beside it as root, and who may read them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { createBlobStore } from '../../../src/images/blob-store.js';
import { MIGRATIONS, openStore } from '../../../src/store/store.js';
import { backUp } from '../../../src/store/upkeep/backup.js';
import { restore } from '../../../src/store/upkeep/restore.js';
import { root } from '../../support/cli.js';
import { canBeAnotherUser, NOBODY } from '../../support/other-user.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { shop, silent, T0 } from './builders.js';

const [UID, GID] = [64_001, 64_002];

/** Below the folder, itself included: whatever does not belong to the service. */
function strangers(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return ['.', ...names].filter((name) => {
    const { uid, gid } = lstatSync(join(folder, name));
    return uid !== UID || gid !== GID;
  });
}

it.skipIf(!canBeAnotherUser())(
  'what root makes belongs to the user of the service, which goes on with it',
  async () => {
    const folder = temporaryFolder();
    chownSync(folder, UID, GID);
    const path = join(folder, 'state', 'fashiond.db');
    // An older schema: bringing it up to date makes a backup as well.
    openStore(path, { log: silent, migrations: MIGRATIONS.slice(0, -1) }).close();
    const store = openStore(path, { log: silent });
    const beside = readdirSync(join(folder, 'state')).map((name) =>
      name.replace(/schema.*backup$/, 'backup'),
    );
    expect(beside.sort()).toEqual(
      ['', '-shm', '-wal', '.backup', '.lock'].map((end) => `fashiond.db${end}`).sort(),
    );
    expect(strangers(folder)).toEqual([]);
    store.close();
    const backup = join(folder, 'state', 'backups', 'one.db');
    await backUp(path, backup);
    await createBlobStore(join(folder, 'state', 'blobs')).write(Buffer.from('a picture'));
    await restore(backup, path, { now: () => T0 });
    expect(strangers(folder)).toEqual([]);
    const script = `
    import { openStore } from ${JSON.stringify(pathToFileURL(join(root, 'dist/store/store.js')).href)};
    const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
    const store = openStore(${JSON.stringify(path)}, { log });
    store.syncShops([]);
    store.close();`;
    const node = ['--input-type=module', '-e', script];
    execFileSync(process.execPath, node, { uid: UID, gid: GID, cwd: '/' });
  },
);

it.skipIf(!canBeAnotherUser())('a member of its group reads while it writes, and nobody else', () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  // As the unit has it.
  const state = join(folder, 'state');
  mkdirSync(state);
  chmodSync(state, 0o750);
  chownSync(state, UID, GID);
  const umask = process.umask(0o027);
  const path = join(state, 'fashiond.db');
  const store = openStore(path, { log: silent });
  process.umask(umask);
  const driver = createRequire(import.meta.url).resolve('better-sqlite3');
  const asked = (gid: number, sql: string): string => {
    const script = `console.log(require(${JSON.stringify(driver)})(${JSON.stringify(path)}, { readonly: true })
      .prepare(${JSON.stringify(sql)}).pluck().get())`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script], {
      encoding: 'utf8',
      uid: NOBODY,
      gid,
      cwd: '/',
    });
    return stdout.trim() || stderr;
  };
  const shops = 'SELECT count(*) FROM v_shop_health';
  expect(asked(GID, shops)).toBe('0');
  store.syncShops([shop()]);
  expect(asked(GID, shops)).toBe('1');
  expect(asked(GID, 'DELETE FROM shops RETURNING 1')).toContain('readonly database');
  expect(asked(NOBODY, shops)).toContain('unable to open');
  store.close();
});
