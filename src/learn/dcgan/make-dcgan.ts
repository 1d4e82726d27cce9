/** Data set -> model folder: train, judge, describe. */
import { join } from 'node:path';
import type { Dataset } from '../dataset/dataset.js';
import { dcganCard } from './card.js';
import { dcganModel, writeDcganFolder } from './folder.js';
import { judgeDcgan } from './judge.js';
import type { DcganJudgement } from './judge.js';
import type { DcganOptions } from './options.js';
import { writeDcganReport } from './report.js';
import { servedEncoder, servedGenerator } from './step-graphs.js';
import { trainDcgan } from './trainer.js';
import type { DcganSetting } from './trainer.js';

/** Throws FashiondError as `trainDcgan` does; the folder is not written then, but for the checkpoint. */
export async function makeDcgan(
  dataset: Dataset,
  options: DcganOptions,
  {
    out,
    name,
    ...setting
  }: Omit<DcganSetting, 'checkpointPath'> & { readonly out: string; readonly name: string },
): Promise<DcganJudgement> {
  const { generator, encoder, history } = await trainDcgan(dataset, options, {
    ...setting,
    checkpointPath: join(out, 'checkpoint.bin'),
  });
  const { width, seed, threads } = options;
  const createdAt = new Date(setting.clock.now()).toISOString();
  const model = dcganModel(
    { name, createdAt, width, fill: dataset.index.fill },
    servedGenerator(width, generator),
    servedEncoder(width, encoder),
  );
  const judgement = await judgeDcgan(model, dataset, { seed, threads });
  const { heldOut, diversity, codesFound, redrawn, meanPicture } = judgement;
  const figures = { heldOut, diversity, codesFound, redrawn, meanPicture };
  await writeDcganFolder(out, model, {
    card: dcganCard(model.manifest, dataset.index, options, history, judgement),
    history: { options, passes: history, figures },
  });
  await writeDcganReport(out, model.manifest, history, judgement);
  return judgement;
}
