/** `fashiond evaluate`: how good a model is on a data set, and beside another. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { FashiondError } from '../domain/errors.js';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Dataset, Split } from '../learn/dataset/dataset.js';
import { compare } from '../learn/evaluation/compare.js';
import type { Comparison } from '../learn/evaluation/compare.js';
import { judge } from '../learn/evaluation/judge.js';
import type { Judged } from '../learn/evaluation/judge.js';
import { outputsOf } from '../learn/evaluation/judged-model.js';
import type { JudgedModel } from '../learn/evaluation/judged-model.js';
import { offDomainReport } from '../learn/evaluation/off-domain.js';
import type { OffDomainReport } from '../learn/evaluation/off-domain.js';
import { evaluationReport } from '../learn/evaluation/report.js';
import type { EvaluationReport } from '../learn/evaluation/report.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import { systemClock } from '../platform/clock.js';
import type { CliContext, RegisterCommand } from './context.js';
import { comparisonLines, evaluationLines } from './evaluation-text.js';
import { openJudgedModel } from './judged-model.js';
import { readOffDomain } from './off-domain.js';
import { split, unit, whole } from './option-values.js';

interface EvaluateFlags {
  readonly model: string;
  readonly data: string;
  readonly split: Split;
  readonly threshold?: number;
  readonly offDomain?: string;
  readonly compare?: string;
  readonly out?: string;
  readonly json?: true;
  readonly threads: number;
}

/** One model's part of report.json; the names are a contract. */
interface Evaluated {
  readonly report: EvaluationReport;
  readonly offDomain: OffDomainReport | null;
  readonly judged: Judged;
}

export const registerEvaluate: RegisterCommand = (program, context) => {
  program
    .command('evaluate')
    .description('say how good a model is: accuracy, precision and coverage, calibration, mistakes')
    .requiredOption('--model <folder>', 'model folder, of a network or of HOG + SVM')
    .requiredOption('--data <folder>', 'data set, made by `fashiond dataset import`')
    .option('--split <split>', 'train, validation or test', split, 'test')
    .option('--threshold <p>', 'probabilities above it are accepted; the default is the model’s own', unit)
    .option('--off-domain <folder>', 'pictures of other things, of which none should be accepted')
    .option('--compare <folder>', 'a second model, side by side on the same pictures')
    .option('--out <folder>', 'write report.json there')
    .option('--json', 'machine-readable output')
    .option('--threads <n>', 'threads of one forward pass', whole(1), Math.min(2, availableParallelism()))
    .action(async (flags: EvaluateFlags) => evaluateFromFlags(flags, context));
};

async function evaluateFromFlags(flags: EvaluateFlags, context: CliContext): Promise<void> {
  const dataset = await readDataset(flags.data);
  const first = await evaluateFolder(flags.model, dataset, flags);
  const second = flags.compare === undefined ? null : await evaluateFolder(flags.compare, dataset, flags);
  const comparison = second === null ? null : compare(first.judged, second.judged);
  const json = JSON.stringify(documentOf(first, second, comparison), null, 2);
  if (flags.out !== undefined) await writeFileAtomic(join(flags.out, 'report.json'), `${json}\n`);
  if (flags.json === true) {
    context.print(json);
    return;
  }
  for (const line of evaluationLines(first.report, first.offDomain)) context.print(line);
  if (second !== null && comparison !== null) {
    context.print('');
    for (const line of evaluationLines(second.report, second.offDomain)) context.print(line);
    for (const line of comparisonLines(first.report, second.report, comparison)) context.print(line);
  }
  if (flags.out !== undefined) context.print(`report written to ${flags.out}`);
}

async function evaluateFolder(folder: string, dataset: Dataset, flags: EvaluateFlags): Promise<Evaluated> {
  const model = await openJudgedModel(folder, flags.threads);
  try {
    const judged = await judge(model, dataset, flags.split, systemClock);
    if (judged === null) {
      throw new FashiondError(
        'usage',
        `the ${flags.split} split of ${flags.data} has no picture of a class that model ${model.name} knows`,
        { hint: `choose another --split; the model knows ${model.labels.join(', ')}` },
      );
    }
    const threshold = flags.threshold ?? model.threshold;
    const report = evaluationReport(model, dataset.index, judged, threshold);
    const offDomain =
      flags.offDomain === undefined ? null : await acceptance(model, flags.offDomain, threshold);
    return { report, offDomain, judged };
  } finally {
    await model.close();
  }
}

async function acceptance(model: JudgedModel, folder: string, threshold: number): Promise<OffDomainReport> {
  const pictures = await readOffDomain(folder, model.input, model.labels);
  const { probabilities } = await outputsOf(model, pictures.pixels, [...pictures.entries.keys()]);
  return offDomainReport(pictures, probabilities, model.labels, threshold);
}

function documentOf(first: Evaluated, second: Evaluated | null, comparison: Comparison | null): unknown {
  const part = ({ report, offDomain }: Evaluated): unknown => ({ ...report, offDomain });
  if (second === null) return part(first);
  return { ...(part(first) as object), compared: { ...(part(second) as object), comparison } };
}
