/** Everything that is known about one model on one split, as plain data: report.json, and what pages are made of. */
import type { DatasetIndex, Split } from '../dataset/dataset.js';
import { figures } from '../metrics.js';
import type { Figures } from '../metrics.js';
import { figuresByAttribute, figuresBySource } from './by-attribute.js';
import type { AttributeFigures } from './by-attribute.js';
import { reliability } from './calibration.js';
import type { ReliabilityBin } from './calibration.js';
import { classReports, confusionMatrix } from './class-report.js';
import type { ClassReport } from './class-report.js';
import { decisionsOf } from './decisions.js';
import type { Judged } from './judge.js';
import type { JudgedModel } from './judged-model.js';
import { worstMistakes } from './mistakes.js';
import type { Mistake } from './mistakes.js';
import { thresholdCurve } from './threshold-curve.js';
import type { CurvePoint } from './threshold-curve.js';

export interface EvaluationReport {
  readonly format: 1;
  readonly model: Pick<JudgedModel, 'kind' | 'name' | 'fingerprint' | 'labels'>;
  readonly split: Split;
  readonly leftOut: Judged['leftOut'];
  readonly all: Figures;
  readonly bySource: readonly { readonly source: string; readonly figures: Figures }[];
  /** Empty where nothing is told of the pictures. */
  readonly byAttribute: readonly AttributeFigures[];
  readonly classes: readonly ClassReport[];
  /** [true class][named class], in the order of the labels. */
  readonly confusion: readonly (readonly number[])[];
  readonly reliability: readonly ReliabilityBin[];
  readonly curve: readonly CurvePoint[];
  readonly mistakes: readonly Mistake[];
  readonly elapsedMs: number;
  readonly picturesPerSecond: number;
}

const MISTAKES = 24;

export function evaluationReport(
  model: JudgedModel,
  index: DatasetIndex,
  judged: Judged,
  threshold: number,
): EvaluationReport {
  const { pictures, predictions, elapsedMs } = judged;
  const decisions = decisionsOf(predictions);
  const confidences = decisions.map(({ probability }) => probability);
  const right = decisions.map((decision) => decision.right);
  return {
    format: 1,
    model: { kind: model.kind, name: model.name, fingerprint: model.fingerprint, labels: model.labels },
    split: judged.split,
    leftOut: judged.leftOut,
    all: figures(predictions, threshold),
    bySource: figuresBySource(predictions, pictures, index, threshold),
    byAttribute: figuresByAttribute(predictions, pictures, index, threshold),
    classes: classReports(decisions, model.labels, threshold),
    confusion: confusionMatrix(decisions, model.labels.length),
    reliability: reliability(confidences, right),
    curve: thresholdCurve(confidences, right),
    mistakes: worstMistakes(decisions, pictures, index, model.labels, MISTAKES),
    elapsedMs,
    picturesPerSecond: elapsedMs > 0 ? (pictures.length * 1000) / elapsedMs : 0,
  };
}
