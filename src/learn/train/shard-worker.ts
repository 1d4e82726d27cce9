/**
 * A training thread: augments its shard of a mini-batch, runs the training graph on one core, and leaves the
 * gradients in shared memory; then moves a range of the weights. Holds no state besides its session, so any thread
 * may take any shard and any range.
 */
import { workerData } from 'piscina';
import { buildTrainingGraph, gradientName } from '../networks/training-graph.js';
import type { TrainingGraph } from '../networks/training-graph.js';
import { channelBlock, floats, openSession, Tensor } from '../runtime.js';
import type { Session } from '../runtime.js';
import { dropoutMask, makeBatch } from './batch.js';
import { layoutOf } from './layout.js';
import type { Layout } from './layout.js';
import { Random, seedOf } from '../../platform/random.js';
import { ADAM_DEFAULTS, adamStep } from './optimizer.js';
import type { MoveTask, ShardResult, ShardSetup, ShardTask } from './shard.js';

interface Engine {
  readonly graph: TrainingGraph;
  readonly layout: Layout;
  readonly session: Session;
}

const setup = workerData as ShardSetup;
const source = { pixels: new Uint8Array(setup.pixels), labels: new Int32Array(setup.labels) };
const weights = new Float32Array(setup.weights);
const gradients = new Float32Array(setup.gradients);
const moments = {
  mean: new Float32Array(setup.moments.mean),
  square: new Float32Array(setup.moments.square),
};
const decays = new Uint8Array(setup.decays);
let opening: Promise<Engine> | null = null;

async function openEngine(): Promise<Engine> {
  const graph = buildTrainingGraph(setup.spec, setup.batch, await channelBlock());
  return {
    graph,
    layout: layoutOf(graph.parameters),
    session: await openSession(graph.bytes, 1, 'as-written'),
  };
}

export async function trainShard(task: ShardTask): Promise<ShardResult> {
  opening ??= openEngine();
  const engine = await opening;
  const { graph, layout, session } = engine;
  const random = new Random(seedOf(...task.seeds));
  const batch = makeBatch(task.pictures, source, setup.options, random);
  const { size, classes } = setup.options;
  const feeds: Record<string, Tensor> = {
    pixels: new Tensor('uint8', batch.pixels, [setup.batch, size, size, 3]),
    targets: new Tensor('float32', batch.targets, [setup.batch, classes]),
  };
  for (const { name, shape, rate } of graph.masks) {
    const length = shape.reduce((product, side) => product * side, 1);
    feeds[name] = new Tensor('float32', dropoutMask(length, rate, random), shape);
  }
  // Copies: the runtime's binding does not read shared memory.
  for (const { name, shape, start, end } of layout.parts) {
    feeds[name] = new Tensor('float32', weights.slice(start, end), shape);
  }
  const outputs = await session.run(feeds);
  const result = {
    finite: store(outputs, engine, task.shard),
    loss: floats(outputs, 'loss')[0] ?? Number.NaN,
    accuracy: agreement(floats(outputs, 'logits'), batch.targets, classes),
  };
  for (const output of Object.values(outputs)) output.dispose();
  return result;
}

/** Averages the shards' gradients over the range and moves its weights by one step of Adam. */
export function moveWeights({ start, end, steps, rate, weightDecay }: MoveTask): void {
  const mean = new Float32Array(end - start);
  const shards = gradients.length / weights.length;
  for (let shard = 0; shard < shards; shard += 1) {
    const first = shard * weights.length + start;
    for (let index = 0; index < mean.length; index += 1) {
      mean[index] = (mean[index] ?? 0) + (gradients[first + index] ?? 0) / shards;
    }
  }
  const part = (values: Float32Array): Float32Array => values.subarray(start, end);
  const state = { mean: part(moments.mean), square: part(moments.square), steps };
  adamStep(state, part(weights), mean, decays.subarray(start, end), rate, { ...ADAM_DEFAULTS, weightDecay });
}

/** Leaves gradients and statistics where all threads read them. False when a gradient is no finite number. */
function store(
  outputs: Awaited<ReturnType<Session['run']>>,
  { graph, layout }: Engine,
  shard: number,
): boolean {
  let sum = 0;
  for (const { name, start } of layout.parts) {
    const gradient = floats(outputs, gradientName(name));
    gradients.set(gradient, shard * layout.length + start);
    for (let index = 0; index < gradient.length; index += 1) sum += (gradient[index] ?? 0) ** 2;
  }
  const length = graph.statistics.reduce((total, { channels }) => total + channels, 0);
  const statistics = new Float32Array(setup.statistics, shard * length * 4, length);
  let at = 0;
  for (const { name, channels } of graph.statistics) {
    statistics.set(floats(outputs, name), at);
    at += channels;
  }
  return Number.isFinite(sum);
}

function agreement(logits: Float32Array, targets: Float32Array, classes: number): number {
  let right = 0;
  const rows = targets.length / classes;
  for (let row = 0; row < rows; row += 1) {
    const range = [row * classes, (row + 1) * classes] as const;
    if (largest(logits.subarray(...range)) === largest(targets.subarray(...range))) right += 1;
  }
  return right / rows;
}

function largest(values: Float32Array): number {
  let best = 0;
  for (const [index, value] of values.entries()) if (value > (values[best] ?? 0)) best = index;
  return best;
}
