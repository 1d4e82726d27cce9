/**
 * Trains a network: epochs of seeded mini-batches, a validation through the very graph that would be served,
 * early stopping on its loss with the best weights kept, and checkpoints: after each epoch, every few minutes
 * within one, and where it was interrupted.
 *
 * Every random number comes from (seed, epoch, step, shard), so a training that was stopped and taken up again
 * ends with the same weights as one that was not.
 */
import type { Clock } from '../../domain/ports.js';
import { negativeLogLikelihood, figures } from '../metrics.js';
import type { NetworkSpec } from '../../model/network.js';
import { ONNX_ON_CPU } from '../../model/runtime.js';
import type { RuntimeChoice } from '../../model/runtime.js';
import { buildServingGraph } from '../networks/serving-graph.js';
import type { NamedValues } from '../networks/served-values.js';
import { buildTrainingGraph } from '../networks/training-graph.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { EpochPart, EpochRecord } from './history.js';
import type { TrainOptions } from './options.js';
import { startFrom } from './start-from.js';
import type { StartingPoint } from './start-from.js';
import { checkOptions, recipeOf } from './recipe.js';
import { Random, seedOf } from '../../platform/random.js';
import { applyRates, epochLength, sampleEpoch, shownIn } from './sampler.js';
import { learningRateAt } from './schedule.js';
import { predict } from './serve.js';
import { initialState } from './state.js';
import type { NetworkState } from './state.js';
import { Stepper } from './steps.js';
import type { TrainingData } from './steps.js';
import type { TeacherSetup } from './teacher.js';
import type { TrainEnd } from './train-end.js';
import { checkpointOf, finishEpoch, freshProgress, restore, valuesOf } from './training-progress.js';
import type { TrainingProgress } from './training-progress.js';

