/** Secrets that only the service has: who operates it from a shell does without them, and the daemon does not. */
import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hashSecret } from '../../src/config/api-access.js';
import { loadConfig } from '../../src/config/load.js';
import { requireSecrets } from '../../src/config/missing-secrets.js';
import { createLog } from '../../src/platform/log.js';
import { openStore } from '../../src/store/store.js';
import { loopbackShop, root, writeWorkplace } from '../support/cli.js';
import { canBeAnotherUser, NOBODY } from '../support/other-user.js';
import { fashiondHere } from '../support/command-here.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { writeTinyModel } from '../support/tiny-model.js';

const TIMEOUT_MS = 120_000;
const SECRET = 'a-secret-of-36-characters-0123456789';
const silent = createLog({ level: 'silent', format: 'json' });

/** As config/prod.yaml and the README propose it. */
async function workplace(proxy: Record<string, string> = {}) {
  const behind = { proxy: { url: 'http://127.0.0.1:3128', user: 'me', ...proxy } };
  const shop = loopbackShop('far', 'http://127.0.0.1:1', Object.keys(proxy).length > 0 ? behind : {});
  return writeWorkplace([shop], {
    model: { path: await writeTinyModel() },
    api: { listen: '127.0.0.1:0', tokens: [{ name: 'front', secret: '${FASHIOND_FRONT}' }] },
  });
}

describe('a secret whose variable is not set', () => {
  it('is missing, and nothing else is wrong', async () => {
    const place = await workplace({ password: '${FASHIOND_PROXY}' });
    const loaded = await loadConfig(place.config, {});
    expect(loaded.tokens).toEqual([]);
    expect(loaded.shops[0]?.proxy?.url).toBe('http://me@127.0.0.1:3128/');
    expect(loaded.missingSecrets.map(({ path, message }) => [path, message])).toEqual([
      ['api.tokens[0].secret', 'the environment variable FASHIOND_FRONT is not set'],
      ['proxy.password', 'the environment variable FASHIOND_PROXY is not set'],
    ]);
    expect(() => requireSecrets(loaded, 'proxies')).toThrow(/proxy\.password/);
    const whole = await loadConfig(place.config, { FASHIOND_FRONT: SECRET, FASHIOND_PROXY: SECRET });
    expect(whole.tokens).toEqual([{ name: 'front', scope: 'read', hash: hashSecret(SECRET) }]);
    expect(whole.missingSecrets).toEqual([]);
    requireSecrets(whole, 'all');
  });

  it('is missing, too, where it says in which file the secret is', async () => {
    const place = await workplace({ password_file: '${CREDENTIALS_DIRECTORY}/proxy' });
    const { shops, missingSecrets } = await loadConfig(place.config, { FASHIOND_FRONT: SECRET });
    expect(shops[0]?.proxy?.url).toBe('http://me@127.0.0.1:3128/');
    expect(missingSecrets.map(({ path }) => path)).toEqual(['proxy.password_file']);
  });

  it('is missing in an included file, whose other keys count', async () => {
    const folder = temporaryFolder();
    const token = `{ name: front, secret_file: '\${CREDENTIALS_DIRECTORY}/front' }`;
    writeFileSync(join(folder, 'api.yaml'), `api: { listen: 127.0.0.1:1, tokens: [${token}] }\n`);
    writeFileSync(join(folder, 'prod.yaml'), 'include: [api.yaml]\n');
    const loaded = await loadConfig(join(folder, 'prod.yaml'), {});
    expect(loaded.config.api.listen).toBe('127.0.0.1:1');
    expect([loaded.tokens, loaded.missingSecrets.map(({ path }) => path)]).toEqual([
      [],
      ['api.tokens[0].secret_file'],
    ]);
  });

  it('leaves operators their commands', { timeout: TIMEOUT_MS }, async () => {
    const place = await workplace({ password: '${FASHIOND_PROXY}' });
    openStore(place.db, { log: silent }).close();
    const backup = join(place.folder, 'backup.db');
    const check = await fashiondHere('check-config', '--config', place.config);
    expect(check).toMatchObject({ code: 0, stderr: '' });
    expect(check.stdout).toMatch(/is good[^]*needed by the daemon[^]*FASHIOND_FRONT[^]*FASHIOND_PROXY/);
    expect(await fashiondHere('check-config', '--print-effective', '--config', place.config)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("secret: '***'") as unknown,
    });
    for (const args of [['status'], ['db', 'backup', backup], ['db', 'restore', backup]]) {
      const { code, stderr } = await fashiondHere(...args, '--config', place.config);
      expect([args, code, stderr]).toEqual([args, 0, '']);
    }
  });

  it('is refused by who needs it', { timeout: TIMEOUT_MS }, async () => {
    const place = await workplace();
    expect(await fashiondHere('--config', place.config)).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/FASHIOND_FRONT is not set[^]*--environment-file/) as unknown,
    });
    const behind = await workplace({ password: '${FASHIOND_PROXY}' });
    for (const args of [
      ['crawl', '--once'],
      ['inspect', 'http://127.0.0.1:1/'],
    ]) {
      const { code, stderr } = await fashiondHere(...args, '--config', behind.config);
      expect([code, stderr]).toEqual([78, expect.stringContaining('FASHIOND_PROXY is not set')]);
      expect(stderr).not.toContain('FASHIOND_FRONT');
    }
  });

  it('comes from the file that the service takes it from', { timeout: TIMEOUT_MS }, async () => {
    const place = await workplace();
    const file = join(place.folder, 'environment');
    writeFileSync(file, `# for the shop front\nFASHIOND_FRONT="${SECRET}"\n`);
    const run = (path: string): string =>
      execFileSync(
        process.execPath,
        [join(root, 'bin/fashiond'), 'check-config', '--config', place.config, '--environment-file', path],
        { encoding: 'utf8' },
      );
    expect(run(file)).not.toContain('FASHIOND_FRONT');
    expect(
      await fashiondHere('status', '--config', place.config, '--environment-file', 'none'),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot read none') as unknown,
    });
  });
});

describe.skipIf(!canBeAnotherUser())('a secret whose file this user may not read', () => {
  it.each([
    ['of a token', {}, { api: { tokens: [{ name: 'front', secret_file: 'secret' }] } }, 'secret_file'],
    [
      'of a proxy',
      { proxy: { url: 'http://127.0.0.1:3128', user: 'me', password_file: 'secret' } },
      {},
      'password_file',
    ],
  ])('is missing: %s', { timeout: TIMEOUT_MS }, (_, more, settings, key) => {
    const place = writeWorkplace([loopbackShop('far', 'http://127.0.0.1:1', more)], settings);
    for (const folder of [place.folder, join(place.folder, 'shops')]) {
      chmodSync(folder, 0o755);
      writeFileSync(join(folder, 'secret'), SECRET, { mode: 0o600 });
    }
    const report = execFileSync(
      process.execPath,
      [join(root, 'bin/fashiond'), 'check-config', '--json', '--config', place.config],
      { encoding: 'utf8', uid: NOBODY, gid: NOBODY, cwd: '/' },
    );
    expect((JSON.parse(report) as { missingSecrets: unknown[] }).missingSecrets).toMatchObject([
      {
        path: expect.stringContaining(key) as unknown,
        message: expect.stringContaining('EACCES') as unknown,
      },
    ]);
  });
});
