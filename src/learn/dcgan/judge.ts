/** What a trained generator and encoder are worth: their pictures, held against real ones. */
import { Random, seedOf } from '../../platform/random.js';
import { picturesOf, pixelsOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import { drawCodes, epochOrder } from './batch.js';
import { measureDiversity } from './diversity.js';
import type { DiversityReport } from './diversity.js';
import { drawPictures, openPictureEncoder } from './drawing.js';
import type { DcganModel } from './folder.js';

export interface DcganJudgement {
  /** Whether any of the real pictures were held out; without validation and test pictures none are. */
  readonly heldOut: boolean;
  readonly diversity: DiversityReport;
  /** Share of the variance of codes that the encoder finds again in what was drawn from them; 1 for all, 0 for a guess. */
  readonly codesFound: number;
  /**
   * Root mean square by which real pictures drawn again from their codes are off, and by which the mean training
   * picture is, in units of a pixel's range.
   */
  readonly redrawn: number;
  readonly meanPicture: number;
  /** Uint8 [N, 64, 64, 3] each. */
  readonly pictures: {
    readonly samples: Uint8Array;
    readonly real: Uint8Array;
    readonly redrawn: Uint8Array;
    /** The training picture that is nearest to each sample. */
    readonly nearestTraining: Uint8Array;
  };
}

const MOST = 128;
/** Variance of a number that is uniform from -1 to 1. */
const CODE_VARIANCE = 1 / 3;

export async function judgeDcgan(
  { generator, encoder }: Pick<DcganModel, 'generator' | 'encoder'>,
  dataset: Dataset,
  { seed, threads }: { readonly seed: number; readonly threads: number },
): Promise<DcganJudgement> {
  const random = new Random(seedOf(seed, 'judgement'));
  const shown = picturesOf(dataset.index, 'train');
  const unseen = [...picturesOf(dataset.index, 'validation'), ...picturesOf(dataset.index, 'test')];
  const heldOut = unseen.length >= 2;
  const chosen = epochOrder(heldOut ? unseen : shown, random).slice(0, MOST);
  const [real, training] = [gathered(dataset, chosen), gathered(dataset, shown)];
  const codes = drawCodes(chosen.length, random);
  const samples = await drawPictures(generator, codes, threads);
  const asked = await openPictureEncoder(encoder, threads);
  try {
    const found = await asked.encode(samples);
    const redrawn = await drawPictures(generator, await asked.encode(real), threads);
    const diversity = measureDiversity(samples, real, training);
    const nearest = diversity.nearestTraining.flatMap(({ at }) => shown[at] ?? []);
    const mean = meanPicture(training, shown.length);
    return {
      heldOut,
      diversity,
      codesFound: 1 - meanSquare(codes, (at) => found[at] ?? 0) / CODE_VARIANCE,
      redrawn: Math.sqrt(meanSquare(real, (at) => redrawn[at] ?? 0)) / 255,
      meanPicture: Math.sqrt(meanSquare(real, (at) => mean[at % mean.length] ?? 0)) / 255,
      pictures: { samples, real, redrawn, nearestTraining: gathered(dataset, nearest) },
    };
  } finally {
    await asked.close();
  }
}

function gathered(dataset: Dataset, pictures: readonly number[]): Uint8Array {
  const parts = pictures.map((picture) => pixelsOf(dataset, picture));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function meanPicture(pictures: Uint8Array, count: number): Float64Array {
  const length = pictures.length / count;
  const mean = new Float64Array(length);
  for (let at = 0; at < pictures.length; at += 1) {
    mean[at % length] = (mean[at % length] ?? 0) + (pictures[at] ?? 0) / count;
  }
  return mean;
}

function meanSquare(values: Uint8Array | Float32Array, otherAt: (at: number) => number): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += ((values[at] ?? 0) - otherAt(at)) ** 2;
  return sum / values.length;
}
