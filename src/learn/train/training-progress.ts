/** How far a training has come, and the checkpoint that keeps it. */
import { FashiondError } from '../../domain/errors.js';
import type { NamedValues } from '../networks/served-values.js';
import type { Checkpoint } from './checkpoint.js';
import type { EpochPart, EpochRecord } from './history.js';
import { namedParts } from './layout.js';
import type { NetworkState } from './state.js';

export interface TrainingProgress {
  /** The weights it started from, for people; null for random ones. */
  startedFrom: string | null;
  /** Epoch 0 while none was finished. */
  best: { readonly epoch: number; readonly loss: number };
  bestWeights: Float32Array;
  bestStatistics: Float32Array;
  readonly history: EpochRecord[];
  /** Of the epoch after those of `history`; null before its first step. */
  part: EpochPart | null;
}

export function freshProgress(state: NetworkState, startedFrom: string | null): TrainingProgress {
  return {
    startedFrom,
    best: { epoch: 0, loss: Number.POSITIVE_INFINITY },
    bestWeights: Float32Array.from(state.weights),
    bestStatistics: Float32Array.from(state.statistics),
    history: [],
    part: null,
  };
}

/** Adds an epoch, and takes over the weights when none was better, or in any case. */
export function finishEpoch(
  progress: TrainingProgress,
  record: EpochRecord,
  state: NetworkState,
  inAnyCase = false,
): void {
  progress.history.push(record);
  progress.part = null;
  if (record.validationLoss >= progress.best.loss && !inAnyCase) return;
  progress.best = { epoch: record.epoch, loss: record.validationLoss };
  progress.bestWeights = Float32Array.from(state.weights);
  progress.bestStatistics = Float32Array.from(state.statistics);
}

/** Weights and running statistics by name. */
export function valuesOf(state: NetworkState, weights: Float32Array, statistics: Float32Array): NamedValues {
  return new Map([
    ...namedParts(state.weightLayout, weights),
    ...namedParts(state.statisticLayout, statistics),
  ]);
}

export function checkpointOf(recipe: string, state: NetworkState, progress: TrainingProgress): Checkpoint {
  return {
    recipe,
    steps: state.adam.steps,
    part: progress.part,
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

/** Puts state and progress where the checkpoint left them. Throws FashiondError for that of another training. */
export function restore(
  checkpoint: Checkpoint,
  recipe: string,
  state: NetworkState,
  progress: TrainingProgress,
): void {
  if (checkpoint.recipe !== recipe) {
    throw new FashiondError(
      'incompatible',
      'the checkpoint is of another network, data set, options or starting model',
      {
        hint: 'repeat the options of the first run, --from among them, or start again without --resume',
      },
    );
  }
  const { vectors } = checkpoint;
  state.weights.set(vectors.weights);
  state.statistics.set(vectors.statistics);
  state.adam.mean.set(vectors.mean);
  state.adam.square.set(vectors.square);
  state.adam.steps = checkpoint.steps;
  progress.startedFrom = checkpoint.startedFrom;
  progress.best = checkpoint.best;
  progress.bestWeights = Float32Array.from(vectors.bestWeights);
  progress.bestStatistics = Float32Array.from(vectors.bestStatistics);
  progress.history.push(...checkpoint.history);
  progress.part = checkpoint.part;
}
