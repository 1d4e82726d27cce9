/** Pictures -> the numbers that a DCGAN encoder gives them, for the method `dcgan` of search. */
import { readFile } from 'node:fs/promises';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { PictureSource } from '../domain/ports.js';
import { MAX_PIXELS } from '../domain/picture.js';
import { preparePixels } from '../images/prepare.js';
import { openPictureEncoder } from '../learn/dcgan/drawing.js';
import type { OpenEncoder } from '../learn/dcgan/drawing.js';
import { readDcganFolder } from '../learn/dcgan/folder.js';
import type { DcganManifest } from '../learn/dcgan/folder.js';
import type { CliContext } from './context.js';
import { progressOf } from './picture-progress.js';

/** So many are read and decoded at once, and encoded together. */
const AT_ONCE = 32;

/** Throws FashiondError `usage` that says what to type: no encoder ships with fashiond. */
export function requireDcgan(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new FashiondError('usage', 'the method dcgan needs an encoder, and none ships with fashiond', {
    hint: 'Train one with `fashiond train dcgan --data DATASET --out FOLDER`, and name it: --dcgan FOLDER.',
  });
}

/** One vector a file, in their order. Throws FashiondError that names a picture which cannot be used. */
export async function encodeFiles(
  folder: string,
  files: readonly string[],
  context: CliContext,
): Promise<Float32Array[]> {
  return encodePictures(
    folder,
    files.map((path) => ({ path })),
    context,
  );
}

/** As `encodeFiles`, of pictures that may be bytes as well. */
export async function encodePictures(
  folder: string,
  pictures: readonly PictureSource[],
  context: CliContext,
): Promise<Float32Array[]> {
  const { manifest, encoder } = await readDcganFolder(folder);
  const open = await openPictureEncoder(encoder, 1);
  const progress = progressOf(context);
  const codes: Float32Array[] = [];
  try {
    for (let start = 0; start < pictures.length; start += AT_ONCE) {
      context.signal.throwIfAborted();
      codes.push(...(await encodeSome(open, manifest, pictures.slice(start, start + AT_ONCE))));
      progress.show(codes.length, pictures.length);
    }
  } finally {
    await open.close();
    progress.clear();
  }
  return codes;
}

async function encodeSome(
  open: OpenEncoder,
  { input, codeLength }: DcganManifest,
  pictures: readonly PictureSource[],
): Promise<Float32Array[]> {
  const each = await Promise.all(pictures.map(async (picture) => pixelsOf(picture, input)));
  const pixels = new Uint8Array(each.length * input.size ** 2 * 3);
  for (const [at, one] of each.entries()) pixels.set(one, at * one.length);
  const codes = await open.encode(pixels);
  return each.map((_, at) => codes.slice(at * codeLength, (at + 1) * codeLength));
}

async function pixelsOf(picture: PictureSource, { size, fill }: DcganManifest['input']): Promise<Uint8Array> {
  const name = 'path' in picture ? picture.path : 'the picture';
  const bytes = 'path' in picture ? await bytesOf(picture.path) : picture.bytes;
  const outcome = await preparePixels(bytes, { size, fill, maxPixels: MAX_PIXELS });
  if (outcome.kind === 'pixels') return outcome.pixels;
  throw new FashiondError(
    'refused',
    `${name} cannot be used as a picture (${outcome.reason}: ${outcome.detail})`,
    {
      hint: 'Give a whole JPEG, PNG or WebP picture of at most 40 megapixels.',
    },
  );
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${path}: ${messageOf(error)}`, {
      hint: 'Put the picture where it was, or leave it out.',
      cause: error,
    });
  }
}
