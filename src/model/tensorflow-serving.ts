/** A trained network on TensorFlow, from weights.safetensors: pixels in; probabilities, latent values, features out. */
import { FashiondError } from '../domain/errors.js';
import { partName } from './network.js';
import type { TensorFlow, TfTensor } from './tensorflow.js';
import { foldedNormalization, forwardInTensorFlow, KERNEL_AXES } from './tensorflow-network.js';
import type { NetworkOutputs, NetworkParts } from './tensorflow-network.js';
import type { NetworkWeights } from './weights.js';

/** Row-major, one row for each picture. */
interface ServedOutputs {
  /** [count, classes], divided by the temperature. */
  readonly logits: Float32Array;
  readonly probabilities: Float32Array;
  readonly features: Float32Array;
  /** Empty for a network without a latent layer. */
  readonly latent: Float32Array;
}

export interface TensorFlowServing {
  /** `pixels`: uint8 [count, size, size, 3]. */
  run(pixels: Uint8Array, count: number): Promise<ServedOutputs>;
  /** Frees the weights. */
  close(): void;
}

/** Throws FashiondError `corrupt` at the first run when a tensor is missing or does not fit its layer. */
export function serveInTensorFlow(tf: TensorFlow, weights: NetworkWeights): TensorFlowServing {
  const { spec, temperature } = weights;
  const parts = new ServingParts(tf, weights);
  return {
    async run(pixels, count) {
      const tensors = tf.tidy(() => {
        const seen = forwardInTensorFlow(tf, spec, parts, pixels, count);
        const outputs =
          spec.mirrored === true
            ? meanOf(tf, seen, forwardInTensorFlow(tf, spec, parts, mirrored(pixels, spec.size), count))
            : seen;
        const logits = tf.div(outputs.logits, temperature);
        const probabilities = tf.softmax(logits);
        return [logits, probabilities, outputs.features, outputs.latent].map(
          (tensor) => tensor && tf.keep(tensor),
        );
      });
      const empty = new Float32Array(0);
      const values = tensors.map(async (tensor) => (tensor === null ? empty : floats(await tensor.data())));
      const [logits = empty, probabilities = empty, features = empty, latent = empty] =
        await Promise.all(values);
      for (const tensor of tensors) tensor?.dispose();
      return { logits, probabilities, features, latent };
    },
    close: () => parts.dispose(),
  };
}

function meanOf(tf: TensorFlow, a: NetworkOutputs, b: NetworkOutputs): NetworkOutputs {
  const mean = (x: TfTensor, y: TfTensor): TfTensor => tf.div(tf.add(x, y), 2);
  return {
    logits: mean(a.logits, b.logits),
    features: mean(a.features, b.features),
    latent: a.latent === null || b.latent === null ? null : mean(a.latent, b.latent),
  };
}

/** Every row of size x 3 bytes from right to left. */
function mirrored(pixels: Uint8Array, size: number): Uint8Array {
  const turned = new Uint8Array(pixels.length);
  for (let to = 0; to < pixels.length; to += 3) {
    const column = (to / 3) % size;
    const from = to + (size - 1 - 2 * column) * 3;
    turned.set(pixels.subarray(from, from + 3), to);
  }
  return turned;
}

function floats(data: ArrayLike<number>): Float32Array {
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** Weights on the device, brought there once. */
class ServingParts implements NetworkParts {
  readonly #tf: TensorFlow;
  readonly #weights: NetworkWeights;
  readonly #tensors = new Map<string, TfTensor>();

  constructor(tf: TensorFlow, weights: NetworkWeights) {
    this.#tf = tf;
    this.#weights = weights;
  }

  kernel(layer: string, [kernel, inChannels, outChannels]: readonly [number, number, number]): TfTensor {
    return this.#once(partName(layer, 'weight'), () => {
      const shape = [outChannels, inChannels, kernel, kernel];
      return this.#tf.transpose(this.#tensor(partName(layer, 'weight'), shape), KERNEL_AXES);
    });
  }

  normalize(layer: string, x: TfTensor): TfTensor {
    const channels = x.shape.at(-1) ?? 0;
    const value = (name: string): Float32Array => this.#value(name, channels);
    const make = (part: 'gain' | 'level') => () =>
      this.#tf.tensor(foldedNormalization(layer, value)[part], [channels]);
    const gain = this.#once(`${layer} gain`, make('gain'));
    return this.#tf.add(this.#tf.mul(x, gain), this.#once(`${layer} level`, make('level')));
  }

  dense(layer: string, size: readonly [number, number]): readonly [TfTensor, TfTensor] {
    const one = (part: 'weight' | 'bias', shape: readonly number[]): TfTensor =>
      this.#once(partName(layer, part), () => this.#tensor(partName(layer, part), shape));
    return [one('weight', size), one('bias', [size[1]])];
  }

  dropout(_layer: string, x: TfTensor): TfTensor {
    return x;
  }

  dispose(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }

  #once(key: string, make: () => TfTensor): TfTensor {
    const known = this.#tensors.get(key);
    if (known !== undefined) return known;
    const made = this.#tf.keep(make());
    this.#tensors.set(key, made);
    return made;
  }

  #tensor(name: string, shape: readonly number[]): TfTensor {
    const length = shape.reduce((product, side) => product * side, 1);
    return this.#tf.tensor(this.#value(name, length), shape);
  }

  #value(name: string, length: number): Float32Array {
    const data = this.#weights.tensors.get(name)?.data;
    if (data?.length === length) return data;
    throw new FashiondError(
      'corrupt',
      `weights ${name}: expected ${length} values, got ${data?.length ?? 'none'}`,
      { hint: 'the weights belong to another network; train it again' },
    );
  }
}
