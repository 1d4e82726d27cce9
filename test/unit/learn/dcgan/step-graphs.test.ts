import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesTensor, drawCodes, picturesTensor } from '../../../../src/learn/dcgan/batch.js';
import { drawPictures, openPictureEncoder } from '../../../../src/learn/dcgan/drawing.js';
import { TrainedLayers } from '../../../../src/learn/dcgan/layers.js';
import { encoder, generator } from '../../../../src/learn/dcgan/networks.js';
import {
  discriminatorStep,
  encoderStep,
  generatorStep,
  servedEncoder,
  servedGenerator,
} from '../../../../src/learn/dcgan/step-graphs.js';
import type { StepGraph } from '../../../../src/learn/dcgan/step-graphs.js';
import { Graph } from '../../../../src/learn/graph/graph.js';
import { gradientName } from '../../../../src/learn/networks/training-graph.js';
import { normal } from '../../../../src/learn/train/distributions.js';
import { Random } from '../../../../src/platform/random.js';
import { kernelToLast, toLast } from '../graph/check-gradients.js';
import { PICTURE } from './small-pictures.js';

const shape = { width: 1, batch: 3 };
const random = new Random(3);
const codes = drawCodes(shape.batch, random);
/** Noise: on even areas all positions would meet the kink of an activation at once. */
const pictures = Uint8Array.from({ length: shape.batch * PICTURE }, () => random.int(0, 255));

type Values = Map<string, Float32Array>;

/** Ten times the usual start, so that no derivative is lost in rounding. */
function valuesOf({ parameters }: Pick<StepGraph, 'parameters'>): Values {
  return new Map(
    parameters.map(({ name, shape: sides, mean }) => {
      const length = sides.reduce((product, side) => product * side, 1);
      return [name, Float32Array.from({ length }, () => mean + 0.2 * normal(random))];
    }),
  );
}

const steps = { discriminator: discriminatorStep(shape), generator: generatorStep(shape) };
const values: Values = new Map([...valuesOf(steps.discriminator), ...valuesOf(steps.generator)]);
const shapes = new Map(
  [...steps.discriminator.parameters, ...steps.generator.parameters].map((one) => [one.name, one.shape]),
);

function feedsOf(all: Values, sides: ReadonlyMap<string, readonly number[]>): Record<string, Tensor> {
  const tensors = [...all].map(
    ([name, data]) => [name, new Tensor('float32', data, [...(sides.get(name) ?? [])])] as const,
  );
  return Object.fromEntries(tensors);
}

const AS_WRITTEN = { logSeverityLevel: 4, graphOptimizationLevel: 'disabled' } as const;

/** What a graph takes of all that there is. */
function known(session: InferenceSession, feeds: Record<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(session.inputNames.map((name) => [name, feeds[name]!]));
}

async function run(bytes: Uint8Array, feeds: Record<string, Tensor>): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(bytes, AS_WRITTEN);
  const outputs = await session.run(known(session, feeds));
  await session.release();
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)]),
  );
}

/** The networks once more, in tfjs: pictures with channels last. */
const batchNormalized = (x: tf.Tensor, part: (name: string) => tf.Tensor, layer: string): tf.Tensor => {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const normalized = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  const flat = (of: string): tf.Tensor => tf.reshape(part(`${layer}.${of}`), [-1]);
  return tf.add(tf.mul(normalized, flat('scale')), flat('shift'));
};

function draw(part: (name: string) => tf.Tensor, z: tf.Tensor): tf.Tensor {
  const start = tf.reshape(
    tf.matMul(z as tf.Tensor2D, part('generator.start.weight') as tf.Tensor2D),
    [-1, 8, 4, 4],
  );
  let x = tf.relu(batchNormalized(toLast(start), part, 'generator.start'));
  for (const [at, channels] of [4, 2, 1].entries()) {
    const layer = `generator.${at + 1}`;
    x = tf.relu(batchNormalized(doubled(x, part(`${layer}.weight`), channels), part, layer));
  }
  const last = doubled(x, part('generator.picture.weight'), 3);
  return tf.tanh(tf.add(last, part('generator.picture.bias')));
}

