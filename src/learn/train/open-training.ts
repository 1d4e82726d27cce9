/** The training session of the chosen runtime, on the thread that asks for it. */
import { FashiondError, unreachable } from '../../domain/errors.js';
import type { NetworkSpec } from '../../model/network.js';
import type { RuntimeChoice } from '../../model/runtime.js';
import { loadTensorFlow } from '../../model/tensorflow.js';
import { openOnnxTraining } from './onnx-training.js';
import { openTensorFlowTraining } from './tensorflow-training.js';
import type { Distillation } from '../graph/distillation-loss.js';
import type { TrainingSession } from './training-session.js';

/** Throws FashiondError when the runtime cannot be loaded or refuses the network. */
export async function openTraining(
  runtime: RuntimeChoice,
  spec: NetworkSpec,
  batch: number,
  distillation: Distillation | null,
): Promise<TrainingSession> {
  switch (runtime.runtime) {
    case 'onnx':
      return openOnnxTraining(spec, batch, runtime.device, distillation);
    case 'tensorflow': {
      const loaded = await loadTensorFlow(runtime.package);
      if (loaded.kind === 'loaded') {
        return openTensorFlowTraining(loaded.tensorflow, spec, batch, distillation);
      }
      throw new FashiondError('config', `TensorFlow cannot train: ${loaded.reason}`, {
        hint: 'train with --runtime onnx',
      });
    }
    default:
      return unreachable(runtime);
  }
}
