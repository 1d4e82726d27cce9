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
import type { PrepareOutcome, PreparePicture } from '../domain/ports.js';
import type { ModelSession } from './model-session.js';
import { openSession } from './open-session.js';
import type { ForwardResult, ForwardTask, LoadOutcome, PrepareTask, ThreadData } from './tasks.js';
import { packBits, unitRows } from './vectors.js';

/** The functions an inference worker module exports; `unknown` results are values wrapped to be moved. */
export interface InferenceThread {
  load(): Promise<LoadOutcome>;
  prepare(task: PrepareTask): Promise<unknown>;
  forward(task: ForwardTask): Promise<unknown>;
}

export interface ThreadParts {
  readonly data: ThreadData;
  readonly preparePicture: PreparePicture;
}

export function createInferenceThread({ data, preparePicture }: ThreadParts): InferenceThread {
  const { manifest } = data;
  const { input } = manifest;
  let loading: Promise<ModelSession> | null = null;
  const session = () => {
    loading ??= openSession(data);
    return loading;
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
      const bytes = 'path' in task ? await readFile(task.path) : task.bytes;
      const options = { size: input.size, fill: input.fill, maxPixels: data.maxPixels };
      return movedPicture(await preparePicture(bytes, options), input.size);
    },
    async forward({ pixels, count }) {
      const { probabilities, latent, features } = await (await session()).run(pixels, count);
      const result: ForwardResult = {
        probabilities: new Float32Array(probabilities),
        latent: packBits(latent, count, manifest.latentBits),
        features: unitRows(features, count, manifest.featureLength),
      };
      return moved(result, [result.probabilities, result.latent, result.features]);
    },
  };
}

function movedPicture(outcome: PrepareOutcome, size: number): unknown {
  if (outcome.kind === 'refused') return outcome;
  const { facts, pixels, look } = outcome.picture;
  if (pixels.length !== size * size * 3) {
    throw new FashiondError(
      'internal',
      `a picture was prepared to ${pixels.length} bytes, not ${size}x${size}x3`,
    );
  }
  // Arrays may lie in memory shared with others (Node's Buffer pool), which cannot be moved.
  const owned = { facts, pixels: new Uint8Array(pixels), look: new Float32Array(look) };
  return moved({ kind: 'prepared', picture: owned }, [owned.pixels, owned.look]);
}

function moved(value: object, arrays: readonly ArrayBufferView[]): unknown {
  return move({ [transferableSymbol]: arrays.map((array) => array.buffer), [valueSymbol]: value });
}
