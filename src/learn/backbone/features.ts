/**
 * The features of a data set's pictures, computed once: of training pictures also mirrored, of test pictures none.
 * They are kept in the data set's folder under a name made of the network and the pictures, with their SHA-256 before
 * them (32 bytes), so that a second head takes seconds.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { writeFileAtomic } from '../../platform/atomic-file.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { datasetFingerprint, picturesOf, pixelsOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import { floats, openSession, Tensor } from '../runtime.js';

export interface PictureFeatures {
  readonly width: number;
  /** Rows, in the order of the split's pictures. */
  readonly train: Float32Array;
  readonly mirrored: Float32Array;
  readonly validation: Float32Array;
}

export interface FeatureSetting {
  /** The data set's folder; null keeps nothing. */
  readonly folder: string | null;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Told when the features could not be kept; they are used all the same. */
  readonly onUnkept?: (reason: string) => void;
  readonly onPicture?: (done: number, total: number) => void;
}

const BATCH = 16;
const HASH_BYTES = 32;

/** `network`: pixels in, `features` out. Throws FashiondError `cancelled` when the signal aborts. */
export async function pictureFeatures(
  network: Uint8Array,
  width: number,
  dataset: Dataset,
  setting: FeatureSetting,
): Promise<PictureFeatures> {
  const [train, validation] = [picturesOf(dataset.index, 'train'), picturesOf(dataset.index, 'validation')];
  const views = [
    ...train.map((picture) => ({ picture, mirror: false })),
    ...train.map((picture) => ({ picture, mirror: true })),
    ...validation.map((picture) => ({ picture, mirror: false })),
  ];
  const key = sha256Hex(Buffer.from(`${sha256Hex(network)} ${datasetFingerprint(dataset.index)}`));
  const path = setting.folder === null ? null : join(setting.folder, `features-${key.slice(0, 16)}.bin`);
  const kept = path === null ? null : await readKept(path, views.length * width);
  const all = kept ?? (await compute(network, width, dataset, views, setting));
  if (kept === null && path !== null) {
    await keep(path, all).catch((error: unknown) => setting.onUnkept?.(messageOf(error)));
  }
  const rows = (from: number, count: number): Float32Array =>
    all.subarray(from * width, (from + count) * width);
  return {
    width,
    train: rows(0, train.length),
    mirrored: rows(train.length, train.length),
    validation: rows(2 * train.length, validation.length),
  };
}

async function compute(
  network: Uint8Array,
  width: number,
  dataset: Dataset,
  views: readonly { readonly picture: number; readonly mirror: boolean }[],
  { threads, signal, onPicture }: FeatureSetting,
): Promise<Float32Array> {
  const { size } = dataset.index;
  const bytes = size * size * 3;
  const features = new Float32Array(views.length * width);
  const session = await openSession(network, threads);
  try {
    for (let start = 0; start < views.length; start += BATCH) {
      if (signal.aborted) throw new FashiondError('cancelled', 'computing features was interrupted');
      const some = views.slice(start, start + BATCH);
      const pixels = new Uint8Array(some.length * bytes);
      for (const [row, { picture, mirror }] of some.entries()) {
        const own = pixelsOf(dataset, picture);
        pixels.set(mirror ? mirrored(own, size) : own, row * bytes);
      }
      const feeds = { pixels: new Tensor('uint8', pixels, [some.length, size, size, 3]) };
      features.set(floats(await session.run(feeds, ['features']), 'features'), start * width);
      onPicture?.(start + some.length, views.length);
    }
  } finally {
    await session.release();
  }
  return features;
}

function mirrored(pixels: Uint8Array, size: number): Uint8Array {
  const turned = new Uint8Array(pixels.length);
  for (let at = 0; at < size * size; at += 1) {
    const column = at % size;
    const from = (at - column + size - 1 - column) * 3;
    turned.set(pixels.subarray(from, from + 3), at * 3);
  }
  return turned;
}

/** Null for a file that is not there, or not whole: it is made anew then. */
async function readKept(path: string, length: number): Promise<Float32Array | null> {
  const bytes = await readFile(path).catch(() => null);
  if (bytes === null || bytes.length !== HASH_BYTES + length * 4) return null;
  const body = Uint8Array.from(bytes.subarray(HASH_BYTES));
  if (sha256Hex(body) !== bytes.subarray(0, HASH_BYTES).toString('hex')) return null;
  return new Float32Array(body.buffer);
}

async function keep(path: string, features: Float32Array): Promise<void> {
  const body = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
  await writeFileAtomic(path, Buffer.concat([Buffer.from(sha256Hex(body), 'hex'), body]));
}
