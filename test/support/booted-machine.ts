/**
 * A machine of its own: this one's files under a layer that takes whatever is written (overlayfs), with systemd running on
 * it in namespaces of its own, without network. Needs root, and the right to mount.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallDisk } from './small-disk.js';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SYSTEMD = '/lib/systemd/systemd';
const CGROUPS = '/sys/fs/cgroup';

export interface BootedMachine {
  /** Where a path of its is seen from here, but for what lies below /dev, /proc, /run, /sys and /tmp. */
  inside(path: string): string;
  /** What a command prints. Throws where it fails. */
  run(...command: readonly string[]): string;
  stop(): Promise<void>;
}

/** What the first process does before it is systemd; $1: the root. No sysfs to write to: nothing may reach for devices. */
const BOOT = `set -e
mount --make-rprivate /
mount -t proc proc "$1/proc"
mount -t sysfs -o ro sysfs "$1/sys"
for each in dev run tmp; do mount -t tmpfs -o mode=1777 tmpfs "$1/$each"; done
chmod 755 "$1/dev" "$1/run"
for each in null zero full random urandom tty; do touch "$1/dev/$each"; mount --bind "/dev/$each" "$1/dev/$each"; done
ln -s /proc/self/fd "$1/dev/fd"
ln -s pts/ptmx "$1/dev/ptmx"
mkdir "$1/dev/shm" "$1/dev/pts"
if [ -d ${CGROUPS}/systemd ]; then
  mount -t tmpfs -o mode=755 tmpfs "$1/sys/fs/cgroup"
  mkdir "$1/sys/fs/cgroup/systemd"
  mount -t cgroup -o none,name=systemd cgroup "$1/sys/fs/cgroup/systemd"
else
  mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
fi
cd "$1"
pivot_root . .
umount -l .
exec env -i container=fashiond-test PATH=${PATH} ${SYSTEMD} --unit=multi-user.target --log-level=warning`;

const NAMESPACES = '--cgroup --pid --fork --kill-child --mount --uts --ipc --net';

/** Null where systemd is missing, or cannot be run so. `kibibytes`: what may be written to it. */
export async function bootMachine(kibibytes: number): Promise<BootedMachine | null> {
  const disk = existsSync(SYSTEMD) ? smallDisk(kibibytes) : null;
  if (disk === null) return null;
  for (const name of ['upper', 'work', 'machine']) mkdirSync(join(disk, name));
  const root = join(disk, 'machine');
  const layers = `lowerdir=/,upperdir=${join(disk, 'upper')},workdir=${join(disk, 'work')}`;
  const group = join(
    existsSync(`${CGROUPS}/systemd`) ? `${CGROUPS}/systemd` : CGROUPS,
    `machine-${process.pid}`,
  );
  const begun: (() => void | Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const undo of begun.splice(0).toReversed()) await undo();
  };
  try {
    execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, root], { stdio: 'ignore' });
    begun.push(() => void execFileSync('umount', [root]));
    mkdirSync(group);
    begun.push(() => removeGroup(group));
    const shell = `echo $$ >${group}/cgroup.procs && exec unshare ${NAMESPACES} sh -c "$0" sh "$1"`;
    const child = spawn('sh', ['-c', shell, BOOT, root], { stdio: ['ignore', 'inherit', 'inherit'] });
    const ended = once(child, 'exit');
    begun.push(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const pid = await Promise.race([booted(child.pid ?? -1), ended.then(() => null)]);
    if (pid !== null) return { inside: (path) => `${root}${path}`, run: (...of) => within(pid, of), stop };
    console.warn('no systemd came up in the machine for the test');
  } catch (error) {
    // It may lack a right that this takes.
    console.warn(`no machine for the test: ${String(error)}`);
  }
  await stop();
  return null;
}

const MOST_BOOT_MS = 300_000;

/** The process id, as seen from here, of its systemd, which has started what it starts; null where it does not come to that. */
async function booted(parent: number): Promise<number | null> {
  for (const startedAt = performance.now(); performance.now() - startedAt < MOST_BOOT_MS;) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const [pid = ''] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ');
    try {
      // It ends with an error where a unit of this machine fails in there, which is none of ours.
      if (/running|degraded/.test(within(Number(pid), ['sh', '-c', 'systemctl is-system-running || true'])))
        return Number(pid);
    } catch {
      // Nobody is there yet.
    }
  }
  return null;
}

function within(pid: number, command: readonly string[]): string {
  return execFileSync('nsenter', [`--target=${pid}`, '--all', '--root', '--wd', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, DEBIAN_FRONTEND: 'noninteractive' },
  });
}

async function removeGroup(group: string): Promise<void> {
  for (let tries = 0; existsSync(group) && tries < 50; tries += 1) {
    spawnSync('find', [group, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+'], { stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
