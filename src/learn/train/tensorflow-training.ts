/** A training step in TensorFlow: the layers of the ONNX graph, differentiated by tfjs. */
import { FashiondError } from '../../domain/errors.js';
import { partName } from '../../model/network.js';
import type { NetworkSpec } from '../../model/network.js';
import type { TensorFlow, TfTensor } from '../../model/tensorflow.js';
import { forwardInTensorFlow, KERNEL_AXES, normalizeBatch } from '../../model/tensorflow-network.js';
import type { NetworkParts } from '../../model/tensorflow-network.js';
import { knownColumns } from '../graph/distillation-loss.js';
import { buildTrainingGraph } from '../networks/training-graph.js';
import { layoutOf, statisticsLayout } from './layout.js';
import type { Distillation } from '../graph/distillation-loss.js';
import type { ShardBatch, TrainingSession } from './training-session.js';

/**
 * Agrees with ONNX to rounding, but for ties: where several values of a pooled square are the largest, TensorFlow
 * gives one of them the derivative, and the ONNX graph each its share.
 */
export function openTensorFlowTraining(
  tf: TensorFlow,
  spec: NetworkSpec,
  batch: number,
  distillation: Distillation | null = null,
): TrainingSession {
  if (spec.contrastive !== undefined) {
    throw new FashiondError('config', 'TensorFlow does not train networks that compare pictures', {
      hint: 'train with --runtime onnx',
    });
  }
  const graph = buildTrainingGraph(spec, batch);
  const parameters = layoutOf(graph.parameters).parts;
  const statistics = statisticsLayout(graph).parts;
  const names = parameters.map(({ name }) => name);
  const step = (shard: ShardBatch, weights: Float32Array): readonly TfTensor[] =>
    tf.tidy(() => {
      const aside: TfTensor[] = [];
      const loss = (...tensors: TfTensor[]): TfTensor => {
        const values = new Map(tensors.map((tensor, index) => [names[index] ?? '', tensor]));
        const parts = new TrainingParts(tf, values, maskTensors(tf, graph.masks, shard.masks));
        const { logits } = forwardInTensorFlow(tf, spec, parts, shard.pixels, batch);
        const targets = tf.tensor(shard.targets, [batch, spec.classes]);
        aside.push(logits, ...statistics.map(({ name }) => named(parts.statistics, name)));
        for (const tensor of aside) tf.keep(tensor);
        const byLabels = tf.mul(tf.sum(tf.mul(targets, tf.logSoftmax(logits))), -1 / batch);
        if (distillation === null || shard.remembered === null) return byLabels;
        return tf.add(byLabels, distilled(tf, logits, shard.remembered, distillation));
      };
      const inputs = parameters.map(({ shape, start, end }) => tf.tensor(weights.slice(start, end), shape));
      const { value, grads } = tf.valueAndGrads(loss)(inputs);
      return [value, ...aside, ...grads].map((tensor) => tf.keep(tensor));
    });
  return {
    graph,
    async differentiate(shard, weights, target) {
      const tensors = step(shard, weights);
      const data = await Promise.all(tensors.map((tensor) => tensor.data()));
      for (const tensor of tensors) tensor.dispose();
      const [loss, logits, ...rest] = data;
      for (const [index, { start }] of statistics.entries()) target.statistics.set(rest[index] ?? [], start);
      for (const [index, { start }] of parameters.entries()) {
        target.gradients.set(rest[statistics.length + index] ?? [], start);
      }
      return { loss: loss?.[0] ?? Number.NaN, logits: Float32Array.from(logits ?? []) };
    },
    close: () => Promise.resolve(),
  };
}

/** As ../graph/distillation-loss.ts has it. */
function distilled(
  tf: TensorFlow,
  logits: TfTensor,
  remembered: Float32Array,
  { classes, temperature }: Distillation,
): TfTensor {
  const [batch = 1, width = 1] = logits.shape;
  const selection = tf.tensor(knownColumns(width, classes, temperature), [width, classes]);
  const answers = tf.tensor(remembered, [batch, classes]);
  const terms = tf.mul(answers, tf.logSoftmax(tf.matMul(logits, selection)));
  return tf.mul(tf.sum(terms), -(temperature ** 2) / batch);
}

function maskTensors(
  tf: TensorFlow,
  masks: readonly { readonly name: string; readonly shape: readonly number[] }[],
  values: ReadonlyMap<string, Float32Array>,
): Map<string, TfTensor> {
  return new Map(
    masks.map(({ name, shape }) => [name, tf.tensor(values.get(name) ?? new Float32Array(), shape)]),
  );
}

function named<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value !== undefined) return value;
  throw new FashiondError('internal', `the network in TensorFlow has no ${name}`);
}

class TrainingParts implements NetworkParts {
  /** Means and variances of the batch, by name. */
  readonly statistics = new Map<string, TfTensor>();
  readonly #tf: TensorFlow;
  readonly #values: ReadonlyMap<string, TfTensor>;
  readonly #masks: ReadonlyMap<string, TfTensor>;

  constructor(tf: TensorFlow, values: ReadonlyMap<string, TfTensor>, masks: ReadonlyMap<string, TfTensor>) {
    this.#tf = tf;
    this.#values = values;
    this.#masks = masks;
  }

  kernel(layer: string): TfTensor {
    return this.#tf.transpose(named(this.#values, partName(layer, 'weight')), KERNEL_AXES);
  }

  normalize(layer: string, x: TfTensor): TfTensor {
    const channels = [x.shape.at(-1) ?? 0];
    const [scale, shift] = (['scale', 'shift'] as const).map((part) =>
      this.#tf.reshape(named(this.#values, partName(layer, part)), channels),
    ) as [TfTensor, TfTensor];
    const { output, mean, variance } = normalizeBatch(this.#tf, x, scale, shift);
    this.statistics.set(partName(layer, 'mean'), mean).set(partName(layer, 'variance'), variance);
    return output;
  }

  dense(layer: string): readonly [TfTensor, TfTensor] {
    return [named(this.#values, partName(layer, 'weight')), named(this.#values, partName(layer, 'bias'))];
  }

  /** Without a mask the layer drops nothing. */
  dropout(layer: string, x: TfTensor): TfTensor {
    const mask = this.#masks.get(`mask ${layer}`);
    return mask === undefined ? x : this.#tf.mul(x, mask);
  }
}