function doubled(x: tf.Tensor, weight: tf.Tensor, channels: number): tf.Tensor {
  const side = 2 * x.shape[1]!;
  const to: [number, number, number, number] = [shape.batch, side, side, channels];
  return tf.conv2dTranspose(x as tf.Tensor4D, kernelToLast(weight), to, 2, 1);
}

function judge(part: (name: string) => tf.Tensor, picture: tf.Tensor): tf.Tensor {
  let x = picture;
  for (let at = 1; at <= 4; at += 1) {
    const layer = `discriminator.${at}`;
    x = tf.conv2d(x as tf.Tensor4D, kernelToLast(part(`${layer}.weight`)), 2, 1);
    x = at === 1 ? tf.add(x, part(`${layer}.bias`)) : batchNormalized(x, part, layer);
    x = tf.leakyRelu(x, 0.2);
  }
  const rows = tf.reshape<tf.Rank.R2>(tf.transpose(x, [0, 3, 1, 2]), [shape.batch, 8 * 16]);
  return tf.add(
    tf.matMul(rows, part('discriminator.real.weight') as tf.Tensor2D),
    part('discriminator.real.bias'),
  );
}

const crossEntropy = (logits: tf.Tensor, target: 0 | 1): tf.Tensor =>
  tf.mean(tf.softplus(target === 1 ? tf.neg(logits) : logits));

const tensorOf = (name: string): tf.Tensor => tf.tensor(values.get(name)!, [...shapes.get(name)!]);
const real = tf.sub(tf.div(tf.tensor4d(Float32Array.from(pictures), [shape.batch, 64, 64, 3]), 127.5), 1);
const z = tf.tensor2d(codes, [shape.batch, 100]);

const references = {
  discriminator: (part: (name: string) => tf.Tensor) =>
    tf.add(crossEntropy(judge(part, real), 1), crossEntropy(judge(part, draw(part, z)), 0)),
  generator: (part: (name: string) => tf.Tensor) => crossEntropy(judge(part, draw(part, z)), 1),
};

describe.each(['discriminator', 'generator'] as const)('the step of the %s', (kind) => {
  const { bytes, parameters } = steps[kind];
  const feeds = {
    ...feedsOf(values, shapes),
    codes: codesTensor(codes),
    pixels: picturesTensor(pictures, [0, 1, 2], null),
  };
  let outputs: Record<string, Float32Array> = {};
  beforeAll(async () => {
    outputs = await run(bytes, feeds);
  });
  afterAll(() => {
    outputs = {};
  });

  it('has the loss and the gradients that tfjs has', () => {
    const names = parameters.map(({ name }) => name);
    const loss = (...tensors: tf.Tensor[]): tf.Tensor => {
      const own = new Map(names.map((name, at) => [name, tensors[at]!]));
      return references[kind]((name) => own.get(name) ?? tensorOf(name));
    };
    const inputs = names.map(tensorOf);
    expect(outputs['loss']![0]).toBeCloseTo(loss(...inputs).dataSync()[0]!, 4);
    for (const [at, expected] of tf.grads(loss)(inputs).entries()) {
      expect(distance(outputs[gradientName(names[at]!)]!, expected.dataSync() as Float32Array)).toBeLessThan(
        1e-3,
      );
    }
  });

  it('has the gradients of central differences, each along its own direction', async () => {
    const session = await InferenceSession.create(bytes, AS_WRITTEN);
    const wrong: string[] = [];
    for (const { name } of parameters) {
      const start = values.get(name)!;
      const gradient = outputs[gradientName(name)]!;
      const steepness = Math.sqrt(gradient.reduce((sum, slope) => sum + slope * slope, 0));
      const at = async (shift: number): Promise<number> => {
        const moved = start.map((value, index) => value + (shift * gradient[index]!) / steepness);
        const changed = feedsOf(new Map([[name, moved]]), shapes);
        const answer = await session.run(known(session, { ...feeds, ...changed }), ['loss']);
        return Number(answer['loss']!.data[0]);
      };
      // Small: both networks are full of kinks, and normalization over three pictures is steep.
      const step = 1e-3;
      const difference = ((await at(step)) - (await at(-step))) / (2 * step);
      if (Math.abs(steepness - difference) > 0.003 + 0.05 * steepness)
        wrong.push(`${name}: ${steepness}, by differences ${difference}`);
    }
    expect(wrong).toEqual([]);
    await session.release();
  });
});

