/**
 * Picture files -> pixels. Bytes that were decoded before, in this run or for an earlier data set, are not decoded
 * again: they are known by their SHA-256.
 */
import { readFile } from 'node:fs/promises';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { pixelsOf } from './dataset.js';
import type { Dataset, PixelBox } from './dataset.js';

interface Decoded {
  readonly kind: 'pixels';
  /** size x size x 3, letterboxed. */
  readonly pixels: Uint8Array;
  readonly box: PixelBox;
  readonly phash: string;
}

type DecodeOutcome = Decoded | { readonly kind: 'refused'; readonly reason: string; readonly detail: string };

export interface ReadPicture<T> {
  readonly picture: T;
  readonly sha256: string;
  readonly decoded: DecodeOutcome;
}

export interface ReadOptions {
  readonly decode: (bytes: Uint8Array) => Promise<DecodeOutcome>;
  /** Names what `decode` does; pixels of another name are not used again. */
  readonly preprocessing: string;
  readonly size: number;
  readonly fill: number;
  /** Whose pixels are used again where the bytes are the same. */
  readonly reuse: Dataset | null;
  readonly signal: AbortSignal;
  readonly onPicture?: (done: number, of: number) => void;
}

/** Pictures read and decoded at once. */
const AT_ONCE = 4;

/** In the order of the pictures, with the number of those that had to be decoded. Throws FashiondError `cancelled`. */
export async function readPictures<T extends { readonly file: string }>(
  pictures: readonly T[],
  options: ReadOptions,
): Promise<{ readonly read: readonly ReadPicture<T>[]; readonly decoded: number }> {
  const known = new Map<string, Promise<DecodeOutcome>>();
  for (const [sha256, one] of reusable(options)) known.set(sha256, Promise.resolve(one));
  let decoded = 0;
  const readOne = async (picture: T): Promise<ReadPicture<T>> => {
    let bytes: Uint8Array;
    try {
      bytes = await readFile(picture.file);
    } catch (error) {
      const refused = { kind: 'refused', reason: 'unreadable', detail: messageOf(error) } as const;
      return { picture, sha256: '', decoded: refused };
    }
    const sha256 = sha256Hex(bytes);
    let outcome = known.get(sha256);
    if (outcome === undefined) {
      decoded += 1;
      outcome = options.decode(bytes);
      known.set(sha256, outcome);
    }
    return { picture, sha256, decoded: await outcome };
  };
  const read: ReadPicture<T>[] = [];
  for (let start = 0; start < pictures.length; start += AT_ONCE) {
    if (options.signal.aborted) throw new FashiondError('cancelled', 'the import was cancelled');
    read.push(...(await Promise.all(pictures.slice(start, start + AT_ONCE).map(readOne))));
    options.onPicture?.(read.length, pictures.length);
  }
  return { read, decoded };
}

/** What the earlier data set holds of pixels made in the same way, by SHA-256. */
function reusable({ reuse, preprocessing, size, fill }: ReadOptions): Map<string, Decoded> {
  const pixels = new Map<string, Decoded>();
  if (reuse === null) return pixels;
  const { index } = reuse;
  if (index.preprocessing !== preprocessing || index.size !== size || index.fill !== fill) return pixels;
  for (const [at, { sha256, phash, box }] of index.entries.entries()) {
    if (phash === undefined || box === undefined) continue;
    pixels.set(sha256, { kind: 'pixels', pixels: pixelsOf(reuse, at), box, phash });
  }
  return pixels;
}
