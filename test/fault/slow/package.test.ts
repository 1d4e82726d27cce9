/**
 * `npm run test:package`: the Debian package on a machine of its own, which is this one's files under a layer that takes
 * whatever is written (overlayfs), with dpkg's own database. It is installed, runs, is upgraded, removed and purged.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logLines, root, rowsOf } from '../../support/cli.js';
import { FIRST_RUN, writeFirstSchema } from '../../support/first-schema.js';
import { smallDisk } from '../../support/small-disk.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

/** The program is compiled and packed twice, on a machine that may be busy. */
const TIMEOUT_MS = 1_800_000;
const NEXT = '99.1.0';
/** A user without rights, as the unit's is. */
const NOBODY = 65_534;
const CONFIG = '/etc/fashiond/prod.yaml';
const STATE = '/var/lib/fashiond';

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
const disk = lack === '' ? smallDisk(2 * 1024 * 1024) : null;
const unable = lack === '' && disk === null ? 'nothing can be mounted' : lack;

describe.skipIf(unable !== '')(`the Debian package${unable === '' ? '' : ` (not tested: ${unable})`}`, () => {
  const mounts: string[] = [];
  let machine = '';
  let first = '';
  let again = '';
  let next = '';

  const inside = (path: string): string => join(machine, path);
  const run = (...command: string[]): string =>
    execFileSync('chroot', [machine, ...command], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        DEBIAN_FRONTEND: 'noninteractive',
      },
    });
  /** Where Node.js is no package of this machine's, its absence is none of ours. */
  const force = succeeds('dpkg', '--status', 'nodejs') ? [] : ['--force-depends'];
  const dpkg = (...args: string[]): string => run('dpkg', ...force, ...args);
  const install = (file: string): string => {
    cpSync(file, inside('/package.deb'));
    return dpkg('--install', '/package.deb');
  };

  const mount = (...args: string[]): void => {
    execFileSync('mount', args);
    mounts.push(args.at(-1)!);
  };

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
    for (const name of ['upper', 'work', 'machine']) mkdirSync(join(disk!, name));
    machine = join(disk!, 'machine');
    const layers = `lowerdir=/,upperdir=${join(disk!, 'upper')},workdir=${join(disk!, 'work')}`;
    mount('-t', 'overlay', 'overlay', '-o', layers, machine);
    mount('-t', 'proc', 'proc', inside('/proc'));
    mount('--bind', '/dev', inside('/dev'));
  }, TIMEOUT_MS);
  afterAll(() => {
    for (const path of mounts.toReversed()) execFileSync('umount', [path]);
  });

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
    expect(existsSync(inside('/lib/systemd/system/fashiond.service'))).toBe(true);
    expect(run('dpkg', '--verify', 'fashiond')).toBe('');
    // Everything loads that was left of the modules: decoders, inference, words.
    const picture = join(root, 'test/../.github/page-review.webp');
    cpSync(picture, inside('/tmp/picture.webp'));
    const answer = run('fashiond', 'classify', '/tmp/picture.webp', '--title', 'Ribbed beanie', '--json');
    expect(JSON.parse(answer)).toBeDefined();
  });

  it(
    'runs as a user without rights, on a database of the first release, after a backup of it',
    { timeout: TIMEOUT_MS },
    async () => {
      const text = readFileSync(inside(CONFIG), 'utf8');
      // As an operator would: the shops come later, the port is another, and the machine may be busy.
      const changed = text.replace('[shops/*.yaml]', '[]').replace(':8420', ':0');
      writeFileSync(inside(CONFIG), changed.replace('shutdown_deadline: 8s', 'shutdown_deadline: 2m'));
      mkdirSync(inside(STATE), { recursive: true });
      writeFirstSchema(inside(`${STATE}/fashiond.db`));
      for (const path of [STATE, ...readdirSync(inside(STATE)).map((name) => join(STATE, name))]) {
        chownSync(inside(path), NOBODY, NOBODY);
      }
      chmodSync(inside('/'), 0o755);
      await runsAndStops();
      expect(readdirSync(inside(STATE)).filter((name) => name.includes('.schema-1.'))).toHaveLength(1);
    },
  );

  it(
    'is upgraded: config and database stay, what was not changed is the new one',
    { timeout: TIMEOUT_MS },
    async () => {
      const changed = readFileSync(inside(CONFIG), 'utf8');
      install(next);
      expect(run('dpkg-query', '--show', '--showformat=${Version} ${db:Status-Status}', 'fashiond')).toBe(
        `${NEXT} installed`,
      );
      expect(readFileSync(inside(CONFIG), 'utf8')).toBe(changed);
      expect(readFileSync(inside('/etc/fashiond/shops/example.yaml'), 'utf8')).toContain(
        '# of the next version',
      );
      await runsAndStops();
      expect(
        rowsOf(inside(`${STATE}/fashiond.db`), 'SELECT title FROM v_items WHERE product_id = 7'),
      ).toEqual([{ title: 'ケーブルニット' }]);
      expect(rowsOf(inside(`${STATE}/fashiond.db`), 'SELECT count(*) AS n FROM v_labels')).toEqual([
        { n: 2 },
      ]);
      expect(FIRST_RUN).toBeLessThan(Date.now());
    },
  );

  it(
    'is removed with its config and catalogue kept, and purged without a trace',
    { timeout: TIMEOUT_MS },
    () => {
      dpkg('--remove', 'fashiond');
      expect(
        ['/usr/bin/fashiond', '/usr/lib/fashiond', '/lib/systemd/system/fashiond.service'].filter((path) =>
          existsSync(inside(path)),
        ),
      ).toEqual([]);
      expect([CONFIG, `${STATE}/fashiond.db`].filter((path) => !existsSync(inside(path)))).toEqual([]);
      dpkg('--purge', 'fashiond');
      expect(['/etc/fashiond', STATE].filter((path) => existsSync(inside(path)))).toEqual([]);
      expect(run('sh', '-c', 'dpkg-query --list fashiond 2>&1 || true')).toContain('no packages found');
    },
  );

  /** Starts it as the unit does, without systemd, asks whether it is ready, and ends it. */
  async function runsAndStops(): Promise<void> {
    const child = spawn(
      'chroot',
      [`--userspec=${NOBODY}:${NOBODY}`, machine, '/usr/bin/fashiond', '--config', CONFIG],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/nonexistent' },
      },
    );
    const closed = once(child, 'close');
    let output = '';
    const listening = new Promise<string>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const whole = output.slice(0, output.lastIndexOf('\n') + 1);
        const url = logLines(whole).find(({ event }) => event === 'api.listening')?.['url'];
        if (typeof url === 'string') resolve(url);
      });
      closed.then(() => reject(new Error(`it ended:\n${output}`)), reject);
    });
    try {
      expect((await fetch(`${await listening}/-/ready`)).status).toBe(200);
      child.kill('SIGTERM');
      expect(await closed).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  }
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
