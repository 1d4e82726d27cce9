/**
 * The inside of an inference thread: decodes pictures and runs the network.
 *
 * The network is loaded once, by `load` or by the first `forward` of a thread that replaces a dead one. It is
 * not loaded while the module is imported: a thread that fails in a task reports why, one that fails on its
 * way up only dies.
 */
import { readFile } from 'node:fs/promises';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { PictureSquare, PreparedPicture } from '../domain/picture.js';
import type { PreparePicture, PreparePixels } from '../domain/ports.js';
import { garmentVector } from '../model/metric.js';
import { nearness, negativeEnergy } from '../model/typicality.js';
import { openLookalikeSession } from './lookalike-session.js';
import type { LookalikeSession } from './lookalike-session.js';
import type { ModelSession, NetworkOutputs } from './model-session.js';
import { openSession } from './open-session.js';
import type {
  ForwardResult,
  ForwardTask,
  LoadOutcome,
  PixelsResult,
  PrepareResult,
  PrepareTask,
  ThreadData,
} from './tasks.js';
import { packBits, unitRows } from './vectors.js';

/** The functions an inference worker module exports; `unknown` results are values wrapped to be moved. */
export interface InferenceThread {
  load(): Promise<LoadOutcome>;
  prepare(task: PrepareTask): Promise<unknown>;
  preparePixels(task: PrepareTask): Promise<unknown>;
  forward(task: ForwardTask): Promise<unknown>;
}

export interface ThreadParts {
  readonly data: ThreadData;
  readonly preparePicture: PreparePicture;
  readonly preparePixels: PreparePixels;
}

export function createInferenceThread({ data, preparePicture, preparePixels }: ThreadParts): InferenceThread {
  const { manifest } = data;
  const { input } = manifest;
  const { lookalike, maxPixels } = data;
  const second =
    lookalike === null || isSame(lookalike.manifest.input, input) ? null : lookalike.manifest.input;
  const options = { size: input.size, fill: input.fill, maxPixels, second };
  let loading: Promise<ModelSession> | null = null;
  const session = () => {
    loading ??= openSession(data);
    return loading;
  };
  let embedding: Promise<LookalikeSession> | null = null;
  const garmentOf = async ({
    pixels,
    second,
    look,
  }: PreparedPicture): Promise<Float32Array<ArrayBuffer> | null> => {
    if (lookalike === null) return null;
    const { network, manifest: own, metric } = lookalike;
    embedding ??= openLookalikeSession(network, own.input.size, own.embeddingLength);
    const embedded = await (await embedding).embed(second ?? pixels);
    return metric === null ? new Float32Array(embedded) : garmentVector(metric, look, embedded);
  };
  return {
    async load() {
      try {
        // One run, so that the first real batch meets a network that has allocated its memory.
        await (await session()).run(new Uint8Array(input.size * input.size * 3), 1);
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
    },
    async prepare(task) {
      const outcome = await preparePicture(await bytesOf(task), options);
      if (outcome.kind === 'refused') return outcome;
      return movedPicture(outcome.picture, input.size, await garmentOf(outcome.picture));
    },
    async preparePixels(task) {
      const outcome = await preparePixels(await bytesOf(task), options);
      if (outcome.kind === 'refused') return outcome;
      const pixels = ownedPixels(outcome.pixels, input.size);
      return moved({ kind: 'pixels', pixels } satisfies PixelsResult, [pixels]);
    },
    async forward({ pixels, count }) {
      return movedResult(data, await (await session()).run(pixels, count), count);
    },
  };
}

function movedResult(data: ThreadData, outputs: NetworkOutputs, count: number): unknown {
  const { latentBits, featureLength } = data.manifest;
  const features = unitRows(outputs.features, count, featureLength);
  const result: ForwardResult = {
    probabilities: new Float32Array(outputs.probabilities),
    latent: packBits(outputs.latent, count, latentBits),
    features,
    typicality: typicalityOf(data, features, outputs.logits, count),
  };
  const { probabilities, latent, typicality } = result;
  return moved(result, [probabilities, latent, features, ...(typicality === null ? [] : [typicality])]);
}

/** `features`: of unit length. */
function typicalityOf(
  { manifest, classMeans }: ThreadData,
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

async function bytesOf(task: PrepareTask): Promise<Uint8Array> {
  return 'path' in task ? readFile(task.path) : task.bytes;
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
