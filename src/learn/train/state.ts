/** Everything that moves while a network is trained: weights, running statistics, the optimizer's memory. */
import { unreachable } from '../../domain/errors.js';
import type { Initial } from '../../model/network.js';
import type { TrainingGraph } from '../networks/training-graph.js';
import { layoutOf, statisticsLayout } from './layout.js';
import type { Layout } from './layout.js';
import { adamState } from './optimizer.js';
import type { AdamState } from './optimizer.js';
import { Random, seedOf } from '../../platform/random.js';
import { normal } from './distributions.js';

export interface NetworkState {
  readonly weightLayout: Layout;
  readonly statisticLayout: Layout;
  /** In shared memory, so that the threads read them. */
  readonly weights: Float32Array;
  /** Running means and variances of Batch Normalization. */
  readonly statistics: Float32Array;
  /** 1 where weight decay applies; shared. */
  readonly decays: Uint8Array;
  readonly adam: AdamState;
}

/** Weights drawn from the seed; running statistics 0, to be replaced by the first batch's. */
export function initialState(graph: TrainingGraph, seed: number): NetworkState {
  const weightLayout = layoutOf(graph.parameters);
  const statisticLayout = statisticsLayout(graph);
  const weights = new Float32Array(new SharedArrayBuffer(weightLayout.length * 4));
  const decays = new Uint8Array(new SharedArrayBuffer(weightLayout.length));
  const random = new Random(seedOf(seed, 'weights'));
  for (const [index, parameter] of graph.parameters.entries()) {
    const { start = 0, end = 0 } = weightLayout.parts[index] ?? {};
    for (let at = start; at < end; at += 1) weights[at] = draw(parameter.initial, random);
    if (parameter.decays) decays.fill(1, start, end);
  }
  return {
    weightLayout,
    statisticLayout,
    weights,
    statistics: new Float32Array(statisticLayout.length),
    decays,
    adam: adamState(weightLayout.length),
  };
}

function draw(initial: Initial, random: Random): number {
  switch (initial.kind) {
    case 'he':
      return normal(random) * Math.sqrt(2 / initial.fanIn);
    case 'glorot': {
      const bound = Math.sqrt(6 / (initial.fanIn + initial.fanOut));
      return random.range(-bound, bound);
    }
    case 'constant':
      return initial.value;
    default:
      return unreachable(initial);
  }
}

/** Share of the running statistics that one step replaces, once enough steps have been seen. */
const STATISTICS_MOMENTUM = 0.05;

/**
 * Moves the running statistics towards the mean of the shards' batch statistics. The first steps average all
 * that was seen, so that no made-up start has to be forgotten.
 */
export function updateStatistics(
  statistics: Float32Array,
  shards: readonly Float32Array[],
  stepsBefore: number,
): void {
  const share = Math.max(STATISTICS_MOMENTUM, 1 / (stepsBefore + 1));
  for (let index = 0; index < statistics.length; index += 1) {
    let mean = 0;
    for (const shard of shards) mean += (shard[index] ?? 0) / shards.length;
    const before = statistics[index] ?? 0;
    statistics[index] = before + share * (mean - before);
  }
}
