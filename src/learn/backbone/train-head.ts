/**
 * Trains a head on features that do not change: the optimizer, the schedule, the sampling and the early stopping of
 * every training here, on one thread, in seconds. Each picture is shown plain or mirrored, as the seed decides.
 */
import type { Clock } from '../../domain/ports.js';
import { Random, seedOf } from '../../platform/random.js';
import type { Predictions } from '../evaluation/decisions.js';
import { figures, negativeLogLikelihood } from '../metrics.js';
import type { NamedValues } from '../networks/served-values.js';
import { gradientName } from '../networks/training-graph.js';
import { floats, openSession, Tensor } from '../runtime.js';
import type { Session } from '../runtime.js';
import { dropoutMask } from '../train/batch.js';
import type { EpochRecord } from '../train/history.js';
import { ADAM_DEFAULTS, adamStep } from '../train/optimizer.js';
import type { TrainOptions } from '../train/options.js';
import { applyRates, epochLength, sampleEpoch, shownIn } from '../train/sampler.js';
import { learningRateAt } from '../train/schedule.js';
import { initialState } from '../train/state.js';
import type { TrainEnd } from '../train/train-end.js';
import { finishEpoch, freshProgress, valuesOf } from '../train/training-progress.js';
import { buildHeadTraining, headNetwork } from './head-graph.js';
import type { HeadShape } from './head-graph.js';

/** Standardized features with their classes. */
export interface HeadData {
  readonly train: Float32Array;
  readonly mirrored: Float32Array;
  readonly trainLabels: readonly number[];
  /** How often an epoch shows each training picture. */
  readonly rates: readonly number[];
  readonly validation: Float32Array;
  readonly validationLabels: readonly number[];
}

export interface HeadResult {
  readonly end: TrainEnd;
  readonly best: { readonly epoch: number; readonly loss: number };
  readonly history: readonly EpochRecord[];
  readonly values: NamedValues;
}

interface HeadSetting {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onEpoch?: (record: EpochRecord) => void;
}

export async function trainHead(
  shape: HeadShape,
  data: HeadData,
  options: TrainOptions,
  { signal, clock, onEpoch }: HeadSetting,
): Promise<HeadResult> {
  const graph = buildHeadTraining(shape, options.batch);
  const state = initialState(graph, options.seed);
  const progress = freshProgress(state, null);
  const session = await openSession(graph.bytes, options.workers, { optimization: 'as-written' });
  const epoch = new HeadEpoch(shape, data, options, graph, state, session);
  const finish = (end: TrainEnd): HeadResult => ({
    end,
    best: progress.best,
    history: progress.history,
    values: valuesOf(state, progress.bestWeights, progress.bestStatistics),
  });
  try {
    for (let number = 1; number <= options.epochs; number += 1) {
      if (progress.history.length - progress.best.epoch >= options.patience)
        return finish({ kind: 'stopped-early' });
      if (signal.aborted) return finish({ kind: 'interrupted' });
      const start = clock.monotonic();
      const shown = await epoch.run(number);
      const elapsedMs = clock.monotonic() - start;
      const values = valuesOf(state, state.weights, state.statistics);
      const predictions = await predictHead(shape, values, data.validation, data.validationLabels);
      const validationLoss = negativeLogLikelihood(predictions, 1);
      if (!Number.isFinite(shown.loss) || !Number.isFinite(validationLoss)) {
        return finish({ kind: 'diverged', reason: `the loss is no number any more in epoch ${number}` });
      }
      const record: EpochRecord = {
        epoch: number,
        trainLoss: shown.loss,
        trainAccuracy: shown.accuracy,
        validationLoss,
        validationAccuracy: figures(predictions, 0).accuracy.value,
        learningRate: shown.learningRate,
        picturesPerSecond: (shown.pictures * 1000) / Math.max(1, elapsedMs),
        elapsedMs,
      };
      finishEpoch(progress, record, state);
      onEpoch?.(record);
    }
    return finish({ kind: 'completed' });
  } finally {
    await session.release();
  }
}

/** What the head says of rows of features. */
export async function predictHead(
  shape: HeadShape,
  values: NamedValues,
  features: Float32Array,
  labels: readonly number[],
): Promise<Predictions> {
  const session = await openSession(headNetwork(shape, values), 1);
  try {
    const feeds = { features: new Tensor('float32', features, [labels.length, shape.width]) };
    const probabilities = Float32Array.from(floats(await session.run(feeds), 'probabilities'));
    return { probabilities, classes: shape.classes, labels };
  } finally {
    await session.release();
  }
}

