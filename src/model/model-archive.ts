/**
 * A model in one file: a tar archive whose first file lists all others with their lengths and SHA-256. No byte of it is
 * free: a file that differs in any is refused, as is one that has a file more or less than the model names.
 *
 * report.html stays behind: what a web page of others holds is not to be shown as ours.
 */
import { z } from 'zod';
import { FashiondError } from '../domain/errors.js';
import { sha256Hex } from '../platform/fingerprint.js';
import { readTar, writeTar } from './tar.js';
import type { TarFile } from './tar.js';

const LIST = 'fashiond-model.json';
const MODEL_MANIFEST = 'manifest.json';
const MAX_FILES = 32;
/** The shipped model takes 9 MB. */
export const MAX_ARCHIVE_BYTES = 512 * 1024 * 1024;

const listSchema = z.strictObject({
  format: z.literal(1),
  files: z.array(
    z.strictObject({ name: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/** `files`: those of the model folder, its manifest included. */
export function packModel(files: readonly TarFile[]): Uint8Array {
  return writeTar([{ name: LIST, data: listOf(files) }, ...files]);
}

/** Throws FashiondError: `incompatible` for a list of another format, `refused` for anything else that is off. */
export function unpackModel(bytes: Uint8Array, file: string): TarFile[] {
  if (bytes.length > MAX_ARCHIVE_BYTES) throw off(file, `it is larger than ${MAX_ARCHIVE_BYTES} bytes`);
  const [list, ...files] = readTar(bytes, file);
  if (list?.name !== LIST) throw off(file, `its first file is not ${LIST}`);
  if (files.length > MAX_FILES) throw off(file, `it holds more than ${MAX_FILES} files`);
  checkFormat(list.data, file);
  const known = listSchema.safeParse(parsed(list.data, file));
  if (!known.success) throw off(file, `${LIST} is damaged`);
  for (const [at, { name, bytes: length, sha256 }] of known.data.files.entries()) {
    const found = files[at];
    if (found?.name !== name) throw off(file, `${name} is missing, or is not where ${LIST} has it`);
    if (found.data.length !== length || sha256Hex(found.data) !== sha256) {
      throw off(file, `${name} is not the file that ${LIST} names`);
    }
  }
  const extra = files[known.data.files.length];
  if (extra !== undefined) throw off(file, `${extra.name} is not in ${LIST}`);
  // White space and the order of keys count as well: no byte is free.
  if (!Buffer.from(listOf(files)).equals(list.data))
    throw off(file, `${LIST} is not written as it should be`);
  return files;
}

/** Of a model folder: the manifest, and the files that it names. */
export function namedFiles(manifest: { readonly files: Readonly<Record<string, string>> }): string[] {
  return [MODEL_MANIFEST, ...Object.keys(manifest.files).sort()];
}

/** Throws FashiondError `refused` where the archive holds other files than its model names. */
export function checkNamed(
  files: readonly TarFile[],
  manifest: Parameters<typeof namedFiles>[0],
  file: string,
): void {
  const wanted = namedFiles(manifest);
  const there = files.map(({ name }) => name);
  const missing = wanted.filter((name) => !there.includes(name));
  const extra = there.filter((name) => !wanted.includes(name));
  if (missing.length > 0) throw off(file, `${missing.join(', ')} is missing`);
  if (extra.length > 0) throw off(file, `its model does not name ${extra.join(', ')}`);
}

function listOf(files: readonly TarFile[]): Uint8Array {
  const rows = files.map(({ name, data }) => ({ name, bytes: data.length, sha256: sha256Hex(data) }));
  return Buffer.from(`${JSON.stringify({ format: 1, files: rows }, null, 2)}\n`);
}

function checkFormat(list: Uint8Array, file: string): void {
  const { success, data } = z.looseObject({ format: z.int() }).safeParse(parsed(list, file));
  if (!success || data.format === 1) return;
  throw new FashiondError('incompatible', `${file} has format ${data.format}; this version reads format 1`, {
    hint: 'Import it with the fashiond version that exported it, or export it with this one.',
  });
}

function parsed(list: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(Buffer.from(list).toString('utf8'));
  } catch {
    throw off(file, `${LIST} is no JSON`);
  }
}

function off(file: string, what: string): FashiondError {
  return new FashiondError('refused', `${file} is no exported model: ${what}`, {
    hint: 'Nothing was imported. Export the model again with fashiond models export, or copy the file again.',
  });
}
