/**
 * Pictures as downloaded, in files named by their SHA-256: `folder/ab/abcdef...`.
 *
 * A file is whole or absent, never changed once there, and written once however often the same bytes come.
 */
import { access, open, readdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sha256 } from '../domain/ids.js';
import type { BlobStore } from '../domain/ports.js';
import { explained, writeFileAtomic } from '../platform/atomic-file.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { makeFolders } from '../platform/ownership.js';

export interface BlobKeeping extends BlobStore {
  /**
   * Removes temporary files that a killed process left behind and returns how many. To be called at start, before
   * anything is written: it cannot tell a file being written from a leftover.
   */
  sweep(): Promise<number>;
  /**
   * Removes a picture that no row names any more, unless it was written again within the last day: its row may be on
   * its way then. `now` in milliseconds since the epoch. Returns whether it went.
   */
  remove(sha256: Sha256, now: number): Promise<boolean>;
}

const DAY_MS = 86_400_000;

const FOLDER_NAME = /^[0-9a-f]{2}$/;
const TEMPORARY_NAME = /^\.tmp-/;

export function createBlobStore(folder: string): BlobKeeping {
  const pathOf = (sha256: Sha256): string => join(folder, sha256.slice(0, 2), sha256);
  const has = async (sha256: Sha256): Promise<boolean> => exists(pathOf(sha256));
  return {
    pathOf,
    has,
    async write(bytes) {
      const sha256 = sha256Hex(bytes) as Sha256;
      if (await touch(pathOf(sha256))) return sha256;
      const folderOfIt = dirname(pathOf(sha256));
      await explained(folderOfIt, () => makeDurableFolder(folderOfIt));
      await writeFileAtomic(pathOf(sha256), bytes);
      return sha256;
    },
    async remove(sha256, now) {
      const path = pathOf(sha256);
      try {
        if ((await stat(path)).mtimeMs > now - DAY_MS) return false;
        await rm(path);
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw error;
      }
    },
    async sweep() {
      let removed = 0;
      for (const name of await namesIn(folder)) {
        if (!FOLDER_NAME.test(name)) continue;
        const leftovers = (await namesIn(join(folder, name))).filter((file) => TEMPORARY_NAME.test(file));
        for (const file of leftovers) await rm(join(folder, name, file), { force: true });
        removed += leftovers.length;
      }
      return removed;
    },
  };
}

/** Whether the file is there; it counts as written now then. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** A folder that does not exist yet has nothing to sweep. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** A new folder is an entry of its parent, which has to reach the disk as well before the file counts as kept. */
async function makeDurableFolder(path: string): Promise<void> {
  const created = makeFolders(path);
  if (created === undefined) return;
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    const handle = await open(parent, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (parent === dirname(created)) return;
  }
}
