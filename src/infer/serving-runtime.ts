/** Which runtime serves a model. */
import { chooseRuntime } from '../model/runtime.js';
import type { RuntimeChoice, RuntimeWish } from '../model/runtime.js';
import { WEIGHTS_FILE } from '../model/weights.js';
import type { LoadedModel } from './model-folder.js';

/**
 * What a model would be served with under this config. Throws FashiondError `config` when what it asks for cannot
 * be had.
 */
export function chooseServingRuntime(
  wish: RuntimeWish,
  { manifest, weights }: Pick<LoadedModel, 'manifest' | 'weights'>,
): Promise<RuntimeChoice> {
  return chooseRuntime(wish, {
    names: { runtime: 'compute.runtime', device: 'compute.device' },
    noTensorFlow: weights === null ? `the model has no ${WEIGHTS_FILE}` : null,
    onlyCpu: manifest.precision === 'int8' ? 'a model in int8 is served by ONNX Runtime on the CPU' : null,
  });
}
