/**
 * `npm run test:package`: the Debian package on a machine of its own with systemd, which is this one's files under a layer
 * that takes whatever is written. It is installed, started, upgraded, removed and purged.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootMachine } from '../../support/booted-machine.js';
import { root, rowsOf } from '../../support/cli.js';
import { writeFirstSchema } from '../../support/first-schema.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** The program is compiled and packed twice, on a machine that may be busy. */
const TIMEOUT_MS = 1_800_000;
const NEXT = '99.1.0';
const CONFIG = '/etc/fashiond/prod.yaml';
const STATE = '/var/lib/fashiond';
const DATABASE = `${STATE}/fashiond.db`;
const UNIT = '/lib/systemd/system/fashiond.service';

const succeeds = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Why the package cannot be tested here; empty where it can. */
const lack =
  process.env['FASHIOND_PACKAGE'] === undefined
    ? 'by npm run test:package alone'
    : succeeds('dpkg-deb', '--version')
      ? ''
      : 'dpkg-deb is missing';
const machine = lack === '' ? await bootMachine(2 * 1024 * 1024) : null;
const unable = lack === '' && machine === null ? 'no machine with systemd can be booted' : lack;

describe.skipIf(unable !== '')(`the Debian package${unable === '' ? '' : ` (not tested: ${unable})`}`, () => {
  let first = '';
  let again = '';
  let next = '';

  const inside = (path: string): string => machine!.inside(path);
  const run = (...command: string[]): string => machine!.run(...command);
  /** Where Node.js is no package of this machine's, its absence is none of ours. */
  const force = succeeds('dpkg', '--status', 'nodejs') ? [] : ['--force-depends'];
  const dpkg = (...args: string[]): string => run('dpkg', ...force, ...args);
  const install = (file: string): string => {
    cpSync(file, inside('/package.deb'));
    return dpkg('--install', '/package.deb');
  };
  /** Of the unit, as systemd knows it. */
  const shown = (property: string): string =>
    run('systemctl', 'show', `--property=${property}`, '--value', 'fashiond').trim();
  const answersReady = (): boolean => {
    const ask = `fetch('http://127.0.0.1:8420/-/ready').then(({ status }) => console.log(status))`;
    return run('node', '--eval', ask).trim() === '200';
  };
  /** The package does not wait for the start of the new program. */
  const startedAnew = async (before: string): Promise<void> => {
    while (shown('ActiveState') !== 'active' || shown('MainPID') === before) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const ownersBelow = (folder: string): Set<string> =>
    new Set(run('find', folder, '-printf', '%u:%g\n').trim().split('\n'));

  beforeAll(async () => {
    const out = temporaryFolder();
    const build = async (name: string): Promise<string> => {
      const child = spawn(join(root, '.ci/package'), ['--fast', '--out', join(out, name)], {
        stdio: 'inherit',
      });
      const [code] = (await once(child, 'close')) as [number];
      expect(code).toBe(0);
      return join(out, name, readdirSync(join(out, name))[0]!);
    };
    first = await build('first');
    again = await build('again');
    next = nextVersion(first, out);
  }, TIMEOUT_MS);
  afterAll(() => machine?.stop());

  it('is the same bytes each time', () => {
    expect(readFileSync(again).equals(readFileSync(first))).toBe(true);
    expect(basename(first)).toMatch(/^fashiond_\d+\.\d+\.\d+_\w+\.deb$/);
  });

  it('brings what runs here and nothing for other machines, and says what it needs', () => {
    const files = execFileSync('dpkg-deb', ['--fsys-tarfile', first], { maxBuffer: 2 ** 30 });
    const names = execFileSync('tar', ['--list'], { input: files, encoding: 'utf8', maxBuffer: 2 ** 28 });
    expect(names).not.toMatch(/darwin|win32|\.dll|cuda|tensorrt|\/vitest\/|\/typescript\/|\.map\n/);
    const field = (name: string): string =>
      execFileSync('dpkg-deb', ['--field', first, name], { encoding: 'utf8' }).trim();
    const major = Number(process.versions.node.split('.')[0]);
    expect(field('Depends')).toMatch(
      new RegExp(
        `^nodejs \\(>= ${major}[.\\d]*\\), nodejs \\(<< ${major + 1}\\), libc6 \\(>= 2\\.\\d+\\), libstdc\\+\\+6 `,
      ),
    );
    expect(Number(field('Installed-Size'))).toBeLessThan(200_000);
  });

  it('is installed, and leaves starting it to whoever has written a config', { timeout: TIMEOUT_MS }, () => {
    expect(install(first)).toContain('check-config --config /etc/fashiond/prod.yaml');
    expect(run('fashiond', '--version').trim()).toBe(
      (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    );
    expect(run('fashiond', 'check-config', '--config', CONFIG)).toContain('is good');
    expect([shown('LoadState'), shown('UnitFileState'), shown('ActiveState')]).toEqual([
      'loaded',
      'disabled',
      'inactive',
    ]);
    expect(run('dpkg', '--verify', 'fashiond')).toBe('');
    // Everything loads that was left of the modules: decoders, inference, words.
    const picture = join(root, 'test/../.github/page-review.webp');
    cpSync(picture, inside('/srv/picture.webp'));
    const answer = run('fashiond', 'classify', '/srv/picture.webp', '--title', 'Ribbed beanie', '--json');
    expect(JSON.parse(answer)).toBeDefined();
  });

  it(
    'is started by systemd as a user without rights, on a database of the first release, after a backup of it',
    { timeout: TIMEOUT_MS },
    async () => {
      const text = readFileSync(inside(CONFIG), 'utf8');
      // As an operator would: the shops come later, and the machine may be busy.
      const changed = text.replace('[shops/*.yaml]', '[]');
      writeFileSync(inside(CONFIG), changed.replace('shutdown_deadline: 8s', 'shutdown_deadline: 2m'));
      mkdirSync(inside('/etc/systemd/system/fashiond.service.d'), { recursive: true });
      writeFileSync(
        inside('/etc/systemd/system/fashiond.service.d/busy.conf'),
        '[Service]\nTimeoutStopSec=3min\n',
      );
      writeFirstSchema(inside(DATABASE));
      run('chown', '-R', 'fashiond:', STATE);
      // It returns when the daemon has said that it is ready, and fails where it does not.
      run('systemctl', 'enable', '--now', 'fashiond');
      expect(answersReady()).toBe(true);
      expect(run('ps', '-o', 'user=', '-p', shown('MainPID')).trim()).toBe('fashiond');
      expect(readdirSync(inside(STATE)).filter((name) => name.includes('.schema-1.'))).toHaveLength(1);
      run('systemctl', 'reload', 'fashiond');
      // systemctl has waited for the signal only.
      while (!run('journalctl', '--unit=fashiond', '--output=cat').includes('"event":"config.reloaded"')) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  );

  it('can be read by the members of its group', { timeout: TIMEOUT_MS }, () => {
    run('useradd', '--groups', 'fashiond', 'ann');
    run('useradd', 'bob');
    const asked = (user: string): string =>
      run('runuser', '--user', user, '--', 'sqlite3', '-readonly', DATABASE, 'SELECT count(*) FROM v_labels');
    expect(asked('ann').trim()).toBe('2');
    expect(() => asked('bob')).toThrow(/unable to open/);
  });

  it('starts again on a backup that root has put in place', { timeout: TIMEOUT_MS }, () => {
    const db = (...args: string[]): string => run('fashiond', 'db', ...args, '--config', CONFIG);
    db('backup');
    const [backup = ''] = readdirSync(inside(`${STATE}/backups`));
    run('systemctl', 'stop', 'fashiond');
    expect([shown('Result'), shown('ExecMainStatus')]).toEqual(['success', '0']);
    db('restore', `${STATE}/backups/${backup}`);
    expect(ownersBelow(STATE)).toEqual(new Set(['fashiond:fashiond']));
    run('systemctl', 'start', 'fashiond');
    expect(answersReady()).toBe(true);
  });

  it(
    'is upgraded: config and database stay, what was not changed is the new one',
    { timeout: TIMEOUT_MS },
    async () => {
      const changed = readFileSync(inside(CONFIG), 'utf8');
      const before = shown('MainPID');
      install(next);
      expect(run('dpkg-query', '--show', '--showformat=${Version} ${db:Status-Status}', 'fashiond')).toBe(
        `${NEXT} installed`,
      );
      expect(readFileSync(inside(CONFIG), 'utf8')).toBe(changed);
      expect(readFileSync(inside('/etc/fashiond/shops/example.yaml'), 'utf8')).toContain(
        '# of the next version',
      );
      await startedAnew(before);
      expect(answersReady()).toBe(true);
      expect(rowsOf(inside(DATABASE), 'SELECT title FROM v_items WHERE product_id = 7')).toEqual([
        { title: 'ケーブルニット' },
      ]);
      expect(rowsOf(inside(DATABASE), 'SELECT count(*) AS n FROM v_labels')).toEqual([{ n: 2 }]);
    },
  );

  it('takes over what a version left whose user systemd made', { timeout: TIMEOUT_MS }, async () => {
    run('systemctl', 'stop', 'fashiond');
    const unit = readFileSync(inside(UNIT), 'utf8');
    writeFileSync(inside(UNIT), unit.replace(/^User=.*$/m, 'DynamicUser=yes'));
    run('gpasswd', '--delete', 'ann', 'fashiond');
    run('userdel', 'fashiond');
    run('systemctl', 'daemon-reload');
    run('systemctl', 'start', 'fashiond');
    expect(run('readlink', STATE).trim()).toBe('private/fashiond');
    const before = shown('MainPID');
    install(next);
    await startedAnew(before);
    expect(answersReady()).toBe(true);
    expect(run('stat', '--format=%F', STATE).trim()).toBe('directory');
    expect(ownersBelow(STATE)).toEqual(new Set(['fashiond:fashiond']));
    expect(rowsOf(inside(DATABASE), 'SELECT count(*) AS n FROM v_labels')).toEqual([{ n: 2 }]);
  });

  it(
    'is removed with its config and catalogue kept, and purged without a trace',
    { timeout: TIMEOUT_MS },
    () => {
      const pid = shown('MainPID');
      dpkg('--remove', 'fashiond');
      expect(run('sh', '-c', `kill -0 ${pid} 2>&1 || true`)).toContain('No such process');
      expect(
        [
          '/usr/bin/fashiond',
          '/usr/lib/fashiond',
          UNIT,
          '/etc/systemd/system/multi-user.target.wants/fashiond.service',
        ].filter((path) => existsSync(inside(path))),
      ).toEqual([]);
      expect([CONFIG, DATABASE].filter((path) => !existsSync(inside(path)))).toEqual([]);
      // What its operator wrote holds secrets.
      writeFileSync(inside('/etc/fashiond/environment'), 'FASHIOND_SHOP_FRONT=secret\n');
      writeFileSync(inside('/etc/fashiond/shops/mine.yaml'), 'id: mine\n');
      dpkg('--purge', 'fashiond');
      expect(
        ['/etc/fashiond', STATE, '/etc/systemd/system/fashiond.service.d'].filter((path) =>
          existsSync(inside(path)),
        ),
      ).toEqual([]);
      expect(run('sh', '-c', 'dpkg-query --list fashiond 2>&1 || true')).toContain('no packages found');
    },
  );
});

/** The same package under a later version, with another example. */
function nextVersion(file: string, out: string): string {
  const folder = join(out, 'unpacked');
  execFileSync('dpkg-deb', ['--raw-extract', file, folder]);
  const control = join(folder, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${NEXT}`));
  const example = join(folder, 'etc/fashiond/shops/example.yaml');
  writeFileSync(example, `${readFileSync(example, 'utf8')}# of the next version\n`);
  const to = join(out, 'next.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', folder, to], {
    stdio: 'ignore',
  });
  return to;
}
