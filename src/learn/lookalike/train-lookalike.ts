/** Pictures of the same garments -> the network that tells which pictures show one garment. */
import { join } from 'node:path';
import type { Clock } from '../../domain/ports.js';
import type { NetworkSpec } from '../../model/network.js';
import { checkLearnt } from '../train/train-end.js';
import type { TrainOptions } from '../train/options.js';
import { predict } from '../train/serve.js';
import type { StartingPoint } from '../train/start-from.js';
import { train } from '../train/trainer.js';
import type { StepProgress, TrainResult, TrainingTask } from '../train/trainer.js';
import type { EpochRecord } from '../train/history.js';
import { findOwn } from './find-own.js';
import type { PairData } from './pair-data.js';
import { pairOrder } from './pair-order.js';

export interface TrainLookalikeSetting {
  /** Folder of the checkpoint. */
  readonly out: string;
  readonly resume: boolean;
  readonly from: StartingPoint | null;
  readonly checkpointEveryMs?: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onStep?: (progress: StepProgress) => void;
  readonly onEpoch?: (record: EpochRecord) => void;
}

/** Throws FashiondError for options that do not fit the data, and when not one epoch was finished. */
export async function trainLookalike(
  spec: NetworkSpec,
  data: PairData,
  options: TrainOptions,
  { from, ...setting }: TrainLookalikeSetting,
): Promise<TrainResult> {
  const result = await train(spec, data, options, {
    ...setting,
    ...(from === null ? {} : { from }),
    checkpointPath: join(setting.out, 'checkpoint.bin'),
    task: taskOf(data, options),
  });
  checkLearnt(result, 'go on with --resume');
  return result;
}

/** Validation: each held-out picture looks for its group among all held-out ones; the loss is 1 - mean reciprocal rank. */
function taskOf(data: PairData, { seed, workers }: TrainOptions): TrainingTask {
  const held = new Set(data.validation);
  const groups = data.groups.filter(({ pictures }) => pictures.every((at) => !held.has(at)));
  const labels = new Int32Array(data.labels);
  return {
    order: (epoch) => pairOrder(groups, seed, epoch),
    validate: async (network) => {
      const source = { pixels: new Uint8Array(data.pixels), size: data.size };
      const embeddings = await predict(network, source, data.validation, workers, 'embedding');
      const found = findOwn(
        embeddings,
        data.validation.map((at) => labels[at] ?? 0),
      );
      return { loss: 1 - found.meanReciprocalRank, accuracy: found.recallAt1 };
    },
  };
}
