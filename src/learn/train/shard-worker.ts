/**
 * A training thread: augments its shard of a mini-batch, runs the training graph on one core, and leaves the
 * gradients in shared memory. Holds no state besides its session, so any thread may take any shard.
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
import type { ShardResult, ShardSetup, ShardTask } from './shard.js';

interface Engine {
  readonly graph: TrainingGraph;
  readonly layout: Layout;
  readonly session: Session;
}

const setup = workerData as ShardSetup;
const source = { pixels: new Uint8Array(setup.pixels), labels: new Int32Array(setup.labels) };
const weights = new Float32Array(setup.weights);
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
  store(outputs, engine, task.shard);
  const result = {
    loss: floats(outputs, 'loss')[0] ?? Number.NaN,
    accuracy: agreement(floats(outputs, 'logits'), batch.targets, classes),
  };
  for (const output of Object.values(outputs)) output.dispose();
  return result;
}

function store(outputs: Awaited<ReturnType<Session['run']>>, { graph, layout }: Engine, shard: number): void {
  const gradients = new Float32Array(setup.gradients, shard * layout.length * 4, layout.length);
  for (const { name, start } of layout.parts) gradients.set(floats(outputs, gradientName(name)), start);
  const length = graph.statistics.reduce((sum, { channels }) => sum + channels, 0);
  const statistics = new Float32Array(setup.statistics, shard * length * 4, length);
  let at = 0;
  for (const { name, channels } of graph.statistics) {
    statistics.set(floats(outputs, name), at);
    at += channels;
  }
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
