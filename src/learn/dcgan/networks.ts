/**
 * The three networks at 64 x 64 pixels. Generator and discriminator: Radford, Metz and Chintala, Unsupervised
 * Representation Learning with Deep Convolutional Generative Adversarial Networks, ICLR 2016, figure 1 and section 3,
 * with kernels of 4 instead of 5, whose taps a stride of 2 uses equally often. The encoder is made like the
 * discriminator and answers with the code from which the generator would draw the picture.
 */
import type { Tensor } from '../graph/graph.js';
import { leakyRelu, relu, tanh } from '../graph/pointwise.js';
import type { DcganLayers } from './layers.js';

/** Side of the pictures. */
export const SIDE = 64;
/** Numbers of a code; each is drawn from -1 to 1, uniformly. */
export const CODE_LENGTH = 100;
/** Pixels less their middle divided by it are between -1 and 1, as Tanh's values are. */
export const TANH_SPREAD = 127.5;
/** Side of the smallest maps. */
const SMALLEST = 4;
const SLOPE = 0.2;

/** [N, 100] -> [N, 3, 64, 64], -1 to 1. `width`: feature maps at 32 x 32; each halving of the side doubles them. */
export function generator(layers: DcganLayers, codes: Tensor, width: number): Tensor {
  const { graph } = layers;
  let x = relu(graph, layers.project('generator.start', codes, 8 * width, SMALLEST));
  for (const [at, times] of [4, 2, 1].entries()) {
    const options = { channels: times * width, normalized: true };
    x = relu(graph, layers.double(`generator.${at + 1}`, x, options));
  }
  return tanh(graph, layers.double('generator.picture', x, { channels: 3, normalized: false }));
}

/** [N, 3, 64, 64] -> logits [N, 1] of the picture being a real one. */
export function discriminator(layers: DcganLayers, x: Tensor, width: number): Tensor {
  return layers.flatDense('discriminator.real', trunk(layers, 'discriminator', x, width), 1);
}

/** [N, 3, 64, 64] -> codes [N, 100], -1 to 1. */
export function encoder(layers: DcganLayers, x: Tensor, width: number): Tensor {
  return tanh(
    layers.graph,
    layers.flatDense('encoder.code', trunk(layers, 'encoder', x, width), CODE_LENGTH),
  );
}

/** [N, 3, 64, 64] -> [N, 8 width, 4, 4]. The first layer is not normalized (section 3). */
function trunk(layers: DcganLayers, name: string, picture: Tensor, width: number): Tensor {
  let x = picture;
  for (const [at, times] of [1, 2, 4, 8].entries()) {
    const options = { channels: times * width, normalized: at > 0 };
    x = leakyRelu(layers.graph, layers.halve(`${name}.${at + 1}`, x, options), SLOPE);
  }
  return x;
}
