/**
 * The inside of an inference thread: decodes pictures and runs the networks of all models that are open.
 *
 * A network is loaded once, by `load` or by the first `forward` of a thread that replaces a dead one. None is
 * loaded while the module is imported: a thread that fails in a task reports why, one that fails on its way up
 * only dies.
 */
import { readFile } from 'node:fs/promises';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { PictureSquare, PreparedPicture } from '../domain/picture.js';
import type { PictureSource, PreparePicture, PreparePixels } from '../domain/ports.js';
import { garmentVector } from '../model/metric.js';
import { nearness, negativeEnergy } from '../model/typicality.js';
import { openLookalikeSession } from './lookalike-session.js';
import type { LookalikeSession } from './lookalike-session.js';
import type { LoadedLookalike } from './lookalike-folder.js';
import type { NetworkOutputs } from './model-session.js';
import type {
  ForwardResult,
  ForwardTask,
  LoadOutcome,
  ModelHandle,
  PixelsResult,
  PrepareResult,
  PrepareTask,
  ThreadData,
} from './tasks.js';
import { ThreadSessions } from './thread-sessions.js';
import { packBits, unitRows } from './vectors.js';

/** The functions an inference worker module exports; `unknown` results are values wrapped to be moved. */
export interface InferenceThread {
  readonly load: (model: ModelHandle) => Promise<LoadOutcome>;
  readonly prepare: (task: PrepareTask) => Promise<unknown>;
  readonly preparePixels: (task: PrepareTask) => Promise<unknown>;
  readonly forward: (task: ForwardTask) => Promise<unknown>;
  /** Does nothing but what each task does at its end: letting go of models that were closed. */
  readonly release: () => Promise<void>;
}

export interface ThreadParts {
  readonly data: ThreadData;
  readonly preparePicture: PreparePicture;
  readonly preparePixels: PreparePixels;
}

export function createInferenceThread({ data, preparePicture, preparePixels }: ThreadParts): InferenceThread {
  const { lookalike, maxPixels } = data;
  const sessions = new ThreadSessions();
  const swept =
    <Task, Result>(work: (task: Task) => Promise<Result>) =>
    async (task: Task): Promise<Result> => {
      try {
        return await work(task);
      } finally {
        await sessions.sweep();
      }
    };
  const optionsFor = (input: PictureSquare) => {
    const own = lookalike?.manifest.input ?? null;
    const second = own === null || isSame(own, input) ? null : own;
    return { size: input.size, fill: input.fill, maxPixels, second };
  };
  const garmentOf = createGarmentVectors(lookalike);
  return {
    load: swept((model) => load(sessions, model)),
    prepare: swept(async ({ source, input }) => {
      const outcome = await preparePicture(await bytesOf(source), optionsFor(input));
      if (outcome.kind === 'refused') return outcome;
      return movedPicture(outcome.picture, input.size, await garmentOf(outcome.picture));
    }),
    preparePixels: swept(async ({ source, input }) => {
      const outcome = await preparePixels(await bytesOf(source), optionsFor(input));
      if (outcome.kind === 'refused') return outcome;
      const pixels = ownedPixels(outcome.pixels, input.size);
      return moved({ kind: 'pixels', pixels } satisfies PixelsResult, [pixels]);
    }),
    forward: swept(async ({ model, pixels, count }) =>
      movedResult(model, await (await sessions.of(model)).run(pixels, count), count),
    ),
    release: () => sessions.sweep(),
  };
}

/** With one run, so that the first real batch meets a network that has allocated its memory. */
async function load(sessions: ThreadSessions, model: ModelHandle): Promise<LoadOutcome> {
  const { size } = model.manifest.input;
  try {
    await (await sessions.of(model)).run(new Uint8Array(size * size * 3), 1);
    return { kind: 'loaded' };
  } catch (error) {
    const known = error instanceof FashiondError ? error : null;
    return {
      kind: 'failed',
      code: known?.code ?? 'internal',
      message: messageOf(error),
      hint: known?.hint ?? null,
    };
  }
}

/** What garments are compared by, of unit length; null without a lookalike model, which is opened with the first picture. */
function createGarmentVectors(
  lookalike: LoadedLookalike | null,
): (picture: PreparedPicture) => Promise<Float32Array<ArrayBuffer> | null> {
  let opening: Promise<LookalikeSession> | null = null;
  return async ({ pixels, second, look }) => {
    if (lookalike === null) return null;
    const { network, manifest, metric } = lookalike;
    opening ??= openLookalikeSession(network, manifest.input.size, manifest.embeddingLength);
    const embedded = await (await opening).embed(second ?? pixels);
    return metric === null ? new Float32Array(embedded) : garmentVector(metric, look, embedded);
  };
}

function movedResult(model: ModelHandle, outputs: NetworkOutputs, count: number): unknown {
  const { latentBits, featureLength } = model.manifest;
  const features = unitRows(outputs.features, count, featureLength);
  const result: ForwardResult = {
    probabilities: new Float32Array(outputs.probabilities),
    latent: packBits(outputs.latent, count, latentBits),
    features,
    typicality: typicalityOf(model, features, outputs.logits, count),
  };
  const { probabilities, latent, typicality } = result;
  return moved(result, [probabilities, latent, features, ...(typicality === null ? [] : [typicality])]);
}

/** `features`: of unit length. */
function typicalityOf(
  { manifest, classMeans }: ModelHandle,
  features: Float32Array,
  logits: Float32Array | null,
  count: number,
): Float64Array | null {
  const { typicality, featureLength, labels } = manifest;
  const byRow = (values: Float32Array, width: number, score: (row: Float32Array) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => score(values.subarray(row * width, (row + 1) * width)));
  if (typicality === null) return null;
  if (typicality.score === 'class-means' && classMeans !== null) {
    return byRow(features, featureLength, (row) => nearness(classMeans, row));
  }
  if (typicality.score === 'energy' && logits !== null) return byRow(logits, labels.length, negativeEnergy);
  throw new FashiondError('internal', `the thread lacks what the typicality ${typicality.score} is made of`);
}

async function bytesOf(source: PictureSource): Promise<Uint8Array> {
  return 'path' in source ? readFile(source.path) : source.bytes;
}

function isSame(one: PictureSquare, other: PictureSquare): boolean {
  return one.size === other.size && one.fill === other.fill;
}

function movedPicture(
  { facts, pixels, look }: PreparedPicture,
  size: number,
  garment: Float32Array<ArrayBuffer> | null,
): unknown {
  const owned = { facts, pixels: ownedPixels(pixels, size), look: new Float32Array(look), garment };
  const arrays = [owned.pixels, owned.look, ...(garment === null ? [] : [garment])];
  return moved({ kind: 'prepared', picture: owned } satisfies PrepareResult, arrays);
}

/** A copy: arrays may lie in memory shared with others (Node's Buffer pool), which cannot be moved. */
function ownedPixels(pixels: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  if (pixels.length === size * size * 3) return new Uint8Array(pixels);
  throw new FashiondError(
    'internal',
    `a picture was prepared to ${pixels.length} bytes, not ${size}x${size}x3`,
  );
}

function moved(value: object, arrays: readonly ArrayBufferView[]): unknown {
  return move({ [transferableSymbol]: arrays.map((array) => array.buffer), [valueSymbol]: value });
}
