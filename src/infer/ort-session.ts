/**
 * A network on ONNX Runtime. On the CPU each session has one thread: threads of the pool are the parallelism, and
 * two one-thread sessions give more pictures a second than one session with two (`npm run bench -- infer`).
 */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { FashiondError, messageOf } from '../domain/errors.js';
import type { ModelManifest } from '../domain/model.js';
import { providersFor } from '../model/onnx-device.js';
import type { OnnxDevice } from '../model/onnx-device.js';
import type { ModelSession } from './model-session.js';

/** What of a manifest the network must agree with. */
export type NetworkShape = Pick<
  ModelManifest,
  'input' | 'labels' | 'latentBits' | 'featureLength' | 'typicality'
>;

const INPUT = 'pixels';
const HINT =
  'the manifest and model.onnx do not belong together; copy the model folder again or train it anew';
/** Fatal errors only: everything else reaches the caller as an exception. */
const SILENT = 4;

/** Throws FashiondError `corrupt` when the bytes are no usable network, `incompatible` for other shapes. */
export async function createOrtSession(
  network: Uint8Array,
  shape: NetworkShape,
  device: OnnxDevice = 'cpu',
): Promise<ModelSession> {
  const session = await open(network, device);
  const { size } = shape.input;
  checkValue('input', session.inputMetadata, INPUT, 'uint8', [size, size, 3]);
  const wantsLogits = shape.typicality?.score === 'energy';
  const widths = {
    probabilities: shape.labels.length,
    latent: shape.latentBits,
    features: shape.featureLength,
    ...(wantsLogits ? { logits: shape.labels.length } : {}),
  };
  for (const [name, width] of Object.entries(widths)) {
    checkValue('output', session.outputMetadata, name, 'float32', [width]);
  }
  const fetches = Object.keys(widths);
  return {
    async run(pixels, count) {
      const feeds = { [INPUT]: new Tensor('uint8', pixels, [count, size, size, 3]) };
      const outputs = await session.run(feeds, fetches);
      return {
        probabilities: values(outputs, 'probabilities', count * widths.probabilities),
        latent: values(outputs, 'latent', count * widths.latent),
        features: values(outputs, 'features', count * widths.features),
        logits: wantsLogits ? values(outputs, 'logits', count * widths.probabilities) : null,
      };
    },
    close: () => session.release(),
  };
}

async function open(network: Uint8Array, device: OnnxDevice): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(network, {
      executionProviders: providersFor(device),
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: SILENT,
    });
  } catch (error) {
    throw new FashiondError('corrupt', `ONNX Runtime cannot load model.onnx: ${messageOf(error)}`, {
      hint: HINT,
      cause: error,
    });
  }
}

/** The first dimension is the number of pictures and stays open; a symbolic name matches any length. */
function checkValue(
  kind: 'input' | 'output',
  metadata: readonly InferenceSession.ValueMetadata[],
  name: string,
  type: string,
  rest: readonly number[],
): void {
  const expected = `${kind} ${name}: ${type} [N, ${rest.join(', ')}]`;
  const value = metadata.find((candidate) => candidate.name === name);
  if (value === undefined || !value.isTensor) {
    const names = metadata.map((candidate) => candidate.name).join(', ');
    throw new FashiondError('incompatible', `model.onnx lacks ${expected}; its ${kind}s are ${names}`, {
      hint: HINT,
    });
  }
  const fits =
    value.type === type &&
    value.shape.length === rest.length + 1 &&
    typeof value.shape[0] === 'string' &&
    rest.every((length, at) => typeof value.shape[at + 1] === 'string' || value.shape[at + 1] === length);
  if (fits) return;
  throw new FashiondError(
    'incompatible',
    `model.onnx has ${kind} ${name}: ${value.type} [${value.shape.join(', ')}]; expected ${expected}`,
    { hint: HINT },
  );
}

function values(outputs: InferenceSession.ReturnType, name: string, length: number): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array && data.length === length) return data;
  const found = data instanceof Float32Array ? `${data.length} numbers` : typeof data;
  throw new FashiondError('incompatible', `model.onnx gave ${found} as ${name}; expected ${length}`, {
    hint: HINT,
  });
}