export interface TrainSetting {
  /** Null keeps no checkpoint. */
  readonly checkpointPath: string | null;
  /** Go on from the checkpoint; without one, start anew. */
  readonly resume: boolean;
  /** What differentiates the network; ONNX Runtime on the CPU when absent. Validation always asks the ONNX network. */
  readonly runtime?: RuntimeChoice;
  /** Time between two checkpoints within an epoch; there is one after each epoch in any case. */
  readonly checkpointEveryMs?: number;
  /** Weights that are the start, such as those of a training on smaller pictures or of fewer classes. */
  readonly from?: StartingPoint;
  /** Whose answers the network is held to. */
  readonly teacher?: TeacherSetup | null;
  /** Whether the weights of the last epoch are the result, whatever validation says of them; the best ones when absent. */
  readonly keepLast?: boolean;
  /** What is learnt; to tell classes apart when absent. */
  readonly task?: TrainingTask;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

/** What is shown, and how well it was learnt. */
export interface TrainingTask {
  /** Pictures of an epoch in their order; as many in each epoch. */
  order(epoch: number): readonly number[];
  /** Of a serving graph. */
  validate(network: Uint8Array): Promise<{ readonly loss: number; readonly accuracy: number }>;
}

export interface StepProgress {
  readonly epoch: number;
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

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

/** An epoch that is lost costs no more than this. */
const CHECKPOINT_EVERY_MS = 5 * 60_000;
const FROM_THE_START: EpochPart = { step: 0, loss: 0, accuracy: 0, elapsedMs: 0 };

type Keep = () => Promise<void>;

/** Throws FashiondError for options that do not fit the data or the checkpoint. */
export async function train(
  spec: NetworkSpec,
  data: TrainingData,
  options: TrainOptions,
  setting: TrainSetting,
): Promise<TrainResult> {
  const runtime = setting.runtime ?? ONNX_ON_CPU;
  checkOptions(spec, data, options, runtime.device);
  const graph = buildTrainingGraph(spec, options.batch / options.workers);
  const state = initialState(graph, options.seed);
  const { from, teacher = null } = setting;
  if (from !== undefined) startFrom(from, spec, state);
  const progress = freshProgress(state, from?.name ?? null);
  const recipe = recipeOf(spec, data, options, from ?? null, teacher);
  if (setting.resume && setting.checkpointPath !== null) {
    const checkpoint = await readCheckpoint(setting.checkpointPath);
    if (checkpoint !== null) restore(checkpoint, recipe, state, progress);
  }
  const stepper = new Stepper(spec, data, options, state, runtime, teacher);
  const loop = new EpochLoop(spec, data, options, setting, state, stepper);
  try {
    const end = await runEpochs(loop, progress, options, async () => {
      loop.keptAt = setting.clock.monotonic();
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
  progress: TrainingProgress,
  options: TrainOptions,
  keep: Keep,
): Promise<TrainEnd> {
  for (let epoch = progress.history.length + 1; epoch <= options.epochs; epoch += 1) {
    if (progress.history.length - progress.best.epoch >= options.patience) return { kind: 'stopped-early' };
    const result = await loop.run(epoch, progress, keep);
    if (result.kind !== 'epoch') return result;
    finishEpoch(progress, result.record, loop.state, loop.setting.keepLast === true);
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
  /** When the last checkpoint was written, by the monotonic clock. */
  keptAt: number;

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
    this.keptAt = setting.clock.monotonic();
  }

  /** One epoch, or what is left of it. */
  async run(
    epoch: number,
    progress: TrainingProgress,
    keep: Keep,
  ): Promise<{ readonly kind: 'epoch'; readonly record: EpochRecord } | TrainEnd> {
    const { batch, seed, epochs } = this.#options;
    const { clock, signal, onStep, checkpointEveryMs = CHECKPOINT_EVERY_MS } = this.setting;
    const { order, steps } = this.#plan(epoch);
    const schedule = {
      peak: this.#options.learningRate,
      warmupSteps: this.#options.warmupSteps,
      totalSteps: epochs * steps,
    };
    const before = progress.part ?? FROM_THE_START;
    const start = clock.monotonic() - before.elapsedMs;
    const sums = { loss: before.loss, accuracy: before.accuracy };
    const keepPart = async (step: number): Promise<void> => {
      progress.part = { step, ...sums, elapsedMs: clock.monotonic() - start };
      await keep();
    };
    let learningRate = 0;
    for (let { step } = before; step < steps; step += 1) {
      if (signal.aborted) {
        if (step > before.step) await keepPart(step);
        return { kind: 'interrupted' };
      }
      if (clock.monotonic() - this.keptAt >= checkpointEveryMs && step > 0) await keepPart(step);
      learningRate = learningRateAt(schedule, (epoch - 1) * steps + step);
      const shown = shownIn(order, step, batch);
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

  /** Which pictures an epoch shows, in which order, and in how many steps. */
  #plan(epoch: number): { readonly order: readonly number[]; readonly steps: number } {
    const { batch, seed, balance, rates } = this.#options;
    if (this.setting.task !== undefined) {
      const order = this.setting.task.order(epoch);
      return { order, steps: Math.floor(order.length / batch) };
    }
    const { train: pictures, sources } = this.#data;
    const rate = (picture: number): number => rates[sources[picture] ?? ''] ?? 1;
    const random = new Random(seedOf(seed, epoch));
    const labels = new Int32Array(this.#data.labels);
    return {
      order: sampleEpoch(applyRates(pictures, rate, random), labels, balance, random),
      steps: Math.floor(epochLength(pictures, rate) / batch),
    };
  }

  async #validate(): Promise<{ readonly loss: number; readonly accuracy: number }> {
    const { pixels, labels, validation, size } = this.#data;
    const network = buildServingGraph(
      this.#spec,
      valuesOf(this.state, this.state.weights, this.state.statistics),
    );
    if (this.setting.task !== undefined) return this.setting.task.validate(network);
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
