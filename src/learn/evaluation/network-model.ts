/** A network of a model folder, opened for evaluation. */
import { FashiondError } from '../../domain/errors.js';
import type { ModelManifest } from '../../domain/model.js';
import { floats, openSession, Tensor } from '../runtime.js';
import type { JudgedModel } from './judged-model.js';

/** `network` is the checked model.onnx that belongs to the manifest; `threads` work on one batch. */
export async function openNetworkModel(
  manifest: ModelManifest,
  network: Uint8Array,
  threads: number,
): Promise<JudgedModel> {
  const session = await openSession(network, threads);
  const wanted = ['probabilities', 'logits', 'features'].filter((name) => session.outputNames.includes(name));
  const { name, fingerprint, labels, input, threshold } = manifest;
  return {
    kind: 'network',
    name,
    fingerprint,
    labels,
    input,
    threshold,
    async outputs(pixels, count) {
      const feeds = { pixels: new Tensor('uint8', pixels, [count, input.size, input.size, 3]) };
      const outputs = await session.run(feeds, wanted);
      // The runtime owns what it gave; a copy outlives the next run.
      const copy = (output: string): Float32Array => Float32Array.from(floats(outputs, output));
      const probabilities = copy('probabilities');
      if (probabilities.length !== count * labels.length) {
        throw new FashiondError(
          'incompatible',
          `model ${name} gave ${probabilities.length} probabilities for ${count} pictures and ${labels.length} labels`,
          { hint: 'the manifest and model.onnx do not belong together; train the model anew' },
        );
      }
      return {
        probabilities,
        logits: wanted.includes('logits') ? copy('logits') : null,
        features: wanted.includes('features') ? copy('features') : null,
      };
    },
    close: () => session.release(),
  };
}
