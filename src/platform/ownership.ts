/**
 * Who owns what root makes: whoever owns the folder it stands in. A service has a user of its own, which has to be able to
 * write on what an operator's command made beside it. Nothing of this happens for another user than root.
 */
import { lchownSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** To whom what is made in a folder belongs; null where that is whoever makes it. */
export function ownerIn(folder: string): { readonly uid: number; readonly gid: number } | null {
  return process.geteuid?.() === 0 ? statSync(folder) : null;
}

/** Gives a file or folder that was just made to the owner of the one it stands in. */
export function leaveToOwner(path: string): void {
  const owner = ownerIn(dirname(path));
  if (owner === null) return;
  try {
    // Not through a link: whoever owns the folder may have put one there.
    lchownSync(path, owner.uid, owner.gid);
  } catch (error) {
    if (!isRefusedByDisk(error)) throw error;
  }
}

/** Disks of other machines and containers know no such owner, or let nobody name one: all is as if nobody had tried. */
export function isRefusedByDisk(error: unknown): boolean {
  return ['EPERM', 'EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Makes a folder and those above it that are missing; returns the uppermost one made, undefined where it was there. */
export function makeFolders(path: string): string | undefined {
  const first = mkdirSync(path, { recursive: true });
  if (first !== undefined) leaveDown(first, path);
  return first;
}

function leaveDown(first: string, path: string): void {
  if (path !== first) leaveDown(first, dirname(path));
  leaveToOwner(path);
}
