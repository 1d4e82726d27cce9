/** `train category --backbone`: a head on a foreign network's features. */
import type { CliContext } from './context.js';
import type { Dataset } from '../learn/dataset/dataset.js';
import { describeBackbone } from '../learn/backbone/description.js';
import { trainOnBackbone } from '../learn/backbone/train-on-backbone.js';
import type { TrainedCategory } from '../learn/train-category.js';
import type { TrainOptions } from '../learn/train/options.js';
import { epochLine } from '../learn/train/progress.js';
import { systemClock } from '../platform/clock.js';
import { progressOf } from './picture-progress.js';

export async function trainHeadFromFlags(
  flags: { readonly backbone: string; readonly data: string; readonly out: string; readonly name: string },
  dataset: Dataset,
  options: TrainOptions,
  context: CliContext,
): Promise<TrainedCategory> {
  const description = await describeBackbone(flags.backbone);
  if (description.describedIn === null) {
    context.note('nothing describes the backbone, so it is fed as most are; see its YAML file in the README');
  }
  const progress = progressOf(context);
  const trained = await trainOnBackbone(description, dataset, options, {
    out: flags.out,
    name: flags.name,
    featureFolder: flags.data,
    signal: context.signal,
    clock: systemClock,
    onBackbone: context.note,
    onUnkept: (reason) => context.note(`the features are not kept for the next head: ${reason}`),
    onFeatures: progress.show,
    onEpoch: (record) => {
      if (record.epoch === 1) progress.clear();
      context.note(epochLine(record, options.epochs));
    },
  });
  progress.clear();
  return trained;
}
