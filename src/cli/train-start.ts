/** What a training starts from, as the options of `train category` say it. */
import { FashiondError } from '../domain/errors.js';
import { loadModelFolder } from '../infer/model-folder.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { baseModelOf } from '../learn/fine-tuning/base-model.js';
import { changesClasses } from '../learn/fine-tuning/classes.js';
import type { AbsentRule } from '../learn/fine-tuning/classes.js';
import { fineTuningOf } from '../learn/fine-tuning/fine-tuning.js';
import type { FineTuning } from '../learn/fine-tuning/fine-tuning.js';
import { FINE_TUNE_RATE, FINE_TUNE_WARMUP, TRAIN_DEFAULTS } from '../learn/train/options.js';
import type { TrainOptions } from '../learn/train/options.js';

export interface StartFlags {
  readonly from?: string;
  readonly keep?: number;
  readonly absent?: AbsentRule;
}

/** Null where the training starts from nothing. Throws FashiondError for a model that cannot be started from. */
export async function fineTuningFromFlags(
  { from, keep, absent }: StartFlags,
  dataset: Dataset,
): Promise<FineTuning | null> {
  if (from === undefined) {
    const stray = [...(keep === undefined ? [] : ['--keep']), ...(absent === undefined ? [] : ['--absent'])];
    if (stray.length === 0) return null;
    throw new FashiondError('usage', `${stray.join(' and ')} without --from`, {
      hint: 'name the model to start from with --from FOLDER',
    });
  }
  const { manifest, weights } = await loadModelFolder(from);
  const base = baseModelOf(from, manifest, weights);
  return fineTuningOf(base, dataset.index, { absent: absent ?? 'refuse', keep: keep ?? null });
}

/** Where none is asked for. A network that has learnt needs a lower rate for other classes, and no long warm-up. */
export function defaultsFor(from: FineTuning | null): Pick<TrainOptions, 'learningRate' | 'warmupSteps'> {
  const { learningRate, warmupSteps } = TRAIN_DEFAULTS;
  if (from === null || !changesClasses(from.plan)) return { learningRate, warmupSteps };
  return { learningRate: FINE_TUNE_RATE, warmupSteps: FINE_TUNE_WARMUP };
}
