/** One model folder, judged: what a report on it needs. */
import { FashiondError } from '../domain/errors.js';
import type { Dataset, Split } from '../learn/dataset/dataset.js';
import { backgroundReport } from '../learn/evaluation/background-report.js';
import { judge } from '../learn/evaluation/judge.js';
import type { Judged } from '../learn/evaluation/judge.js';
import { outputsOf } from '../learn/evaluation/judged-model.js';
import type { JudgedModel, Outputs } from '../learn/evaluation/judged-model.js';
import { offDomainReport } from '../learn/evaluation/off-domain.js';
import type { OffDomainReport } from '../learn/evaluation/off-domain.js';
import { evaluationReport } from '../learn/evaluation/report.js';
import type { Promised } from '../learn/rejection/guaranteed-threshold.js';
import { rejectionReport } from '../learn/rejection/report.js';
import type { RejectionReport } from '../learn/rejection/report.js';
import type { ReportPart } from '../learn/report/write-report.js';
import { readEpochs } from '../learn/train/history-file.js';
import { systemClock } from '../platform/clock.js';
import { foregroundOf } from './foreground-of.js';
import { openJudgedModel } from './judged-model.js';
import { readOffDomain } from './off-domain.js';

export interface Question {
  readonly split: Split;
  /** The model's own when absent. */
  readonly threshold?: number;
  /** Folder of pictures of other things. */
  readonly offDomain?: string;
  readonly promised: Promised;
  /** Whether the pictures are judged on other grounds as well. */
  readonly backgrounds?: boolean;
  readonly threads: number;
}

export interface Evaluated extends ReportPart {
  readonly judged: Judged;
}

/** Throws FashiondError `usage` when the split has no picture of the model's classes. */
export async function evaluateFolder(
  folder: string,
  dataset: Dataset,
  question: Question,
): Promise<Evaluated> {
  const model = await openJudgedModel(folder, question.threads);
  try {
    const threshold = question.threshold ?? model.threshold;
    const judged = await judge(model, dataset, question.split, systemClock);
    if (judged === null) throw nothingToJudge(model, question.split);
    const others =
      question.offDomain === undefined ? null : await offDomainOf(model, question.offDomain, threshold);
    const rejection = await rejectionOf(model, dataset, question, judged, others?.outputs ?? null);
    return {
      report: evaluationReport(model, dataset.index, judged, threshold),
      offDomain: others?.report ?? null,
      rejection,
      backgrounds:
        question.backgrounds === true ? await backgroundReport(model, dataset, judged, foregroundOf) : null,
      epochs: await readEpochs(folder),
      judged,
    };
  } finally {
    await model.close();
  }
}

function nothingToJudge({ name, labels }: JudgedModel, split: Split): FashiondError {
  return new FashiondError(
    'usage',
    `the ${split} split of the data set has no picture of a class that model ${name} knows`,
    { hint: `choose another --split; the model knows ${labels.join(', ')}` },
  );
}

async function offDomainOf(
  model: JudgedModel,
  folder: string,
  threshold: number,
): Promise<{ readonly report: OffDomainReport; readonly outputs: Outputs }> {
  const pictures = await readOffDomain(folder, model.input, model.labels);
  const outputs = await outputsOf(model, pictures.pixels, [...pictures.entries.keys()]);
  return { report: offDomainReport(pictures, outputs.probabilities, model.labels, threshold), outputs };
}

async function rejectionOf(
  model: JudgedModel,
  dataset: Dataset,
  { split, threshold, promised }: Question,
  reported: Judged,
  offDomain: Outputs | null,
): Promise<RejectionReport | null> {
  const validation =
    split === 'validation' ? reported : await judge(model, dataset, 'validation', systemClock);
  if (validation === null) return null;
  // The training pictures are needed for their features' means only.
  const wanted = offDomain !== null && offDomain.features !== null;
  const train = wanted ? await judge(model, dataset, 'train', systemClock) : null;
  return rejectionReport(
    {
      labels: model.labels,
      threshold: threshold ?? model.threshold,
      validation,
      reported,
      train,
      offDomain,
    },
    promised,
  );
}
