/**
 * What passes between the trainer and its threads. Pictures, weights, gradients and the optimizer's memory are shared.
 * A step has two rounds: first every thread differentiates a shard of the batch, then every thread moves a range of
 * the weights by the mean of all shards' gradients.
 */
import type { NetworkSpec } from '../../model/network.js';
import type { RuntimeChoice } from '../../model/runtime.js';
import type { BatchOptions } from './batch.js';
import type { TeacherSetup } from './teacher.js';

/** Given to each thread once. */
export interface ShardSetup {
  readonly spec: NetworkSpec;
  readonly runtime: RuntimeChoice;
  /** Pictures of one shard. */
  readonly batch: number;
  readonly options: BatchOptions;
  /** Whose answers are kept; null where nobody's are. */
  readonly teacher: TeacherSetup | null;
  /** uint8, the data set's pictures. */
  readonly pixels: SharedArrayBuffer;
  /** int32, one a picture. */
  readonly labels: SharedArrayBuffer;
  /** float32, of each label its facts, NaN where one is not known; null for a network that tells none. */
  readonly facts: SharedArrayBuffer | null;
  /** float32, moved by the threads between batches. */
  readonly weights: SharedArrayBuffer;
  /** float32, as long as the weights: Adam's running means of the gradient and of its square. */
  readonly moments: { readonly mean: SharedArrayBuffer; readonly square: SharedArrayBuffer };
  /** uint8, 1 for each weight that decays. */
  readonly decays: SharedArrayBuffer;
  /** float32, one vector as long as the weights for each shard, written by the threads. */
  readonly gradients: SharedArrayBuffer;
  /** float32, batch means and variances for each shard, written by the threads. */
  readonly statistics: SharedArrayBuffer;
}

export interface ShardTask {
  /** Which part of the shared results is this task's. */
  readonly shard: number;
  readonly pictures: readonly number[];
  /** Decide the task's random numbers. */
  readonly seeds: readonly number[];
}

export interface ShardResult {
  /** Whether every value of the gradient is a finite number. */
  readonly finite: boolean;
  /** Mean over the shard. */
  readonly loss: number;
  /** Share of pictures whose largest logit is their largest target. */
  readonly accuracy: number;
}

/** Weights from `start` to `end`, exclusive, to be moved. */
export interface MoveTask {
  readonly start: number;
  readonly end: number;
  /** Optimizer steps taken before. */
  readonly steps: number;
  readonly rate: number;
  readonly weightDecay: number;
}
