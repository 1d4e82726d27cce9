/**
 * A training thread: augments its shard of a mini-batch, differentiates the network, and leaves the gradients in
 * shared memory; then moves a range of the weights. Holds no state besides its sessions, so any thread
 * may take any shard and any range.
 */
import { workerData } from 'piscina';
import { dropoutMask, factsOf, makeBatch } from './batch.js';
import { Random, seedOf } from '../../platform/random.js';
import { ADAM_DEFAULTS, adamStep } from './optimizer.js';
import { openTraining } from './open-training.js';
import type { MoveTask, ShardResult, ShardSetup, ShardTask } from './shard.js';
import { distillationOf, openTeacher } from './teacher.js';
import type { Teacher } from './teacher.js';
import type { TrainingSession } from './training-session.js';

const setup = workerData as ShardSetup;
const source = { pixels: new Uint8Array(setup.pixels), labels: new Int32Array(setup.labels) };
const weights = new Float32Array(setup.weights);
const gradients = new Float32Array(setup.gradients);
const statistics = new Float32Array(setup.statistics);
const shards = gradients.length / weights.length;
const moments = {
  mean: new Float32Array(setup.moments.mean),
  square: new Float32Array(setup.moments.square),
};
const decays = new Uint8Array(setup.decays);
let opening: Promise<{ readonly session: TrainingSession; readonly teacher: Teacher | null }> | null = null;

export async function trainShard(task: ShardTask): Promise<ShardResult> {
  opening ??= open();
  const { session, teacher } = await opening;
  const random = new Random(seedOf(...task.seeds));
  const { pixels, targets } = makeBatch(task.pictures, source, setup.options, random);
  const masks = new Map(
    session.graph.masks.map(({ name, shape, rate }) => {
      const length = shape.reduce((product, side) => product * side, 1);
      return [name, dropoutMask(length, rate, random)];
    }),
  );
  const target = { gradients: ofShard(gradients, task.shard), statistics: ofShard(statistics, task.shard) };
  const remembered = teacher === null ? null : await teacher.soften(pixels, task.pictures.length);
  const told = setup.spec.contrastive?.facts ?? 0;
  const labels = task.pictures.map((picture) => source.labels[picture] ?? 0);
  const facts =
    setup.facts === null || told === 0 ? null : factsOf(labels, new Float32Array(setup.facts), told);
  const batch = { pixels, targets, remembered, facts, masks };
  const { loss, logits } = await session.differentiate(batch, weights, target);
  return {
    finite: isFinite(target.gradients),
    loss,
    accuracy:
      setup.options.contrastive === true
        ? foundShare(logits, targets)
        : agreement(logits, targets, setup.options.classes),
  };
}

async function open(): Promise<{ readonly session: TrainingSession; readonly teacher: Teacher | null }> {
  const { runtime, spec, batch, teacher } = setup;
  return {
    session: await openTraining(runtime, spec, batch, distillationOf(teacher)),
    teacher: teacher === null ? null : await openTeacher(teacher, spec.size),
  };
}

/** Averages the shards' gradients over the range and moves its weights by one step of Adam. */
export function moveWeights({ start, end, steps, rate, weightDecay }: MoveTask): void {
  const mean = new Float32Array(end - start);
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

/** A shard's part of what all shards write to. */
function ofShard(values: Float32Array, shard: number): Float32Array {
  const length = values.length / shards;
  return values.subarray(shard * length, (shard + 1) * length);
}

function isFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += (values[index] ?? 0) ** 2;
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

/** Share of the embeddings whose nearest other is one of their own. */
function foundShare(embeddings: Float32Array, positives: Float32Array): number {
  const rows = Math.sqrt(positives.length);
  const width = embeddings.length / rows;
  let found = 0;
  for (let row = 0; row < rows; row += 1) {
    const own = embeddings.subarray(row * width, (row + 1) * width);
    let [nearest, best] = [0, Number.NEGATIVE_INFINITY];
    for (let other = 0; other < rows; other += 1) {
      if (other === row) continue;
      const start = other * width;
      const cosine = own.reduce((sum, value, at) => sum + value * (embeddings[start + at] ?? 0), 0);
      if (cosine > best) [nearest, best] = [other, cosine];
    }
    if ((positives[row * rows + nearest] ?? 0) > 0) found += 1;
  }
  return found / rows;
}

function largest(values: Float32Array): number {
  let best = 0;
  for (const [index, value] of values.entries()) if (value > (values[best] ?? 0)) best = index;
  return best;
}
