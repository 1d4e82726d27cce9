/** Rendered pictures that are kept between experiments, in a folder named by all that decides them. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { CliContext } from '../../src/cli/context.js';
import { progressOf } from '../../src/cli/picture-progress.js';
import { renderDataset } from '../../src/garments/dataset.js';
import type { GarmentKind, Profile } from '../../src/garments/spec.js';

export interface Rendering {
  readonly perClass: number;
  readonly kinds: readonly GarmentKind[];
  readonly seed: number;
  readonly profile: Profile;
}

/** Longer side in pixels, as `dataset generate` has it. */
const SIDE = 160;

/**
 * Returns the folder, which holds at least these pictures as CATEGORY/NUMBER.jpg; only those are drawn that an
 * earlier run did not leave there. Throws FashiondError `cancelled`.
 */
export async function renderedPictures(
  work: string,
  { perClass, kinds, seed, profile }: Rendering,
  context: CliContext,
): Promise<string> {
  const fingerprint = (await rendererFingerprint()).slice(0, 12);
  const out = join(work, `rendered-${fingerprint}-${profile}-${seed}`);
  const progress = progressOf(context);
  const start = performance.now();
  const drawn = await renderDataset({
    out,
    perClass,
    kinds,
    seed,
    profile,
    size: SIDE,
    reuse: true,
    signal: context.signal,
    onProgress: progress.show,
  });
  progress.clear();
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  const kept = perClass * kinds.length - drawn;
  context.note(
    `${profile} pictures, seed ${seed}: ${drawn} rendered in ${seconds} s, ${kept} kept in ${out}`,
  );
  return out;
}

/** SHA-256 over the renderer's own files, its source of random numbers, and the libraries that draw. */
async function rendererFingerprint(): Promise<string> {
  const folder = fileURLToPath(new URL('../../src/', import.meta.url));
  const isCode = (name: string): boolean => /\.[jt]s$/.test(name);
  const garments = (await readdir(join(folder, 'garments'))).filter(isCode).sort();
  const random = (await readdir(join(folder, 'platform'))).filter((name) => /^random\.[jt]s$/.test(name));
  const hash = createHash('sha256').update(JSON.stringify([SIDE, sharp.versions]));
  for (const name of garments) hash.update(name).update(await readFile(join(folder, 'garments', name)));
  for (const name of random) hash.update(await readFile(join(folder, 'platform', name)));
  return hash.digest('hex');
}
