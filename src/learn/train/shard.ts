/** What passes between the trainer and its threads. Pictures, weights and gradients lie in shared memory. */
import type { NetworkSpec } from '../../model/network.js';
import type { BatchOptions } from './batch.js';

/** Given to each thread once. */
export interface ShardSetup {
  readonly spec: NetworkSpec;
  /** Pictures of one shard. */
  readonly batch: number;
  readonly options: BatchOptions;
  /** uint8, the data set's pictures. */
  readonly pixels: SharedArrayBuffer;
  /** int32, one a picture. */
  readonly labels: SharedArrayBuffer;
  /** float32, written by the trainer between steps. */
  readonly weights: SharedArrayBuffer;
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
  /** Mean over the shard. */
  readonly loss: number;
  /** Share of pictures whose largest logit is their largest target. */
  readonly accuracy: number;
}