interface Shown {
  readonly loss: number;
  readonly accuracy: number;
  readonly learningRate: number;
  readonly pictures: number;
}

class HeadEpoch {
  readonly #shape: HeadShape;
  readonly #data: HeadData;
  readonly #options: TrainOptions;
  readonly #graph: ReturnType<typeof buildHeadTraining>;
  readonly #state: ReturnType<typeof initialState>;
  readonly #session: Session;

  constructor(
    shape: HeadShape,
    data: HeadData,
    options: TrainOptions,
    graph: ReturnType<typeof buildHeadTraining>,
    state: ReturnType<typeof initialState>,
    session: Session,
  ) {
    this.#shape = shape;
    this.#data = data;
    this.#options = options;
    this.#graph = graph;
    this.#state = state;
    this.#session = session;
  }

  async run(epoch: number): Promise<Shown> {
    const { batch, seed, epochs, learningRate, balance, warmupSteps } = this.#options;
    const { trainLabels, rates } = this.#data;
    const random = new Random(seedOf(seed, epoch));
    const pictures = [...trainLabels.keys()];
    const rateOf = (picture: number): number => rates[picture] ?? 1;
    const order = sampleEpoch(applyRates(pictures, rateOf, random), trainLabels, balance, random);
    // What an epoch draws differs from epoch to epoch; the schedule must not.
    const steps = Math.floor(epochLength(pictures, rateOf) / batch);
    const totalSteps = epochs * steps;
    // Few pictures make few steps, most of which must not be spent on warming up.
    const schedule = {
      peak: learningRate,
      warmupSteps: Math.min(warmupSteps, Math.floor(totalSteps / 5)),
      totalSteps,
    };
    const sums = { loss: 0, accuracy: 0 };
    let rate = 0;
    for (let step = 0; step < steps; step += 1) {
      rate = learningRateAt(schedule, (epoch - 1) * steps + step);
      const { loss, accuracy } = await this.#step(shownIn(order, step, batch), rate, random);
      sums.loss += loss / steps;
      sums.accuracy += accuracy / steps;
    }
    return { ...sums, learningRate: rate, pictures: steps * batch };
  }

  async #step(
    shown: readonly number[],
    rate: number,
    random: Random,
  ): Promise<{ loss: number; accuracy: number }> {
    const { width, classes } = this.#shape;
    const { labelSmoothing, weightDecay } = this.#options;
    const features = new Float32Array(shown.length * width);
    const targets = new Float32Array(shown.length * classes).fill(labelSmoothing / classes);
    for (const [row, picture] of shown.entries()) {
      const view = random.chance(0.5) ? this.#data.mirrored : this.#data.train;
      features.set(view.subarray(picture * width, (picture + 1) * width), row * width);
      const at = row * classes + (this.#data.trainLabels[picture] ?? 0);
      targets[at] = (targets[at] ?? 0) + 1 - labelSmoothing;
    }
    const feeds: Record<string, Tensor> = {
      features: new Tensor('float32', features, [shown.length, width]),
      targets: new Tensor('float32', targets, [shown.length, classes]),
    };
    for (const { name, shape, rate: dropped } of this.#graph.masks) {
      feeds[name] = new Tensor('float32', dropoutMask(shown.length * width, dropped, random), shape);
    }
    const { weights, weightLayout, decays, adam } = this.#state;
    // Copies: the runtime's binding does not read shared memory.
    for (const { name, shape, start, end } of weightLayout.parts) {
      feeds[name] = new Tensor('float32', weights.slice(start, end), shape);
    }
    const outputs = await this.#session.run(feeds);
    const gradient = new Float32Array(weights.length);
    for (const { name, start } of weightLayout.parts)
      gradient.set(floats(outputs, gradientName(name)), start);
    const logits = floats(outputs, 'logits');
    const loss = floats(outputs, 'loss')[0] ?? Number.NaN;
    adamStep(adam, weights, gradient, decays, rate, { ...ADAM_DEFAULTS, weightDecay });
    const right = shown.filter((picture, row) => {
      const own = logits.subarray(row * classes, (row + 1) * classes);
      return own.indexOf(Math.max(...own)) === this.#data.trainLabels[picture];
    });
    return { loss, accuracy: right.length / shown.length };
  }
}
