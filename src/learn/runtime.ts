/** ONNX Runtime sessions for training and evaluation, on the CPU. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FashiondError, messageOf } from '../domain/errors.js';

export { Tensor };
export type Session = InferenceSession;

/** Fatal errors only: everything else arrives as an exception. */
const SILENT = 4;

/**
 * `threads` work on one run. Throws FashiondError when the runtime does not take the graph.
 *
 * Level `all` rewrites convolutions into a blocked memory layout. It needs weights that are part of the graph; where
 * they are fed, as in training, it only moves the pooling, for more than it saves: `extended` is right there.
 */
export async function openSession(
  graph: Uint8Array,
  threads: number,
  level: 'all' | 'extended' = 'all',
): Promise<Session> {
  try {
    return await InferenceSession.create(graph, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: level,
      logSeverityLevel: SILENT,
    });
  } catch (error) {
    throw new FashiondError('internal', `ONNX Runtime refuses the graph: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The float32 values of an output. */
export function floats(outputs: InferenceSession.ReturnType, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new FashiondError('internal', `output ${name} is missing or no float32 tensor`);
}
