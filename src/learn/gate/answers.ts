/** What a model makes of a data set, by the rule that it decides by when it serves. */
import type { ModelManifest } from '../../domain/model.js';
import { refusalOf } from '../../domain/rejection.js';
import type { DecisionRule } from '../../domain/rejection.js';
import type { ClassMeans } from '../../model/typicality.js';
import type { Dataset } from '../dataset/dataset.js';
import { judgePictures } from '../evaluation/judge.js';
import type { JudgedModel } from '../evaluation/judged-model.js';
import { judgementsOf } from '../rejection/judgement.js';
import type { GateModel } from './gate.js';

export interface RuledModel {
  readonly model: JudgedModel;
  readonly manifest: Pick<ModelManifest, 'fingerprint' | 'labels' | 'typicality'>;
  readonly rule: DecisionRule;
  /** Null where the model has none. */
  readonly means: ClassMeans | null;
}

/** `pictures`: positions in the data set. Throws FashiondError `incompatible` for pixels of another size. */
export async function gateModelOf(
  { model, manifest, rule, means }: RuledModel,
  dataset: Dataset,
  some: readonly number[],
): Promise<GateModel> {
  const { entries } = dataset.index;
  const { pictures, predictions, outputs } = await judgePictures(model, dataset, some);
  const sources = pictures.map((picture) => entries[picture]?.source ?? '');
  const judgements = judgementsOf(outputs, predictions.classes, sources, predictions.labels, means);
  const score = manifest.typicality?.score ?? null;
  const answers = judgements.map(({ source, named, probability, right, typicality }, row) => ({
    picture: entries[pictures[row] ?? -1]?.path ?? '',
    truth: entries[pictures[row] ?? -1]?.label ?? '',
    source,
    right,
    accepted:
      refusalOf(rule, {
        label: named,
        probability,
        typicality: score === null ? null : (typicality[score] ?? null),
      }) === null,
  }));
  return { fingerprint: manifest.fingerprint, labels: manifest.labels, answers };
}
