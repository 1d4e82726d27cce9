/** The lookalike network on one thread of the CPU, a picture at a time: it runs where pictures are decoded. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FashiondError, messageOf } from '../domain/errors.js';

/** Fatal errors only: everything else reaches the caller as an exception. */
const SILENT = 4;

export interface LookalikeSession {
  /** `pixels`: uint8 [size, size, 3] -> the embedding. */
  embed(pixels: Uint8Array): Promise<Float32Array>;
}

/** Throws FashiondError `corrupt` when the bytes are no usable network. */
export async function openLookalikeSession(
  network: Uint8Array,
  size: number,
  length: number,
): Promise<LookalikeSession> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(new Uint8Array(network), {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: SILENT,
    });
  } catch (error) {
    throw new FashiondError('corrupt', `ONNX Runtime cannot load the lookalike model: ${messageOf(error)}`, {
      hint: 'copy its folder again, or make it with `fashiond train lookalike`',
      cause: error,
    });
  }
  return {
    async embed(pixels) {
      const feeds = { pixels: new Tensor('uint8', pixels, [1, size, size, 3]) };
      const { embedding } = await session.run(feeds, ['embedding']);
      if (embedding?.data instanceof Float32Array && embedding.data.length === length) return embedding.data;
      throw new FashiondError('incompatible', `the lookalike model gave no embedding of ${length} numbers`);
    },
  };
}
