/** tfjs on its pure JavaScript backend, where the code under test expects a TensorFlow package. */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import type { TensorFlow } from '../../src/model/tensorflow.js';

// The same functions under narrower types: tfjs's own also take arrays of numbers.
export const tensorflow = tf as unknown as TensorFlow;

/** Tensors that were not freed. */
export function tensorsInUse(): number {
  return tf.memory().numTensors;
}
