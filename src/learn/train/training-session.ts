/** What differentiates a network: the port of every runtime that trains. */
import type { TrainingGraph } from '../networks/training-graph.js';

/** One shard of a mini-batch. */
export interface ShardBatch {
  /** uint8 [N, size, size, 3]. */
  readonly pixels: Uint8Array;
  /** [N, classes]. */
  readonly targets: Float32Array;
  /** The teacher's answers, as `Teacher.soften` gives them; null without one. */
  readonly remembered: Float32Array | null;
  /** Facts of the garments and, 1 or 0, whether they are known, each [N, facts]; null for a network that tells none. */
  readonly facts?: { readonly values: Float32Array; readonly known: Float32Array } | null;
  /** Dropout masks by the names of the graph's `masks`. */
  readonly masks: ReadonlyMap<string, Float32Array>;
}

/** Where the results of a step are written; both are laid out as `layoutOf` places the graph's parts. */
interface StepTarget {
  readonly gradients: Float32Array;
  /** Means and variances of the batch. */
  readonly statistics: Float32Array;
}

/** A network ready to be differentiated on one thread, for batches of one size. */
export interface TrainingSession {
  /** Names, shapes and order of parameters, statistics and masks; the same on every runtime. */
  readonly graph: TrainingGraph;
  /** `weights`: all parameters in the graph's order. The loss is the mean over the batch; logits are [N, classes]. */
  differentiate(
    batch: ShardBatch,
    weights: Float32Array,
    target: StepTarget,
  ): Promise<{ readonly loss: number; readonly logits: Float32Array }>;
  close(): Promise<void>;
}
