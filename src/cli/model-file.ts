/** Models as one file: `models export` and `models import`. */
import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError, messageOf } from '../domain/errors.js';
import { loadModelFolder } from '../infer/model-folder.js';
import type { LoadedModel } from '../infer/model-folder.js';
import { createOrtSession } from '../infer/ort-session.js';
import { checkNamed, MAX_ARCHIVE_BYTES, namedFiles, packModel, unpackModel } from '../model/model-archive.js';
import { writeFileAtomic, writeFilesAtomic } from '../platform/atomic-file.js';
import { makeFolders } from '../platform/ownership.js';

/** Returns how many bytes were written. Throws as `loadModelFolder`: what is exported was checked. */
export async function exportModel(folder: string, file: string): Promise<number> {
  const { manifest } = await loadModelFolder(folder);
  const files = await Promise.all(
    namedFiles(manifest).map(async (name) => ({ name, data: await readFile(join(folder, name)) })),
  );
  const bytes = packModel(files);
  // What was read twice may have changed in between.
  unpackModel(bytes, file);
  await writeFileAtomic(file, bytes);
  return bytes.length;
}

/**
 * Checks the file and puts its model into a folder of its own below `into`. Throws FashiondError `refused`,
 * `incompatible` or `corrupt` for anything that is off; nothing is left of it then.
 */
export async function importModel(file: string, into: string): Promise<LoadedModel> {
  const files = unpackModel(await readArchive(file), file);
  const folder = join(into, `.import-${randomUUID()}`);
  try {
    makeFolders(folder);
    await writeFilesAtomic(files.map(({ name, data }) => ({ path: join(folder, name), data })));
    const model = await loadModelFolder(folder);
    checkNamed(files, model.manifest, file);
    await tryNetwork(model);
    return await moveIn(folder, into, model);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readArchive(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_ARCHIVE_BYTES) {
      throw new FashiondError(
        'refused',
        `${file} is larger than ${MAX_ARCHIVE_BYTES} bytes, the most that is imported`,
      );
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof FashiondError) throw error;
    throw new FashiondError('not-found', `cannot read ${file}: ${messageOf(error)}`, {
      hint: 'Name a file that fashiond models export wrote.',
      cause: error,
    });
  }
}

/** The network must be one that loads and takes and gives what the manifest says. */
async function tryNetwork({ manifest, network }: LoadedModel): Promise<void> {
  const session = await createOrtSession(new Uint8Array(network), manifest);
  try {
    await session.run(new Uint8Array(manifest.input.size ** 2 * 3).fill(manifest.input.fill), 1);
  } finally {
    await session.close();
  }
}

/** A model that is there already, and whole, stays as it is. */
async function moveIn(folder: string, into: string, model: LoadedModel): Promise<LoadedModel> {
  const { name, fingerprint } = model.manifest;
  const target = join(into, folderName(name, fingerprint));
  const there = await loadModelFolder(target).catch(() => null);
  if (there?.manifest.fingerprint === fingerprint) return there;
  await rm(target, { recursive: true, force: true });
  await rename(folder, target);
  return { ...model, folder: await realpath(target) };
}

/** Unique for a model, and readable. */
export function folderName(name: string, fingerprint: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return `${plain === '' ? 'model' : plain}-${fingerprint.slice(0, 12)}`;
}
