/** ONNX Runtime sessions for training and evaluation. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FashiondError, messageOf } from '../domain/errors.js';
import { providersFor } from '../model/onnx-device.js';
import type { OnnxDevice } from '../model/onnx-device.js';
import { Graph } from './graph/graph.js';

export { Tensor };
export type Session = InferenceSession;

/** Fatal errors only: everything else arrives as an exception. */
const SILENT = 4;

/**
 * `threads` work on one run. Throws FashiondError when the runtime does not take the graph.
 *
 * A graph for training is run `as-written`: where weights are fed, ONNX Runtime finds little to fold or fuse, and
 * moves transpositions and pooling to places where they take longer.
 */
export async function openSession(
  graph: Uint8Array,
  threads: number,
  {
    optimization = 'all',
    device = 'cpu',
  }: { readonly optimization?: 'all' | 'as-written'; readonly device?: OnnxDevice } = {},
): Promise<Session> {
  try {
    return await createSession(graph, {
      executionProviders: providersFor(device),
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: optimization === 'all' ? 'all' : 'disabled',
    });
  } catch (error) {
    throw new FashiondError('internal', `ONNX Runtime refuses the graph: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** Of a network that came from elsewhere, on one thread. Throws what ONNX Runtime throws: its reasons are the caller's. */
export async function openForeignSession(network: Uint8Array): Promise<Session> {
  return createSession(network, { intraOpNumThreads: 1 });
}

async function createSession(
  network: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<Session> {
  return InferenceSession.create(network, { ...options, logSeverityLevel: SILENT });
}

/**
 * How many channels ONNX Runtime's blocked memory layout keeps together on this processor; 1 where it has none. It is
 * found by looking: channels 0, 1, 2 ... of two places are put into that layout, and those of the first come first.
 */
export async function channelBlock(): Promise<number> {
  const graph = new Graph();
  const channels = 64;
  const x = graph.input('x', [1, channels, 2, 1]);
  const y = graph.emit('ReorderInput', [x], x.shape, { domain: 'com.microsoft.nchwc' });
  let session: Session | null = null;
  try {
    session = await openSession(graph.encode('channel block', { y }), 1, { optimization: 'as-written' });
    const values = Float32Array.from(
      { length: channels * 2 },
      (_, index) => (index >> 1) + (index % 2) * 1000,
    );
    const outputs = await session.run({ x: new Tensor('float32', values, [1, channels, 2, 1]) });
    const block = floats(outputs, 'y').findIndex((value, index) => value !== index);
    return channels % block === 0 ? block : 1;
  } catch {
    // A build of ONNX Runtime without this layout refuses the graph; everything works without it, more slowly.
    return 1;
  } finally {
    await session?.release();
  }
}

/** The float32 values of an output. */
export function floats(outputs: InferenceSession.ReturnType, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array) return data;
  throw new FashiondError('internal', `output ${name} is missing or no float32 tensor`);
}
