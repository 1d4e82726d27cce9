/** A truth file read, and its pictures described by the model: what `search evaluate` and `search tune` start from. */
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { openClassifier } from '../classifiers.js';
import type { Config } from '../config/schema.js';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { LookLayout } from '../domain/picture.js';
import type { PictureClassifier } from '../domain/ports.js';
import { createLog } from '../platform/log.js';
import { PartRows } from '../search/evaluation/part-rows.js';
import type { DescribedPicture, PartRow } from '../search/evaluation/part-rows.js';
import { parseTruth, queriesOf } from '../search/evaluation/truth.js';
import type { TruthPicture } from '../search/evaluation/truth.js';
import type { CliContext } from './context.js';
import { encodeFiles } from './dcgan-codes.js';
import { progressOf } from './picture-progress.js';

/** A query's place in the truth, and what it is like in the gallery. */
export interface TruthQuery {
  readonly at: number;
  readonly picture: TruthPicture;
  /** Its own place in the gallery, or -1. */
  readonly self: number;
}

export interface DescribedTruth {
  readonly pictures: readonly TruthPicture[];
  /** Paths that can be opened, in the order of `pictures`. */
  readonly files: readonly string[];
  readonly gallery: readonly TruthPicture[];
  /** For each of the gallery, its place in `pictures`. */
  readonly galleryAt: readonly number[];
  readonly queries: readonly TruthQuery[];
  readonly model: string;
  readonly layout: LookLayout;
  /** In the order of `pictures`. */
  readonly vectors: readonly DescribedPicture[];
  /** Milliseconds of the machine for each picture: reading, decoding, network and look. */
  readonly describeMs: number;
  rowOf(query: TruthQuery): PartRow;
}

/** So many pictures are handed out at once; the classifier batches them. */
const AT_ONCE = 64;

/**
 * @param dcgan folder of an encoder by which the pictures are described as well; null for none.
 * @throws FashiondError for a truth or a picture that cannot be used, naming it.
 */
export async function describeTruth(
  file: string,
  config: Config,
  context: CliContext,
  dcgan: string | null = null,
): Promise<DescribedTruth> {
  const truth = parseTruth(await readText(file), file);
  const files = truth.map(({ path }) => (isAbsolute(path) ? path : join(dirname(file), path)));
  const classifier = await openClassifier(config, createLog({ level: 'silent', format: 'json' }));
  const started = performance.now();
  let described: readonly Described[];
  const codes = dcgan === null ? null : await encodeFiles(dcgan, files, context);
  try {
    described = await describeAll(classifier, files, context);
  } finally {
    await classifier.close();
  }
  const describeMs = (performance.now() - started) / truth.length;
  const pictures = truth.map((picture, at) => ({
    ...picture,
    category: picture.category ?? described[at]?.category ?? null,
  }));
  const galleryAt = pictures.flatMap(({ role }, at) => (role === 'query' ? [] : [at]));
  const places = new Map(galleryAt.map((at, place) => [at, place]));
  const vectorsAt = (at: number): DescribedPicture => {
    const found = described[at];
    if (found === undefined) throw new FashiondError('internal', `picture ${at} was not described`);
    const code = codes?.[at];
    return code === undefined ? found.vectors : { ...found.vectors, dcgan: code };
  };
  const rows = new PartRows(classifier.lookLayout, galleryAt.map(vectorsAt));
  return {
    pictures,
    files,
    galleryAt,
    gallery: galleryAt.flatMap((at) => pictures[at] ?? []),
    queries: queriesOf(pictures).flatMap((at) => {
      const picture = pictures[at];
      return picture === undefined ? [] : [{ at, picture, self: places.get(at) ?? -1 }];
    }),
    model: classifier.manifest.fingerprint,
    layout: classifier.lookLayout,
    vectors: described.map(({ vectors }) => vectors),
    describeMs,
    rowOf: ({ at }) => rows.of(vectorsAt(at)),
  };
}

/** @throws FashiondError `not-found`. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new FashiondError('not-found', `cannot read the truth ${file}: ${messageOf(error)}`, {
      hint: 'Name a JSON Lines file with a picture a line: {"path", "group"}.',
      cause: error,
    });
  }
}

/** So many of the values, or all, evenly from first to last. */
export function evenly<T>(values: readonly T[], count: number): T[] {
  const step = Math.max(1, values.length / count);
  return Array.from(
    { length: Math.min(count, values.length) },
    (_, at) => values[Math.floor(at * step)],
  ).flatMap((value) => value ?? []);
}

interface Described {
  readonly vectors: DescribedPicture;
  /** The likeliest, accepted or not. */
  readonly category: string;
}

async function describeAll(
  classifier: PictureClassifier,
  files: readonly string[],
  context: CliContext,
): Promise<Described[]> {
  const progress = progressOf(context);
  const described: Described[] = [];
  for (let from = 0; from < files.length; from += AT_ONCE) {
    context.signal.throwIfAborted();
    const some = files.slice(from, from + AT_ONCE);
    described.push(...(await Promise.all(some.map((path) => describe(classifier, path)))));
    progress.show(described.length, files.length);
  }
  progress.clear();
  return described;
}

async function describe(classifier: PictureClassifier, path: string): Promise<Described> {
  const outcome = await classifier.classify({ path });
  if (outcome.kind === 'classified') {
    return { vectors: outcome.vectors, category: outcome.prediction.best };
  }
  const why = outcome.kind === 'refused' ? `${outcome.reason}: ${outcome.detail}` : outcome.detail;
  throw new FashiondError('not-found', `${path} cannot be used as a picture (${why})`, {
    hint: 'Take it out of the truth, or put the file where the truth says; paths are relative to the truth.',
  });
}
