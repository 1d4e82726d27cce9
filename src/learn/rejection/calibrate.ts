/** Fits a model's limits to pictures: data sets of its categories, and pictures of other things. */
import { FashiondError } from '../../domain/errors.js';
import type { Clock } from '../../domain/ports.js';
import type { Rejection } from '../../domain/rejection.js';
import { decodeClassMeans, encodeClassMeans } from '../../model/typicality.js';
import type { ClassMeans } from '../../model/typicality.js';
import { picturesOf } from '../dataset/dataset.js';
import type { Dataset, Split } from '../dataset/dataset.js';
import { judgePictures } from '../evaluation/judge.js';
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
  /** What the model was trained on: the means are of its training pictures. */
  readonly data: Dataset;
  /** Its pictures of this split are what the limits are fitted to. */
  readonly split: Split;
  /** Data sets of shops that the model never saw; all but their test pictures count. */
  readonly others: readonly Dataset[];
  readonly offDomain: { readonly name: string; readonly outputs: Outputs; readonly pictures: number } | null;
  /** Pictures that the model was taught: they count as one answers of them that was not. */
  readonly outOfFold?: OutOfFold | null;
  readonly clock: Clock;
}

/**
 * Answers of a model of the same recipe that was not taught these pictures. The limits of the model that was taught them
 * are fitted to these answers, for its own would look too sure (cross-fitting, as a calibrator is fitted to out-of-fold
 * predictions before the model is fitted to all data).
 */
export interface OutOfFold {
  readonly model: JudgedModel;
  /** What it was trained on, and the pictures. */
  readonly data: Dataset;
  readonly pictures: readonly number[];
}

/** More training pictures do not move the means. */
const MOST_TAUGHT = 6000;

export interface Calibration {
  readonly score: TypicalityScore | null;
  /** As bytes of a file; null where the score is another. */
  readonly classMeans: Uint8Array | null;
  readonly limits: Omit<Rejection, 'sha256'>;
}

/** Throws FashiondError `usage` when one of the data sets has no picture to fit limits to. */
export async function calibrate(material: CalibrationMaterial, promised: Promised): Promise<Calibration> {
  const { model, data, split, offDomain, clock } = material;
  const classes = model.labels.length;
  const means = (await taughtMeans(model, data)) ?? material.means;
  const known = await knownJudgements(model, data, picturesOf(data.index, split), means);
  if (known.length === 0) throw nothingToFit(model, `the ${split} split`, 'choose another --split or --data');
  for (const other of material.others) {
    const own = await knownJudgements(model, other, untested(other), means);
    const name = other.index.sources.map((source) => source.name).join(', ');
    if (own.length === 0)
      throw nothingToFit(model, `${name}, its test split left alone,`, 'import it with --split validation');
    known.push(...own);
  }
  const { outOfFold = null } = material;
  if (outOfFold !== null) {
    const { model: twin, data: own, pictures } = outOfFold;
    known.push(...(await knownJudgements(twin, own, pictures, await taughtMeans(twin, own))));
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

function nothingToFit({ name, labels }: JudgedModel, where: string, advice: string): FashiondError {
  return new FashiondError('usage', `no picture in ${where} shows a category of model ${name}`, {
    hint: `${advice}; the model knows ${labels.join(', ')}`,
  });
}

/** Those that the model tells of every picture. */
function scoresOf(judgements: readonly Judgement[]): TypicalityScore[] {
  const all: readonly TypicalityScore[] = ['class-means', 'energy'];
  return all.filter((score) => judgements.every(({ typicality }) => typicality[score] !== undefined));
}

/** Of the training pictures; null where there are none, or the model gives no features. */
async function taughtMeans(model: JudgedModel, data: Dataset): Promise<ClassMeans | null> {
  const train = picturesOf(data.index, 'train');
  const step = Math.max(1, train.length / MOST_TAUGHT);
  const some = Array.from(
    { length: Math.floor(train.length / step) },
    (_, at) => train[Math.floor(at * step)] ?? 0,
  );
  const { outputs, predictions } = await judgePictures(model, data, some);
  const { labels } = predictions;
  if (outputs.features === null || labels.length === 0) return null;
  const width = outputs.features.length / labels.length;
  // Rounded as they are kept, so that the limits fit what will be served.
  const means = fitClassMeans(ofUnitLength(outputs.features, width), labels, model.labels.length, width);
  return decodeClassMeans(encodeClassMeans(means), width);
}

/** Those of one source and category lie next to each other, as the index has them. */
async function knownJudgements(
  model: JudgedModel,
  data: Dataset,
  pictures: readonly number[],
  means: ClassMeans | null,
): Promise<Judgement[]> {
  const judged = await judgePictures(model, data, pictures);
  const sources = judged.pictures.map((picture) => data.index.entries[picture]?.source ?? '');
  return judgementsOf(judged.outputs, model.labels.length, sources, judged.predictions.labels, means);
}

/** Whatever is not for testing: the model has seen none of it. */
function untested({ index }: Dataset): number[] {
  return [...picturesOf(index, 'train'), ...picturesOf(index, 'validation')].sort((a, b) => a - b);
}
