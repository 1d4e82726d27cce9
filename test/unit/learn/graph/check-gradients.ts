/**
 * Compares an operator's output with tfjs's, and its derivatives with central differences of the graph itself
 * and with tfjs's own derivatives. The loss is the output weighted with fixed random numbers.
 */
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import '@tensorflow/tfjs-backend-cpu';
import { InferenceSession, Tensor as Values } from 'onnxruntime-node';
import { gradients } from '../../../../src/learn/graph/gradient.js';
import { Graph } from '../../../../src/learn/graph/graph.js';
import type { Tensor } from '../../../../src/learn/graph/graph.js';
import { sizeOf } from '../../../../src/learn/graph/shape.js';
import { normal } from '../../../../src/learn/train/distributions.js';
import { Random } from '../../../../src/platform/random.js';

export interface Case {
  /** Shapes of the tensors that the loss is differentiated by. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly build: (graph: Graph, tensors: Readonly<Record<string, Tensor>>) => Tensor;
  /** The same in tfjs, on tensors of the same shapes. */
  readonly reference: (tensors: Readonly<Record<string, tf.Tensor>>) => tf.Tensor;
  readonly seed?: number;
  /** Replaces random values, for operators whose derivative jumps. */
  readonly values?: (name: string, index: number, random: Random) => number;
  /** False leaves central differences out, where the graph's derivative is deliberately not its output's. */
  readonly differences?: false;
  /** Of the graph; 1 unless said otherwise. */
  readonly channelBlock?: number;
}

interface Run {
  readonly loss: number;
  readonly output: Float32Array;
  readonly gradients: ReadonlyMap<string, Float32Array>;
}

/** tfjs keeps channels last. */
export const toLast = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D;
export const toFirst = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x, [0, 3, 1, 2]) as tf.Tensor4D;
export const kernelToLast = (w: tf.Tensor): tf.Tensor4D => tf.transpose(w, [2, 3, 1, 0]) as tf.Tensor4D;

/** Step of the central differences; float32 sums of about a hundred terms leave errors of about 1e-4. */
const STEP = 1e-2;

/** Null when all agree, else what does not. */
export async function disagreement(test: Case): Promise<string | null> {
  const random = new Random(test.seed ?? 7);
  const names = Object.keys(test.parameters);
  const data = new Map(
    names.map((name) => {
      const length = sizeOf(test.parameters[name]!);
      const values = Array.from(
        { length },
        (_, index) => test.values?.(name, index, random) ?? normal(random),
      );
      return [name, Float32Array.from(values)];
    }),
  );
  const { run, coefficients, release } = await compile(test, random);
  try {
    const base = await run(data);
    const found = againstReference(test, data, coefficients, base);
    if (found !== null) return found;
    for (const name of test.differences === false ? [] : names) {
      const values = data.get(name)!;
      for (const index of values.keys()) {
        const at = async (shift: number): Promise<number> =>
          (await run(new Map([...data, [name, shifted(values, index, shift)]]))).loss;
        const difference = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
        const own = base.gradients.get(name)![index]!;
        if (!close(own, difference, 4e-3)) return `${name}[${index}]: ${own}, by differences ${difference}`;
      }
    }
    return null;
  } finally {
    await release();
  }
}

async function compile(
  test: Case,
  random: Random,
): Promise<{
  readonly run: (data: ReadonlyMap<string, Float32Array>) => Promise<Run>;
  readonly coefficients: Float32Array;
  readonly release: () => Promise<void>;
}> {
  const graph = new Graph({ channelBlock: test.channelBlock ?? 1 });
  const tensors = Object.fromEntries(
    Object.entries(test.parameters).map(([name, shape]) => [name, graph.parameter(name, shape)]),
  );
  const output = test.build(graph, tensors);
  const coefficients = Float32Array.from({ length: sizeOf(output.shape) }, () => normal(random));
  const loss = weightedSum(graph, output, coefficients);
  const names = Object.keys(test.parameters);
  const derivatives = gradients(graph, loss, Object.values(tensors));
  const outputs = Object.fromEntries(derivatives.map((tensor, index) => [`d ${names[index]}`, tensor]));
  const bytes = graph.encode('check', { loss, output, ...outputs });
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  return {
    coefficients,
    release: () => session.release(),
    run: async (data) => {
      const feeds = names.map((name) => [
        name,
        new Values('float32', data.get(name)!, test.parameters[name]),
      ]);
      const result = await session.run(Object.fromEntries(feeds));
      return {
        loss: Number(result['loss']!.data[0]),
        output: result['output']!.data as Float32Array,
        gradients: new Map(names.map((name) => [name, result[`d ${name}`]!.data as Float32Array])),
      };
    },
  };
}

function weightedSum(graph: Graph, y: Tensor, coefficients: Float32Array): Tensor {
  const weights = graph.constant('coefficients', y.shape.map(Number), coefficients);
  const terms = graph.emit('Mul', [y, weights], y.shape);
  const axes = graph.integers(y.shape.map((_, axis) => axis));
  const attributes = [{ name: 'keepdims', type: 'int', value: 0 }] as const;
  const sum = y.shape.length === 0 ? terms : graph.emit('ReduceSum', [terms, axes], [], { attributes });
  return graph.record(sum, [[y, (dy) => graph.emit('Mul', [weights, dy], y.shape)]]);
}

function againstReference(
  test: Case,
  data: ReadonlyMap<string, Float32Array>,
  coefficients: Float32Array,
  run: Run,
): string | null {
  const names = Object.keys(test.parameters);
  const inputs = names.map((name) => tf.tensor(data.get(name)!, [...test.parameters[name]!]));
  const named = (tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> =>
    Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
  const loss = (...tensors: tf.Tensor[]): tf.Tensor => {
    const y = test.reference(named(tensors));
    return tf.sum(tf.mul(y, tf.tensor(coefficients, y.shape)));
  };
  const others = tf.grads(loss)(inputs);
  const pairs: [what: string, own: Float32Array, other: tf.Tensor][] = [
    ['output', run.output, test.reference(named(inputs))],
    ...names.map((name, index): [string, Float32Array, tf.Tensor] => [
      `derivative by ${name}`,
      run.gradients.get(name)!,
      others[index]!,
    ]),
  ];
  for (const [what, own, other] of pairs) {
    const expected = other.dataSync();
    if (own.length !== expected.length) return `${what}: ${own.length} values, tfjs has ${expected.length}`;
    for (const [index, value] of own.entries()) {
      if (!close(value, expected[index]!, 1e-4))
        return `${what}[${index}]: ${value}, tfjs ${expected[index]}`;
    }
  }
  return null;
}

/** Within `tolerance`, absolute and relative; not so for NaN. */
function close(value: number, expected: number, tolerance: number): boolean {
  return Math.abs(value - expected) <= tolerance * (1 + Math.abs(expected));
}

function shifted(values: Float32Array, index: number, shift: number): Float32Array {
  const copy = Float32Array.from(values);
  copy[index] = copy[index]! + shift;
  return copy;
}
