/** A disk that is soon full: a tmpfs of a few KiB, where the machine lets this user mount one. */
import { execFileSync } from 'node:child_process';
import { afterAll } from 'vitest';
import { temporaryFolder } from './temporary-folder.js';

const mounted: string[] = [];

// Registered after the folders' own removal, so it runs before it.
afterAll(() => {
  for (const folder of mounted.splice(0)) execFileSync('umount', [folder]);
});

/** The disk's folder; null where it cannot be mounted, as without root. */
export function smallDisk(kibibytes: number): string | null {
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  mounted.push(folder);
  return folder;
}
