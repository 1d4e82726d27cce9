/** A trained model -> the same in int8, refused where it names too many pictures worse. */
import { FashiondError } from '../../domain/errors.js';
import type { ModelManifest } from '../../domain/model.js';
import type { Clock } from '../../domain/ports.js';
import type { NetworkWeights } from '../../model/weights.js';
import { picturesOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import { judgePictures } from '../evaluation/judge.js';
import { openNetworkModel } from '../evaluation/network-model.js';
import { manifestOf } from '../model-folder.js';
import { comparePrecision } from './compare-precision.js';
import type { PrecisionComparison } from './compare-precision.js';
import { buildQuantizedGraph } from './quantized-graph.js';
import { observedRanges } from './ranges.js';

export interface FloatModel {
  readonly manifest: ModelManifest;
  readonly network: Uint8Array;
  readonly weights: NetworkWeights;
}

export interface QuantizedModel {
  readonly manifest: ModelManifest;
  readonly network: Uint8Array;
  readonly comparison: PrecisionComparison;
}

/** Pictures whose activations are looked at, evenly spaced in the split; more hardly move the ranges. */
const OBSERVED = 256;
const SPLIT = 'validation';
/** As the inference pool serves: threads that wait for each other would spoil the CPU time. */
const SERVING_THREADS = 1;

/**
 * Ranges are those of validation pictures, and so is the comparison.
 *
 * @throws FashiondError `usage` without such pictures; `refused` when top-1 falls by more than `maxLoss` (a share).
 */
export async function quantizeModel(
  model: FloatModel,
  dataset: Dataset,
  { maxLoss, threads, clock }: { readonly maxLoss: number; readonly threads: number; readonly clock: Clock },
): Promise<QuantizedModel> {
  const { manifest, weights } = model;
  const { index, pixels } = dataset;
  const float32 = await openNetworkModel(manifest, model.network, SERVING_THREADS);
  try {
    const pictures = picturesOf(index, SPLIT);
    if (pictures.length === 0) throw nothingToCompare(manifest);
    const values = new Map([...weights.tensors].map(([name, { data }]) => [name, data]));
    const source = { pixels, size: index.size };
    // Throws where the pixels do not fit the network.
    await judgePictures(float32, dataset, []);
    const ranges = await observedRanges(weights.spec, values, source, evenly(pictures), threads);
    const network = buildQuantizedGraph(weights.spec, values, weights.temperature, ranges);
    const { name, input, labels, latentBits, featureLength, threshold } = manifest;
    const made = manifestOf({
      name: `${name}-int8`,
      network,
      ...input,
      labels,
      latentBits,
      featureLength,
      threshold,
      createdAt: new Date(clock.now()).toISOString(),
      precision: 'int8',
    });
    const int8 = await openNetworkModel(made, network, SERVING_THREADS);
    try {
      const comparison = await comparePrecision(float32, int8, dataset, SPLIT, clock);
      if (comparison === null) throw nothingToCompare(manifest);
      if (comparison.loss.value > maxLoss) throw tooMuchLost(manifest, comparison, maxLoss);
      return { manifest: made, network, comparison };
    } finally {
      await int8.close();
    }
  } finally {
    await float32.close();
  }
}

function evenly(pictures: readonly number[]): number[] {
  const step = Math.max(1, pictures.length / OBSERVED);
  return Array.from(
    { length: Math.floor(pictures.length / step) },
    (_, at) => pictures[Math.floor(at * step)] ?? 0,
  );
}

function nothingToCompare({ name, labels }: ModelManifest): FashiondError {
  return new FashiondError(
    'usage',
    `the ${SPLIT} split of the data set has no picture of a class of model ${name}`,
    { hint: `quantizing needs some to find ranges and to compare; the model knows ${labels.join(', ')}` },
  );
}

function tooMuchLost(
  { name }: ModelManifest,
  { accuracy, pictures }: PrecisionComparison,
  maxLoss: number,
): FashiondError {
  const points = (value: number): string => `${(value * 100).toFixed(2)} %`;
  return new FashiondError(
    'refused',
    `in int8, ${name} names ${points(accuracy.int8.value)} of ${pictures} validation pictures rightly, in float32 ` +
      `${points(accuracy.float32.value)}; at most ${(maxLoss * 100).toFixed(2)} points may be lost`,
    { hint: 'nothing was written; serve the model as it is, or allow more with --max-loss' },
  );
}
