/** What runs a network: the port every runtime implements, and the choice between runtimes. */
import { FashiondError, messageOf, unreachable } from '../domain/errors.js';

/** The outputs of one call, row-major: one row for each picture. */
interface NetworkOutputs {
  /** [count, labels], each row adds up to 1. */
  readonly probabilities: Float32Array;
  /** [count, latentBits], each in 0..1. */
  readonly latent: Float32Array;
  /** [count, featureLength]. */
  readonly features: Float32Array;
}

/** A network loaded on one thread. */
export interface ModelSession {
  /** `pixels`: uint8 [count, size, size, 3]. Throws when the network fails or gives other shapes. */
  run(pixels: Uint8Array, count: number): Promise<NetworkOutputs>;
  close(): Promise<void>;
}

export interface RuntimeOptions {
  readonly runtime: 'auto' | 'onnx' | 'tensorflow';
  readonly device: 'auto' | 'cpu';
}

export interface RuntimeChoice {
  readonly runtime: 'onnx';
  readonly device: 'cpu';
  /** For the log and `status`. */
  readonly reason: string;
}

const TENSORFLOW = '@tensorflow/tfjs-node-gpu';

/**
 * `load` imports a package by name. Throws FashiondError `config` when TensorFlow is asked for and cannot
 * serve: an explicit wish is never quietly replaced.
 */
export async function chooseRuntime(
  options: RuntimeOptions,
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<RuntimeChoice> {
  switch (options.runtime) {
    case 'auto':
      return {
        runtime: 'onnx',
        device: 'cpu',
        reason: 'compute.runtime is auto: ONNX Runtime is the fastest on a CPU',
      };
    case 'onnx':
      return { runtime: 'onnx', device: 'cpu', reason: 'compute.runtime asks for ONNX Runtime' };
    case 'tensorflow':
      throw await tensorflowRefusal(load);
    default:
      return unreachable(options.runtime);
  }
}

async function tensorflowRefusal(load: (name: string) => Promise<unknown>): Promise<FashiondError> {
  const hint = 'set compute.runtime to onnx or auto';
  try {
    await load(TENSORFLOW);
  } catch (error) {
    return new FashiondError(
      'config',
      `compute.runtime is tensorflow, but ${TENSORFLOW} does not load: ${messageOf(error).split('\n')[0]}`,
      {
        hint: `${hint}, or run \`npm install ${TENSORFLOW}\` where its library can be downloaded`,
        cause: error,
      },
    );
  }
  return new FashiondError(
    'config',
    `compute.runtime is tensorflow: ${TENSORFLOW} loads, but a model folder holds an ONNX network only`,
    { hint },
  );
}
