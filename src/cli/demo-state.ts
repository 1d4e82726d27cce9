/** What a demo in a folder is made of, so that it is taken up again after a crash, and begun anew when it differs. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError } from '../domain/errors.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { acquireLock } from '../store/lock.js';
import type { Lock } from '../store/lock.js';

export interface DemoIdentity {
  readonly seed: number;
  readonly productsPerShop: number;
  /** Folder of class folders the shops sell, or null for rendered garments. */
  readonly pictures: string | null;
}

export interface DemoState extends DemoIdentity {
  readonly ports: readonly [number, number];
}

/** Files of a demo inside its data folder. */
export function demoPaths(folder: string): {
  readonly state: string;
  readonly db: string;
  readonly blobs: string;
  readonly backups: string;
  readonly models: string;
} {
  return {
    state: join(folder, 'demo.json'),
    db: join(folder, 'demo.db'),
    blobs: join(folder, 'demo-blobs'),
    backups: join(folder, 'demo-backups'),
    models: join(folder, 'demo-models'),
  };
}

/** The state left by an earlier process, or null when there is none or it was another demo. */
export async function readDemoState(folder: string, identity: DemoIdentity): Promise<DemoState | null> {
  try {
    const state = JSON.parse(await readFile(demoPaths(folder).state, 'utf8')) as DemoState;
    const same =
      state.seed === identity.seed &&
      state.productsPerShop === identity.productsPerShop &&
      state.pictures === identity.pictures;
    return same ? state : null;
  } catch {
    return null;
  }
}

export async function writeDemoState(folder: string, state: DemoState): Promise<void> {
  await writeFileAtomic(demoPaths(folder).state, `${JSON.stringify(state)}\n`);
}

/**
 * Removes what an earlier demo left: its state first, so that a crash in between leaves nothing half-valid.
 * Throws FashiondError `busy`, and removes nothing, while a demo runs in the folder.
 */
export async function clearDemo(folder: string): Promise<void> {
  const { state, db, blobs } = demoPaths(folder);
  const lock = lockDemo(folder);
  try {
    await rm(state, { force: true });
    for (const suffix of ['', '-wal', '-shm']) await rm(db + suffix, { force: true });
    await rm(blobs, { recursive: true, force: true });
  } finally {
    lock.release();
  }
}

/** Throws FashiondError `busy` while another process, such as a demo that serves, uses the folder. */
export function lockDemo(folder: string): Lock {
  const lock = acquireLock(`${demoPaths(folder).db}.lock`);
  if (lock !== null) return lock;
  throw new FashiondError('busy', `a demo is running in ${folder}`, {
    hint: 'Stop it first, or give this one a folder of its own: --data FOLDER.',
    retry: true,
  });
}

/**
 * The days a demo has still to crawl, an interrupted one first. `lastSlots`: the latest slot each shop has begun,
 * or null. All shops end a day before one begins the next, and a day that is over does not come back: a run that
 * was interrupted goes on with the shops as they were then.
 */
export function daysLeft<Day extends { readonly slot: string }>(
  days: readonly Day[],
  lastSlots: readonly (string | null)[],
): readonly Day[] {
  return days.filter(({ slot }) => lastSlots.every((last) => last === null || last <= slot));
}
