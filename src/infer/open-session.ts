/** The session of the chosen runtime, on the thread that asks for it. */
import { FashiondError, unreachable } from '../domain/errors.js';
import { loadTensorFlow } from '../model/tensorflow.js';
import { decodeWeights, WEIGHTS_FILE } from '../model/weights.js';
import type { ModelSession } from './model-session.js';
import { createOrtSession } from './ort-session.js';
import type { ModelHandle } from './tasks.js';
import { createTensorFlowSession } from './tensorflow-session.js';

/** Throws FashiondError when the runtime or the network cannot be loaded. */
export async function openSession({
  network,
  weights,
  manifest,
  runtime,
}: Pick<ModelHandle, 'network' | 'weights' | 'manifest' | 'runtime'>): Promise<ModelSession> {
  // The runtimes take plain memory only; the copy lives until the session has read it.
  const plain = new Uint8Array(network);
  switch (runtime.runtime) {
    case 'onnx':
      return createOrtSession(plain, manifest, runtime.device);
    case 'tensorflow': {
      const loaded = await loadTensorFlow(runtime.package);
      if (loaded.kind === 'absent' || weights === null) {
        const why = loaded.kind === 'absent' ? loaded.reason : `the model has no ${WEIGHTS_FILE}`;
        throw new FashiondError('config', `TensorFlow cannot serve: ${why}`, {
          hint: 'set compute.runtime to onnx',
        });
      }
      const read = decodeWeights(new Uint8Array(weights), WEIGHTS_FILE);
      return createTensorFlowSession(loaded.tensorflow, read, plain, manifest);
    }
    default:
      return unreachable(runtime);
  }
}
