/** What a demo in a folder is made of, so that it is taken up again after a crash, and begun anew when it differs. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.js';

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
} {
  return {
    state: join(folder, 'demo.json'),
    db: join(folder, 'demo.db'),
    blobs: join(folder, 'demo-blobs'),
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

/** Removes what an earlier demo left: its state first, so that a crash in between leaves nothing half-valid. */
export async function clearDemo(folder: string): Promise<void> {
  const { state, db, blobs } = demoPaths(folder);
  await rm(state, { force: true });
  for (const suffix of ['', '-wal', '-shm']) await rm(db + suffix, { force: true });
  await rm(blobs, { recursive: true, force: true });
}
