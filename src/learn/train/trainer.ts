/**
 * Trains a network: epochs of seeded mini-batches, a validation through the very graph that would be served,
 * early stopping on its loss with the best weights kept, and a checkpoint after each epoch.
 *
 * Every random number comes from (seed, epoch, step, shard), so a training that was stopped and taken up again
 * ends with the same weights as one that was not.
 */
import { FashiondError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports.js';
import { negativeLogLikelihood, figures } from '../metrics.js';
import type { NetworkSpec } from '../../model/network.js';
import { buildServingGraph } from '../networks/serving-graph.js';
import type { NamedValues } from '../networks/serving-graph.js';
import { buildTrainingGraph } from '../networks/training-graph.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import type { EpochRecord } from './history.js';
import { namedParts } from './layout.js';
import type { TrainOptions } from './options.js';
import { startFrom } from './start-from.js';
import { checkOptions, recipeOf } from './recipe.js';
import { Random, seedOf } from '../../platform/random.js';
import { applyRates, epochLength, sampleEpoch } from './sampler.js';
import { learningRateAt } from './schedule.js';
import { predict } from './serve.js';
import { initialState } from './state.js';
import type { NetworkState } from './state.js';
import { Stepper } from './steps.js';
import type { TrainingData } from './steps.js';

export interface TrainSetting {
  /** Null keeps no checkpoint. */
  readonly checkpointPath: string | null;
  /** Go on from the checkpoint; without one, start anew. */
  readonly resume: boolean;
  /** Checkpoint of another training whose best weights are the start, such as one on smaller pictures. */
  readonly from?: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

export interface StepProgress {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

/** How a training ended; in every case the best weights so far are the result. */
export type TrainEnd =
  | { readonly kind: 'completed' }
  /** The validation loss did not fall for `patience` epochs. */
  | { readonly kind: 'stopped-early' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'diverged'; readonly reason: string };

export interface TrainResult {
  readonly end: TrainEnd;
  /** Epoch 0 when none was finished: the values are then the initial ones. */
  readonly best: { readonly epoch: number; readonly loss: number };
  readonly history: readonly EpochRecord[];
  /** The weights it started from, for people; null for random ones. */
  readonly startedFrom: string | null;
  /** Best weights and running statistics by name. */
  readonly values: NamedValues;
}

interface Progress {
  startedFrom: string | null;
  best: { readonly epoch: number; readonly loss: number };
  bestWeights: Float32Array;
  bestStatistics: Float32Array;
  readonly history: EpochRecord[];
}

/** Throws FashiondError for options that do not fit the data or the checkpoint. */
export async function train(
  spec: NetworkSpec,
  data: TrainingData,
  options: TrainOptions,
  setting: TrainSetting,
): Promise<TrainResult> {
  checkOptions(spec, data, options);
  const graph = buildTrainingGraph(spec, options.batch / options.workers);
  const state = initialState(graph, options.seed);
  const startedFrom = setting.from === undefined ? null : await startFrom(setting.from, spec, state);
  const progress: Progress = {
    startedFrom,
    best: { epoch: 0, loss: Number.POSITIVE_INFINITY },
    bestWeights: Float32Array.from(state.weights),
    bestStatistics: Float32Array.from(state.statistics),
    history: [],
  };
  const recipe = recipeOf(spec, data, options);
  if (setting.resume && setting.checkpointPath !== null) {
    const checkpoint = await readCheckpoint(setting.checkpointPath);
    if (checkpoint !== null) restore(checkpoint, recipe, state, progress);
  }
  const stepper = new Stepper(spec, data, options, state);
  const loop = new EpochLoop(spec, data, options, setting, state, stepper);
  try {
    const end = await runEpochs(loop, progress, options, async () => {
      if (setting.checkpointPath === null) return;
      await writeCheckpoint(setting.checkpointPath, checkpointOf(recipe, state, progress));
    });
    return {
      end,
      best: progress.best,
      history: progress.history,
      startedFrom: progress.startedFrom,
      values: valuesOf(state, progress.bestWeights, progress.bestStatistics),
    };
  } finally {
    await stepper.close();
  }
}

async function runEpochs(
  loop: EpochLoop,
  progress: Progress,
  options: TrainOptions,
  keep: () => Promise<void>,
): Promise<TrainEnd> {
  for (let epoch = progress.history.length + 1; epoch <= options.epochs; epoch += 1) {
    if (progress.history.length - progress.best.epoch >= options.patience) return { kind: 'stopped-early' };
    const result = await loop.run(epoch);
    if (result.kind !== 'epoch') return result;
    progress.history.push(result.record);
    if (result.record.validationLoss < progress.best.loss) {
      progress.best = { epoch, loss: result.record.validationLoss };
      progress.bestWeights = Float32Array.from(loop.state.weights);
      progress.bestStatistics = Float32Array.from(loop.state.statistics);
    }
    await keep();
    loop.setting.onEpoch?.(result.record);
  }
  return { kind: 'completed' };
}

class EpochLoop {
  readonly setting: TrainSetting;
  readonly state: NetworkState;
  readonly #spec: NetworkSpec;
  readonly #data: TrainingData;
  readonly #options: TrainOptions;
  readonly #stepper: Stepper;

  constructor(
    spec: NetworkSpec,
    data: TrainingData,
    options: TrainOptions,
    setting: TrainSetting,
    state: NetworkState,
    stepper: Stepper,
  ) {
    this.setting = setting;
    this.state = state;
    this.#spec = spec;
    this.#data = data;
    this.#options = options;
    this.#stepper = stepper;
  }

  async run(epoch: number): Promise<{ readonly kind: 'epoch'; readonly record: EpochRecord } | TrainEnd> {
    const { batch, seed, balance, rates, epochs } = this.#options;
    const { clock, signal, onStep } = this.setting;
    const { train: pictures, sources } = this.#data;
    const rate = (picture: number): number => rates[sources[picture] ?? ''] ?? 1;
    const steps = Math.floor(epochLength(pictures, rate) / batch);
    const schedule = {
      peak: this.#options.learningRate,
      warmupSteps: this.#options.warmupSteps,
      totalSteps: epochs * steps,
    };
    const labels = new Int32Array(this.#data.labels);
    const random = new Random(seedOf(seed, epoch));
    const order = sampleEpoch(applyRates(pictures, rate, random), labels, balance, random);
    const start = clock.monotonic();
    const sums = { loss: 0, accuracy: 0 };
    let learningRate = 0;
    for (let step = 0; step < steps; step += 1) {
      if (signal.aborted) return { kind: 'interrupted' };
      learningRate = learningRateAt(schedule, (epoch - 1) * steps + step);
      // Sampling may round to a few pictures less; the first ones fill the last batch.
      const shown = Array.from(
        { length: batch },
        (_, index) => order[(step * batch + index) % order.length] ?? 0,
      );
      const { loss, accuracy } = await this.#stepper.step(shown, [seed, epoch, step], learningRate);
      if (Number.isNaN(loss)) {
        const reason = `the loss is no number any more in epoch ${epoch}, step ${step + 1} (learning rate ${learningRate})`;
        return { kind: 'diverged', reason };
      }
      sums.loss += loss / steps;
      sums.accuracy += accuracy / steps;
      onStep?.({ epoch, step: step + 1, steps, loss });
    }
    const elapsedMs = clock.monotonic() - start;
    const validation = await this.#validate();
    if (!Number.isFinite(validation.loss)) {
      return { kind: 'diverged', reason: `the validation loss is no number after epoch ${epoch}` };
    }
    const record: EpochRecord = {
      epoch,
      trainLoss: sums.loss,
      trainAccuracy: sums.accuracy,
      validationLoss: validation.loss,
      validationAccuracy: validation.accuracy,
      learningRate,
      picturesPerSecond: (steps * batch * 1000) / Math.max(1, elapsedMs),
      elapsedMs: clock.monotonic() - start,
    };
    return { kind: 'epoch', record };
  }

  async #validate(): Promise<{ readonly loss: number; readonly accuracy: number }> {
    const { pixels, labels, validation, size } = this.#data;
    const network = buildServingGraph(
      this.#spec,
      valuesOf(this.state, this.state.weights, this.state.statistics),
    );
    const source = { pixels: new Uint8Array(pixels), size };
    const probabilities = await predict(network, source, validation, this.#options.workers);
    const all = new Int32Array(labels);
    const predictions = {
      probabilities,
      classes: this.#spec.classes,
      labels: validation.map((picture) => all[picture] ?? 0),
    };
    return {
      loss: negativeLogLikelihood(predictions, 1),
      accuracy: figures(predictions, 0).accuracy.value,
    };
  }
}

function valuesOf(state: NetworkState, weights: Float32Array, statistics: Float32Array): NamedValues {
  return new Map([
    ...namedParts(state.weightLayout, weights),
    ...namedParts(state.statisticLayout, statistics),
  ]);
}

function checkpointOf(recipe: string, state: NetworkState, progress: Progress): Checkpoint {
  return {
    recipe,
    steps: state.adam.steps,
    best: progress.best,
    history: progress.history,
    startedFrom: progress.startedFrom,
    vectors: {
      weights: state.weights,
      statistics: state.statistics,
      mean: state.adam.mean,
      square: state.adam.square,
      bestWeights: progress.bestWeights,
      bestStatistics: progress.bestStatistics,
    },
  };
}

function restore(checkpoint: Checkpoint, recipe: string, state: NetworkState, progress: Progress): void {
  if (checkpoint.recipe !== recipe) {
    throw new FashiondError('incompatible', 'the checkpoint is of another network, data set or options', {
      hint: 'repeat the options of the first run, or start again without --resume',
    });
  }
  const { vectors } = checkpoint;
  state.weights.set(vectors.weights);
  state.statistics.set(vectors.statistics);
  state.adam.mean.set(vectors.mean);
  state.adam.square.set(vectors.square);
  state.adam.steps = checkpoint.steps;
  progress.startedFrom = checkpoint.startedFrom ?? progress.startedFrom;
  progress.best = checkpoint.best;
  progress.bestWeights = Float32Array.from(vectors.bestWeights);
  progress.bestStatistics = Float32Array.from(vectors.bestStatistics);
  progress.history.push(...checkpoint.history);
}
