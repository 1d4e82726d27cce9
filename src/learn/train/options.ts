/** How a network is trained. Everything that changes the result is here, and a checkpoint holds it. */
import type { Augmentation } from './augment.js';
import { DEFAULT_AUGMENTATION } from './augment.js';

export interface TrainOptions {
  readonly epochs: number;
  /** Pictures of one step; divided among the threads. */
  readonly batch: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  /** Steps over which the learning rate rises. */
  readonly warmupSteps: number;
  readonly labelSmoothing: number;
  readonly mixup: number;
  /** Between classes, 0 (as they are) to 1 (all alike). */
  readonly balance: number;
  /**
   * How often a picture of a source is shown in an epoch, by the source's name: 0.5 shows every other one, 2 shows
   * each twice. Sources that are not named: once.
   */
  readonly rates: Readonly<Record<string, number>>;
  /** Epochs without a better validation loss after which training stops. */
  readonly patience: number;
  readonly seed: number;
  /** Threads, each with one core; part of the result, because each normalizes its own part of a batch. */
  readonly workers: number;
  readonly augmentation: Augmentation;
}

/** Those of the measured baseline (design: 0.87 on ten classes), with a smaller batch for fewer pictures. */
export const TRAIN_DEFAULTS: TrainOptions = {
  epochs: 30,
  batch: 64,
  learningRate: 2e-3,
  weightDecay: 0.05,
  warmupSteps: 100,
  labelSmoothing: 0.05,
  mixup: 0.2,
  balance: 0.5,
  rates: {},
  patience: 10,
  seed: 1,
  workers: 2,
  augmentation: DEFAULT_AUGMENTATION,
};

/** Highest learning rate where the classes of a network that has learnt change. */
export const FINE_TUNE_RATE = 1e-3;
/** Steps over which it rises there: there are few steps in all, and most of the weights are where they belong. */
export const FINE_TUNE_WARMUP = 20;
