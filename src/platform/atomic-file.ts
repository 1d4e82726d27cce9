/** Files that are either whole or absent: written to a temporary name, synced, renamed, folder synced. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FashiondError, messageOf } from '../domain/errors.js';
import { makeFolders, isRefusedByDisk, ownerIn } from './ownership.js';

/** What keeps a file from being written whatever it holds, and what its owner can do about it. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space on that disk, or choose a folder on another one, and try again',
  EDQUOT: 'the disk quota is used up: free some space, or choose a folder elsewhere, and try again',
  EACCES: 'choose a folder that this user may write to',
  EPERM: 'choose a folder that this user may write to',
  ENOENT: 'choose a folder that exists',
  ENOTDIR: 'choose a folder that exists',
  EISDIR: 'name a file, not a folder',
  EROFS: 'choose a folder on a disk that can be written to',
};

/** What somebody may mend without touching the program. */
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** Throws FashiondError `refused` when there is no room or no right to write; what stood there before is whole. */
export async function writeFileAtomic(path: string, data: Uint8Array | string): Promise<void> {
  await writeFilesAtomic([{ path, data }]);
}

/**
 * Writes several files that belong together. Nothing is replaced before the last one is on the disk, so a disk
 * that is full leaves all of them as they were. They are replaced in the order given.
 */
export async function writeFilesAtomic(
  files: readonly { readonly path: string; readonly data: Uint8Array | string }[],
): Promise<void> {
  const written: { readonly temporary: string; readonly path: string }[] = [];
  try {
    for (const { path, data } of files) {
      const temporary = join(dirname(path), `.tmp-${randomUUID()}`);
      written.push({ temporary, path });
      await explained(path, async () => {
        makeFolders(dirname(path));
        await writeSynced(temporary, data);
      });
    }
    for (const { temporary, path } of written) await explained(path, () => rename(temporary, path));
  } catch (error) {
    // Those that were renamed already are not there any more.
    for (const { temporary } of written) await rm(temporary, { force: true });
    throw error;
  }
  for (const folder of new Set(written.map(({ path }) => dirname(path)))) await syncFolder(folder);
}

/** As `writeFileAtomic`, of chunks that are made one after the other: none is asked for before the last is written. The folder must exist. */
export async function writeChunksAtomic(path: string, chunks: Chunks): Promise<void> {
  const temporary = join(dirname(path), `.tmp-${randomUUID()}`);
  try {
    await explained(path, async () => {
      await writeSynced(temporary, chunks);
      await rename(temporary, path);
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

async function writeSynced(path: string, data: Uint8Array | string | Chunks): Promise<void> {
  const owner = ownerIn(dirname(path));
  const file = await open(path, 'wx');
  try {
    if (owner !== null) {
      await file.chown(owner.uid, owner.gid).catch((error: unknown) => {
        if (!isRefusedByDisk(error)) throw error;
      });
    }
    await writeFile(file, data);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Throws FashiondError `refused` when there is no room or no right to write. */
export async function explained(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const hint = REMEDIES[(error as NodeJS.ErrnoException).code ?? ''];
    if (hint === undefined) throw error;
    throw new FashiondError('refused', `cannot write ${path}: ${messageOf(error)}`, {
      hint,
      retry: FULL.has((error as NodeJS.ErrnoException).code ?? ''),
      cause: error,
    });
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
