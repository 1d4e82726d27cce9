/** Fits a model's limits to pictures: data sets of its categories, and pictures of other things. */
import { FashiondError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports.js';
import type { Rejection } from '../../domain/rejection.js';
import { decodeClassMeans, encodeClassMeans } from '../../model/typicality.js';
import type { ClassMeans } from '../../model/typicality.js';
import type { Dataset, Split } from '../dataset/dataset.js';
import { judge } from '../evaluation/judge.js';
import type { JudgedModel, Outputs } from '../evaluation/judged-model.js';
import { fitClassMeans, ofUnitLength } from './class-means.js';
import { fitLimits } from './fit-limits.js';
import type { Promised } from './guaranteed-threshold.js';
import { judgementsOf } from './judgement.js';
import type { Judgement, TypicalityScore } from './judgement.js';

export interface CalibrationMaterial {
  readonly model: JudgedModel;
  /** Means that the model has already; replaced where the data sets have training pictures. */
  readonly means: ClassMeans | null;
  readonly datasets: readonly Dataset[];
  /** Its pictures are what the limits are fitted to. */
  readonly split: Split;
  readonly offDomain: { readonly name: string; readonly outputs: Outputs; readonly pictures: number } | null;
  readonly clock: Clock;
}

export interface Calibration {
  readonly score: TypicalityScore | null;
  /** As bytes of a file; null where the score is another. */
  readonly classMeans: Uint8Array | null;
  readonly limits: Omit<Rejection, 'sha256'>;
}

/** Throws FashiondError `usage` when no data set has a picture of the model's categories in the split. */
export async function calibrate(material: CalibrationMaterial, promised: Promised): Promise<Calibration> {
  const { model, datasets, split, offDomain, clock } = material;
  const classes = model.labels.length;
  const means = (await taughtMeans(model, datasets, clock)) ?? material.means;
  const known = await knownJudgements(model, datasets, split, means, clock);
  if (known.length === 0) {
    throw new FashiondError('usage', `no picture in the ${split} split shows a category of ${model.name}`, {
      hint: `choose another --split or --data; the model knows ${model.labels.join(', ')}`,
    });
  }
  const others =
    offDomain === null
      ? []
      : judgementsOf(
          offDomain.outputs,
          classes,
          Array.from({ length: offDomain.pictures }, () => offDomain.name),
          Array.from({ length: offDomain.pictures }, () => null),
          means,
        );
  const scores = scoresOf([...known, ...others]);
  const { score, limits } = fitLimits({ classes, known, offDomain: others, scores }, promised);
  return {
    score,
    classMeans: score === 'class-means' && means !== null ? encodeClassMeans(means) : null,
    limits: {
      version: 1,
      ...limits,
      promise: { precision: 1 - promised.risk, confidence: 1 - promised.doubt },
      fittedAt: new Date(clock.now()).toISOString(),
    },
  };
}

/** Those that the model tells of every picture. */
function scoresOf(judgements: readonly Judgement[]): TypicalityScore[] {
  const all: readonly TypicalityScore[] = ['class-means', 'energy'];
  return all.filter((score) => judgements.every(({ typicality }) => typicality[score] !== undefined));
}

/** Of all the data sets' training pictures; null where there are none, or the model gives no features. */
async function taughtMeans(
  model: JudgedModel,
  datasets: readonly Dataset[],
  clock: Clock,
): Promise<ClassMeans | null> {
  const parts: { readonly features: Float32Array; readonly labels: readonly number[] }[] = [];
  for (const dataset of datasets) {
    const train = await judge(model, dataset, 'train', clock);
    if (train?.outputs.features === null || train === null) continue;
    parts.push({ features: train.outputs.features, labels: train.predictions.labels });
  }
  const labels = parts.flatMap((part) => part.labels);
  if (labels.length === 0) return null;
  const features = Float32Array.from(parts.flatMap((part) => [...part.features]));
  const width = features.length / labels.length;
  // Rounded as they are kept, so that the limits fit what will be served.
  const means = fitClassMeans(ofUnitLength(features, width), labels, model.labels.length, width);
  return decodeClassMeans(encodeClassMeans(means), width);
}

async function knownJudgements(
  model: JudgedModel,
  datasets: readonly Dataset[],
  split: Split,
  means: ClassMeans | null,
  clock: Clock,
): Promise<Judgement[]> {
  const known: Judgement[] = [];
  for (const dataset of datasets) {
    const judged = await judge(model, dataset, split, clock);
    if (judged === null) continue;
    const sources = judged.pictures.map((picture) => dataset.index.entries[picture]?.source ?? '');
    const { labels } = judged.predictions;
    known.push(...judgementsOf(judged.outputs, model.labels.length, sources, labels, means));
  }
  return known;
}
