/**
 * A network on TensorFlow, from weights.safetensors.
 *
 * The model's fingerprint, by which vectors are compared, is that of model.onnx. Before anything is served, both are
 * therefore asked about the same picture: weights that are of another training are found out.
 */
import { FashiondError } from '../domain/errors.js';
import type { TensorFlow } from '../model/tensorflow.js';
import { serveInTensorFlow } from '../model/tensorflow-serving.js';
import type { NetworkWeights } from '../model/weights.js';
import type { ModelSession } from './model-session.js';
import { createOrtSession } from './ort-session.js';
import type { NetworkShape } from './ort-session.js';

/** Between two runtimes, in probabilities and latent values; GPUs round to ten bits in between. */
const TOLERANCE = 0.02;

/** Throws FashiondError `corrupt` when the weights do not give what the network gives, `incompatible` for other shapes. */
export async function createTensorFlowSession(
  tf: TensorFlow,
  weights: NetworkWeights,
  network: Uint8Array,
  shape: NetworkShape,
): Promise<ModelSession> {
  const serving = serveInTensorFlow(tf, weights);
  const widths = {
    probabilities: shape.labels.length,
    latent: shape.latentBits,
    features: shape.featureLength,
  };
  const session: ModelSession = {
    async run(pixels, count) {
      const outputs = await serving.run(pixels, count);
      for (const [name, width] of Object.entries(widths) as [keyof typeof widths, number][]) {
        if (outputs[name].length === count * width) continue;
        throw new FashiondError(
          'incompatible',
          `TensorFlow gave ${outputs[name].length} numbers as ${name}; expected ${count * width}`,
          { hint: 'the manifest and weights.safetensors do not belong together; train the model anew' },
        );
      }
      return outputs;
    },
    close: () => Promise.resolve(serving.close()),
  };
  await compare(session, network, shape);
  return session;
}

async function compare(session: ModelSession, network: Uint8Array, shape: NetworkShape): Promise<void> {
  const { size } = shape.input;
  // Any picture with contrast will do; this one is the same every time.
  const pixels = Uint8Array.from({ length: size * size * 3 }, (_, at) => (at * 7919) % 251);
  const reference = await createOrtSession(network, shape);
  const expected = await reference.run(pixels, 1);
  const found = await session.run(pixels, 1);
  await reference.close();
  for (const name of ['probabilities', 'latent'] as const) {
    const worst = found[name].reduce(
      (most, value, at) => Math.max(most, Math.abs(value - (expected[name][at] ?? Number.NaN))),
      0,
    );
    if (worst <= TOLERANCE) continue;
    throw new FashiondError(
      'corrupt',
      `TensorFlow with weights.safetensors and ONNX Runtime with model.onnx differ by ${worst} in ${name}`,
      {
        hint: 'copy the model folder again from where it was made, train it anew, or set compute.runtime to onnx',
      },
    );
  }
}
