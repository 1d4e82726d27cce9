/** Tests that act as another user than the one who runs them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './cli.js';

export const NOBODY = 65_534;

/** Whether this is root, and another user can read the program where it lies: not in a folder that is root's alone. */
export function canBeAnotherUser(): boolean {
  if (process.getuid?.() !== 0) return false;
  const script = `require('node:fs').accessSync(${JSON.stringify(join(root, 'bin/fashiond'))})`;
  try {
    execFileSync(process.execPath, ['-e', script], { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
