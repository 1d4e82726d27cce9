/** Weights of a network that was never trained, with running statistics as a trained one has them. */
import type { NetworkSpec } from '../../src/model/network.js';
import type { NetworkWeights } from '../../src/model/weights.js';
import { buildTrainingGraph, namedTensors } from '../../src/learn/networks/training-graph.js';
import { normal } from '../../src/learn/train/distributions.js';
import { Random } from '../../src/platform/random.js';

export function randomWeights(spec: NetworkSpec, seed: number, temperature = 1): NetworkWeights {
  const graph = buildTrainingGraph(spec, 2);
  const random = new Random(seed);
  const values = new Map<string, Float32Array>();
  for (const { name, shape } of graph.parameters) {
    const length = shape.reduce((product, side) => product * side, 1);
    const around = name.endsWith('.scale') ? 1 : 0;
    values.set(
      name,
      Float32Array.from({ length }, () => around + 0.3 * normal(random)),
    );
  }
  for (const { name, channels } of graph.statistics) {
    const draw = (): number => (name.endsWith('.variance') ? random.range(0.3, 2) : 0.3 * normal(random));
    values.set(name, Float32Array.from({ length: channels }, draw));
  }
  return { spec, temperature, tensors: namedTensors(graph, values) };
}

/** The values alone, as the serving graph takes them. */
export function valuesOf({ tensors }: Pick<NetworkWeights, 'tensors'>): Map<string, Float32Array> {
  return new Map([...tensors].map(([name, { data }]) => [name, data]));
}
