/** One step of training on a made-up batch, and how far two results of it are apart. */
import { dropoutMask } from '../../src/learn/train/batch.js';
import { layoutOf, namedParts, statisticsLayout } from '../../src/learn/train/layout.js';
import type { ShardBatch, TrainingSession } from '../../src/learn/train/training-session.js';
import type { NetworkSpec } from '../../src/model/network.js';
import { Random } from '../../src/platform/random.js';

export const BATCH = 4;

/** One batch: random pixels (no two alike in a square that is pooled), soft targets, dropout masks. */
export function shard(spec: NetworkSpec, session: TrainingSession, known = 0): ShardBatch {
  const random = new Random(21);
  const targets = new Float32Array(BATCH * spec.classes).fill(0.1 / spec.classes);
  for (let row = 0; row < BATCH; row += 1) targets[row * spec.classes + (row % spec.classes)]! += 0.9;
  const masks = session.graph.masks.map(({ name, shape, rate }): [string, Float32Array] => [
    name,
    dropoutMask(
      shape.reduce((product, side) => product * side, 1),
      rate,
      random,
    ),
  ]);
  const pixels = Uint8Array.from({ length: BATCH * spec.size ** 2 * 3 }, () => random.int(0, 255));
  const remembered = known === 0 ? null : Float32Array.from({ length: BATCH * known }, () => random.next());
  return { pixels, targets, remembered, masks: new Map(masks) };
}

/** Everything a step gives, by name. */
export async function step(
  session: TrainingSession,
  batch: ShardBatch,
  values: ReadonlyMap<string, Float32Array>,
): Promise<Map<string, Float32Array>> {
  const layout = layoutOf(session.graph.parameters);
  const statistics = statisticsLayout(session.graph);
  const weights = new Float32Array(layout.length);
  for (const { name, start } of layout.parts) weights.set(values.get(name)!, start);
  const target = {
    gradients: new Float32Array(layout.length).fill(Number.NaN),
    statistics: new Float32Array(statistics.length).fill(Number.NaN),
  };
  const { loss, logits } = await session.differentiate(batch, weights, target);
  return new Map([
    ['loss', Float32Array.of(loss)],
    ['logits', logits],
    ...namedParts(layout, target.gradients).map(([name, data]) => [`gradient ${name}`, data] as const),
    ...namedParts(statistics, target.statistics),
  ]);
}

/** The largest difference, as a share of the largest value there is. */
export function difference(own: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (own.length !== expected.length) return Number.POSITIVE_INFINITY;
  const values = Array.from(expected);
  const scale = Math.max(1e-3, ...values.map(Math.abs));
  return Math.max(...values.map((value, at) => Math.abs(own[at]! - value) / scale));
}
