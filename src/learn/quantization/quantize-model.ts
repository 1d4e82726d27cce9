/** A trained model -> the same in int8, refused where it names too many pictures worse. */
import { FashiondError } from '../../domain/errors.js';
import type { ModelManifest } from '../../domain/model.js';
import type { Clock } from '../../domain/ports.js';
import type { NetworkWeights } from '../../model/weights.js';
import { Random } from '../../platform/random.js';
import { picturesOf } from '../dataset/dataset.js';
import type { Dataset } from '../dataset/dataset.js';
import { checkInput } from '../evaluation/judge.js';
import { openNetworkModel } from '../evaluation/network-model.js';
import { manifestOf } from '../model-folder.js';
import { shuffle } from '../train/distributions.js';
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

/** Training pictures whose activations are looked at; more hardly move the ranges. */
const OBSERVED = 256;
/** Any; with it every model sees the same pictures. */
const SEED = 1;
const SPLIT = 'validation';
/** Of fewer, one picture is a point or more. */
const LEAST_JUDGED = 100;
/** As the inference pool serves: threads that wait for each other would spoil the CPU time. */
const SERVING_THREADS = 1;

/**
 * Ranges are those of training pictures; validation pictures, which had no part in them, are what is compared on.
 *
 * @throws FashiondError `usage` without training pictures, or with fewer than 100 validation pictures of the model's
 * classes; `refused` when top-1 falls by more than `maxLoss` (a share).
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
    checkInput(float32, index);
    const judged = picturesOf(index, SPLIT).filter((picture) => {
      const label = index.entries[picture]?.label;
      return label !== undefined && manifest.labels.includes(label);
    });
    if (judged.length < LEAST_JUDGED) throw tooFew(manifest, judged.length);
    const observed = sample(picturesOf(index, 'train'));
    if (observed.length === 0) throw nothingToObserve(manifest);
    const values = new Map([...weights.tensors].map(([name, { data }]) => [name, data]));
    const ranges = await observedRanges(
      weights.spec,
      values,
      { pixels, size: index.size },
      observed,
      threads,
    );
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
      if (comparison === null) throw tooFew(manifest, 0);
      if (comparison.loss.value > maxLoss) throw tooMuchLost(manifest, comparison, maxLoss);
      return { manifest: made, network, comparison };
    } finally {
      await int8.close();
    }
  } finally {
    await float32.close();
  }
}

function sample(pictures: number[]): number[] {
  return shuffle(new Random(SEED), pictures).slice(0, OBSERVED);
}

function tooFew({ name, labels }: ModelManifest, found: number): FashiondError {
  return new FashiondError(
    'usage',
    `the ${SPLIT} split of the data set has ${found} pictures of classes of model ${name}; at least ${LEAST_JUDGED} ` +
      'are needed to tell what int8 loses',
    {
      hint: `import more pictures, or with a larger part for ${SPLIT} (--shares); the model knows ${labels.join(', ')}`,
    },
  );
}

function nothingToObserve({ name }: ModelManifest): FashiondError {
  return new FashiondError('usage', `the data set has no training pictures to quantize model ${name} by`, {
    hint: 'name the data set that the model was trained on with --data',
  });
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
