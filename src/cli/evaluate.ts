/** `fashiond evaluate`: how good a model is on a data set, and beside another. */
import { join } from 'node:path';
import { readDataset } from '../learn/dataset/dataset.js';
import type { Split } from '../learn/dataset/dataset.js';
import { compare } from '../learn/evaluation/compare.js';
import type { Comparison } from '../learn/evaluation/compare.js';
import type { BackgroundReport } from '../learn/evaluation/background-report.js';
import { writeReport } from '../learn/report/write-report.js';
import { writeFileAtomic } from '../platform/atomic-file.js';
import type { CliContext } from './context.js';
import { evaluateFolder } from './evaluate-folder.js';
import type { Evaluated } from './evaluate-folder.js';
import { comparisonLines, evaluationLines } from './evaluation-text.js';

export interface EvaluateFlags {
  readonly model: string;
  readonly data: string;
  readonly split: Split;
  readonly threshold?: number;
  readonly offDomain?: string;
  readonly backgrounds?: true;
  readonly promise: number;
  readonly confidence: number;
  readonly compare?: string;
  readonly out?: string;
  readonly json?: true;
  readonly threads: number;
}

export async function evaluateFromFlags(flags: EvaluateFlags, context: CliContext): Promise<void> {
  const dataset = await readDataset(flags.data);
  const question = {
    ...flags,
    promised: { risk: 1 - flags.promise, doubt: 1 - flags.confidence },
  };
  const first = await evaluateFolder(flags.model, dataset, question);
  const second = flags.compare === undefined ? null : await evaluateFolder(flags.compare, dataset, question);
  const comparison = second === null ? null : compare(first.judged, second.judged);
  const { out } = flags;
  const json = JSON.stringify(documentOf(first, second, comparison), null, 2);
  if (out !== undefined) {
    await writeFileAtomic(join(out, 'report.json'), `${json}\n`);
    await writeReport(out, dataset, second === null ? [first] : [first, second], comparison);
  }
  if (flags.json === true) {
    context.print(json);
    return;
  }
  for (const line of evaluationLines(first)) context.print(line);
  if (second !== null && comparison !== null) {
    context.print('');
    for (const line of evaluationLines(second)) context.print(line);
    for (const line of comparisonLines(first.report, second.report, comparison)) context.print(line);
  }
  if (out !== undefined) context.print(`report written to ${out}`);
}

function documentOf(first: Evaluated, second: Evaluated | null, comparison: Comparison | null): unknown {
  const part = ({ report, offDomain, rejection, backgrounds }: Evaluated): unknown => ({
    ...report,
    offDomain,
    rejection,
    backgrounds: backgrounds === null ? null : withoutPixels(backgrounds),
  });
  if (second === null) return part(first);
  return { ...(part(first) as object), compared: { ...(part(second) as object), comparison } };
}

function withoutPixels(report: BackgroundReport): unknown {
  const examples = report.examples.map(({ path, truth, before, after }) => ({ path, truth, before, after }));
  return { ...report, examples };
}
