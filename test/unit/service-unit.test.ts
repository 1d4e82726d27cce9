/** The systemd unit, as systemd itself reads it. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/cli.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const hasSystemd = (): boolean => {
  try {
    execFileSync('systemd-analyze', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A folder of units with ours in it, and the drop-ins named. */
function unitIn(dropIns: readonly string[]): { folder: string; unit: string } {
  const folder = temporaryFolder();
  const unit = join(folder, 'fashiond.service');
  const text = readFileSync(join(root, 'config/fashiond.service'), 'utf8');
  // The command need not be installed where this is tested.
  writeFileSync(unit, text.replace('/usr/bin/fashiond', process.execPath));
  mkdirSync(`${unit}.d`);
  for (const name of dropIns) copyFileSync(join(root, 'config', name), join(`${unit}.d`, name));
  return { folder, unit };
}

// systemd-sysusers came with systemd-analyze's package.
it.skipIf(!hasSystemd())('runs as the user that systemd makes of fashiond.sysusers', () => {
  const machine = temporaryFolder();
  mkdirSync(join(machine, 'etc'));
  execFileSync('systemd-sysusers', [`--root=${machine}`, join(root, 'config/fashiond.sysusers')], {
    stdio: 'pipe',
  });
  const [, user] = /^User=(.*)$/m.exec(readFileSync(join(root, 'config/fashiond.service'), 'utf8')) ?? [];
  for (const file of ['passwd', 'group']) {
    const names = readFileSync(join(machine, 'etc', file), 'utf8').split('\n');
    expect(names.map((line) => line.split(':')[0])).toContain(user);
  }
});

it.skipIf(!hasSystemd()).each([
  ['alone', []],
  ['with the drop-in for GPUs', ['fashiond-gpu.conf']],
])('is understood by systemd and exposes no more than 2.0 of 10, %s', (_, dropIns) => {
  const { folder, unit } = unitIn(dropIns);
  const run = (...args: string[]): string =>
    execFileSync('systemd-analyze', args, {
      encoding: 'utf8',
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:/lib/systemd/system` },
    });
  expect(run('verify', unit)).toBe('');
  const report = run('security', '--offline=true', '--no-pager', unit);
  const score = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(report)?.[1]);
  expect(score).toBeGreaterThan(0);
  expect(score).toBeLessThanOrEqual(2);
});