describe('networks that serve', () => {
  /** A graph of the training form whose outputs are `answer` and the batch's statistics. */
  async function trained(
    build: (layers: TrainedLayers, graph: Graph) => ReturnType<typeof generator>,
    feeds: Record<string, Tensor>,
  ): Promise<{ readonly answer: Float32Array; readonly all: Values }> {
    const graph = new Graph();
    const layers = new TrainedLayers(graph, true);
    const answer = build(layers, graph);
    const own = valuesOf(layers);
    const sides = new Map(layers.parameters.map((one) => [one.name, one.shape]));
    const bytes = graph.encode('trained', { answer, ...Object.fromEntries(layers.statistics) });
    const outputs = await run(bytes, { ...feeds, ...feedsOf(own, sides) });
    const statistics = [...layers.statistics.keys()].map((name) => [name, outputs[name]!] as const);
    return { answer: outputs['answer']!, all: new Map([...own, ...statistics]) };
  }

  it('draw the same pictures as in training, where the running statistics are those of the batch', async () => {
    const { answer, all } = await trained(
      (layers, graph) => generator(layers, graph.input('codes', [shape.batch, 100]), shape.width),
      { codes: codesTensor(codes) },
    );
    const drawn = await drawPictures(servedGenerator(shape.width, all), codes, 1);
    for (const picture of [0, 1, 2]) {
      for (const [channel, y, x] of [
        [0, 0, 0],
        [1, 17, 40],
        [2, 63, 5],
      ] as const) {
        const expected = (answer[((picture * 3 + channel) * 64 + y) * 64 + x]! + 1) * 127.5;
        expect(Math.abs(drawn[((picture * 64 + y) * 64 + x) * 3 + channel]! - expected)).toBeLessThan(0.6);
      }
    }
  });

  it('encode as in training, where the running statistics are those of the batch', async () => {
    const planes = tf.transpose(real, [0, 3, 1, 2]).dataSync() as Float32Array;
    const { answer, all } = await trained(
      (layers, graph) => encoder(layers, graph.input('x', [shape.batch, 3, 64, 64]), shape.width),
      { x: new Tensor('float32', planes, [shape.batch, 3, 64, 64]) },
    );
    const open = await openPictureEncoder(servedEncoder(shape.width, all), 1);
    expect(distance(await open.encode(pictures), answer)).toBeLessThan(1e-4);
    await open.close();
  });

  it('are not moved by the step of the encoder, which learns alone', () => {
    const all = new Map(values);
    for (const { name, channels } of steps.generator.statistics)
      all.set(name, new Float32Array(channels).fill(1));
    const { parameters } = encoderStep(shape, all);
    expect(parameters.every(({ name }) => name.startsWith('encoder.'))).toBe(true);
  });
});

/** Largest difference, relative to the largest value. */
function distance(one: Float32Array, other: Float32Array): number {
  expect(one.length).toBe(other.length);
  let [apart, largest] = [0, 1e-6];
  for (const [at, value] of one.entries()) {
    apart = Math.max(apart, Math.abs(value - other[at]!));
    largest = Math.max(largest, Math.abs(other[at]!));
  }
  return apart / largest;
}
