/**
 * A data set on disk: `index.json` says what each picture is, `pixels.bin` holds them decoded, letterboxed and
 * one after the other (uint8, size x size x 3 each), in the order of the index.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CategoryId } from '../../domain/ids.js';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { writeFilesAtomic } from '../../platform/atomic-file.js';
import { sha256Hex } from '../../platform/fingerprint.js';

export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

export interface DatasetEntry {
  /** Source and path below its root, with forward slashes. */
  readonly path: string;
  readonly source: string;
  readonly label: CategoryId;
  readonly split: Split;
  /** Of the picture's file. */
  readonly sha256: string;
  /** Product, contributor or whatever else must not be in two splits; absent where it was not told. */
  readonly group?: string;
  /** What else was told of it, as by the renderer; absent where nothing was. */
  readonly attributes?: Attributes;
  /** Perceptual hash of the picture, 16 hex digits; absent from data sets made before it was kept. */
  readonly phash?: string;
  /** Where the picture lies between the letterbox bars; absent likewise. */
  readonly box?: PixelBox;
}

/** Name -> value, such as presentation -> worn. Figures are broken down by them; training does not see them. */
export type Attributes = Readonly<Record<string, string>>;

/** In pixels of the square. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface DatasetSource {
  readonly name: string;
  /** As the importer was told; null when it was not. */
  readonly licence: string | null;
}

export interface DatasetIndex {
  readonly format: 1;
  readonly size: number;
  /** Value of the letterbox bars. */
  readonly fill: number;
  readonly sources: readonly DatasetSource[];
  /** The classes, in the order of the network's outputs. */
  readonly labels: readonly CategoryId[];
  readonly entries: readonly DatasetEntry[];
  /** Names the way from bytes to pixels: pixels made in another way are not used again. Absent likewise. */
  readonly preprocessing?: string;
  /** SHA-256 of pixels.bin, hex. */
  readonly pixelsSha256: string;
}

export interface Dataset {
  readonly index: DatasetIndex;
  readonly pixels: Uint8Array;
}

const INDEX = 'index.json';
const PIXELS = 'pixels.bin';
const AGAIN = 'import the pictures again';

export async function writeDataset(folder: string, dataset: Dataset): Promise<void> {
  // The index comes last: a folder with an index is whole.
  await writeFilesAtomic([
    { path: join(folder, PIXELS), data: dataset.pixels },
    { path: join(folder, INDEX), data: `${JSON.stringify(dataset.index)}\n` },
  ]);
}

/** Throws FashiondError `not-found` without an index, `corrupt` when the files do not belong together. */
export async function readDataset(folder: string): Promise<Dataset> {
  const index = await readIndex(join(folder, INDEX));
  const pixels = await readFile(join(folder, PIXELS)).catch((error: unknown) => {
    throw new FashiondError('corrupt', `${join(folder, PIXELS)} cannot be read: ${messageOf(error)}`, {
      hint: AGAIN,
      cause: error,
    });
  });
  if (
    pixels.length !== index.entries.length * index.size ** 2 * 3 ||
    sha256Hex(pixels) !== index.pixelsSha256
  ) {
    throw new FashiondError('corrupt', `${join(folder, PIXELS)} does not belong to its index`, {
      hint: AGAIN,
    });
  }
  return { index, pixels };
}

/** Names the data for checkpoints: its pixels, labels and splits. */
export function datasetFingerprint(index: DatasetIndex): string {
  const rows = index.entries.map(({ label, split, sha256 }) => [label, split, sha256]);
  return sha256Hex(Buffer.from(JSON.stringify([index.pixelsSha256, index.labels, rows])));
}

/**
 * Of a picture at its position: where its class stands among the labels. Throws FashiondError `internal` for one whose
 * class is none of them.
 */
export function classesOf({ labels, entries }: DatasetIndex): (picture: number) => number {
  const positions = new Map<string, number>(labels.map((label, position) => [label, position]));
  return (picture) => {
    const label = entries[picture]?.label;
    const position = label === undefined ? undefined : positions.get(label);
    if (position !== undefined) return position;
    throw new FashiondError(
      'internal',
      `picture ${picture} of the data is of no class that counts: ${label}`,
    );
  };
}

/** A view of one picture's size x size x 3 bytes. */
export function pixelsOf({ index, pixels }: Dataset, picture: number): Uint8Array {
  const length = index.size ** 2 * 3;
  return pixels.subarray(picture * length, (picture + 1) * length);
}

/** Positions of a split's pictures. */
export function picturesOf(index: DatasetIndex, split: Split): number[] {
  return index.entries.flatMap((entry, position) => (entry.split === split ? [position] : []));
}

async function readIndex(path: string): Promise<DatasetIndex> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new FashiondError('not-found', `no data set at ${path}: ${messageOf(error)}`, {
      hint: 'make one with: fashiond dataset import DIR --out DIR',
      cause: error,
    });
  }
  let index: Partial<DatasetIndex> | null;
  try {
    index = JSON.parse(text) as Partial<DatasetIndex> | null;
  } catch (error) {
    throw new FashiondError('corrupt', `${path} is not JSON: ${messageOf(error)}`, {
      hint: AGAIN,
      cause: error,
    });
  }
  if (index?.format === 1 && Array.isArray(index.entries) && Array.isArray(index.labels)) {
    return index as DatasetIndex;
  }
  throw new FashiondError('incompatible', `${path} is no data set of format 1`, { hint: AGAIN });
}
