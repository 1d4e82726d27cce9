/**
 * Pictures in groups that show the same garment, as a data set that training threads share. A group of one picture is
 * shown with itself, altered in two ways.
 */
import { readFile } from 'node:fs/promises';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { sha256Hex } from '../../platform/fingerprint.js';
import { Random, seedOf } from '../../platform/random.js';
import type { TrainingData } from '../train/steps.js';

export interface PairPicture {
  readonly file: string;
  readonly group: string;
  /** Of like kinds a batch is made; null: of no known kind. */
  readonly category: string | null;
  /** What is known of its garment, in numbers; null in place of one that is not. Empty where nothing is. */
  readonly facts: readonly (number | null)[];
}

export interface Group {
  /** Its pictures' places in the data. */
  readonly pictures: readonly number[];
  readonly category: string;
  /** Mean colour of the pictures' middle, sRGB. */
  readonly colour: readonly [number, number, number];
}

export interface PairData extends TrainingData {
  /** Of each group. */
  readonly factCount: number;
  readonly groups: readonly Group[];
}

export interface ReadPairOptions {
  readonly size: number;
  /** Bytes of a file -> uint8 [size, size, 3]; null where they are no picture. */
  readonly decode: (bytes: Uint8Array) => Promise<Uint8Array | null>;
  /** Names what `decode` does. */
  readonly preprocessing: string;
  readonly seed: number;
  /** Of the groups of two or more pictures, kept for validation. */
  readonly validationShare: number;
  readonly signal: AbortSignal;
  readonly onPicture?: (done: number, of: number) => void;
}

const AT_ONCE = 8;

/** Throws FashiondError `not-found` that names a file which is no picture, `cancelled` when the signal aborts. */
export async function readPairs(
  pictures: readonly PairPicture[],
  options: ReadPairOptions,
): Promise<PairData> {
  const { size, seed, validationShare, signal } = options;
  const bytes = size * size * 3;
  const pixels = new SharedArrayBuffer(pictures.length * bytes);
  const view = new Uint8Array(pixels);
  const hashes: string[] = [];
  for (let from = 0; from < pictures.length; from += AT_ONCE) {
    if (signal.aborted) throw new FashiondError('cancelled', 'the training was cancelled');
    const some = pictures.slice(from, from + AT_ONCE);
    const read = await Promise.all(some.map(({ file }) => readOne(file, options)));
    for (const [at, { decoded, hash }] of read.entries()) {
      view.set(decoded, (from + at) * bytes);
      hashes.push(hash);
    }
    options.onPicture?.(Math.min(from + AT_ONCE, pictures.length), pictures.length);
  }
  const { numbers, groups } = grouped(pictures, view, size);
  const { facts, factCount } = standardFacts(
    groups.map((group) => pictures[group.pictures[0] ?? 0]?.facts ?? []),
  );
  const labels = new SharedArrayBuffer(pictures.length * 4);
  new Int32Array(labels).set(numbers);
  const isHeld = pictures.map(
    ({ group }, at) =>
      (groups[numbers[at] ?? 0]?.pictures.length ?? 0) > 1 &&
      new Random(seedOf(seed, 'validation', group)).chance(validationShare),
  );
  const places = [...pictures.keys()];
  return {
    pixels,
    size,
    labels,
    train: places.filter((at) => isHeld[at] !== true),
    validation: places.filter((at) => isHeld[at] === true),
    sources: pictures.map(() => 'pairs'),
    fingerprint: sha256Hex(
      Buffer.from(JSON.stringify([options.preprocessing, seed, validationShare, size, hashes, [...numbers]])),
    ),
    groups,
    factCount,
    ...(factCount === 0 ? {} : { facts }),
  };
}

async function readOne(
  file: string,
  { decode }: ReadPairOptions,
): Promise<{ readonly decoded: Uint8Array; readonly hash: string }> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new FashiondError('not-found', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  const decoded = await decode(bytes);
  if (decoded === null) throw new FashiondError('not-found', `${file} cannot be used as a picture`);
  return { decoded, hash: sha256Hex(bytes).slice(0, 16) };
}

function grouped(
  pictures: readonly PairPicture[],
  pixels: Uint8Array,
  size: number,
): { readonly numbers: Int32Array; readonly groups: readonly Group[] } {
  const numbers = new Int32Array(pictures.length);
  const known = new Map<string, number>();
  const members: { readonly places: number[]; readonly category: string }[] = [];
  for (const [at, { group, category }] of pictures.entries()) {
    const number = known.get(group) ?? members.length;
    if (number === members.length) {
      known.set(group, number);
      members.push({ places: [], category: category ?? '' });
    }
    members[number]?.places.push(at);
    numbers[at] = number;
  }
  const groups = members.map(({ places, category }) => ({
    pictures: places,
    category,
    colour: middleColour(places, pixels, size),
  }));
  return { numbers, groups };
}

/** Divided by no less: what is nearly always the same must not count more than all else when it is not. */
const LEAST_DEVIATION = 0.2;

/** Each less its mean and divided by its standard deviation, over the groups where it is known; NaN where it is not. */
function standardFacts(given: readonly (readonly (number | null)[])[]): {
  readonly facts: SharedArrayBuffer;
  readonly factCount: number;
} {
  const factCount = given.reduce((most, { length }) => Math.max(most, length), 0);
  const facts = new SharedArrayBuffer(given.length * factCount * 4);
  const view = new Float32Array(facts).fill(Number.NaN);
  for (let at = 0; at < factCount; at += 1) {
    const known = given.flatMap((of) => of[at] ?? []);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
    const deviation = Math.max(LEAST_DEVIATION, Math.sqrt(variance));
    for (const [group, of] of given.entries()) {
      const value = of[at] ?? null;
      if (value !== null) view[group * factCount + at] = (value - mean) / deviation;
    }
  }
  return { facts, factCount };
}

/** Of the middle half in both directions, where the garment mostly is. */
function middleColour(
  places: readonly number[],
  pixels: Uint8Array,
  size: number,
): readonly [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0];
  const [from, to] = [Math.floor(size / 4), Math.ceil((size * 3) / 4)];
  for (const place of places) {
    const start = place * size * size * 3;
    for (let row = from; row < to; row += 1) {
      for (let column = from; column < to; column += 1) {
        const at = start + (row * size + column) * 3;
        for (const channel of [0, 1, 2] as const) sums[channel] += pixels[at + channel] ?? 0;
      }
    }
  }
  const count = places.length * (to - from) ** 2;
  return [sums[0] / count, sums[1] / count, sums[2] / count];
}
