/** From probabilities to decisions: one picture's, and an item's from all its pictures. Pure. */
import { FashiondError } from '../domain/errors.js';
import type { ModelManifest } from '../domain/model.js';
import type { Candidate, Prediction } from '../domain/prediction.js';

type LabelledModel = Pick<ModelManifest, 'labels' | 'fingerprint'>;

/** One picture's "impossible" must not outvote all the others, so no probability counts as less. */
const FLOOR = 1e-6;
/** A shop's main picture shows the item itself more often than the others do. */
const MAIN_WEIGHT = 2;

/** `probabilities`: [labels], in the manifest's order. A probability at or below the threshold is unknown. */
export function predictionFrom(
  probabilities: ArrayLike<number>,
  manifest: LabelledModel,
  threshold: number,
): Prediction {
  const candidates = manifest.labels.map((category, at) => ({
    category,
    probability: probabilities[at] ?? Number.NaN,
  }));
  return accept(candidates, manifest, threshold);
}

/**
 * An item's category from its pictures, main picture first (it counts double): the weighted geometric mean of
 * the pictures' probabilities, made to add up to 1 (the logarithmic opinion pool, Genest and Zidek 1986,
 * "Combining probability distributions", section 3), then the threshold again.
 * Throws FashiondError when there is no prediction, or one of another model.
 */
export function decide(
  predictions: readonly Prediction[],
  manifest: LabelledModel,
  threshold: number,
): Prediction {
  const [only] = predictions;
  if (only === undefined) {
    throw new FashiondError('internal', 'an item without a prediction cannot be decided');
  }
  for (const prediction of predictions) checkModel(prediction, manifest);
  if (predictions.length === 1) return accept(only.candidates, manifest, threshold);
  const logs = manifest.labels.map(() => 0);
  for (const [index, prediction] of predictions.entries()) {
    const weight = index === 0 ? MAIN_WEIGHT : 1;
    const byCategory = new Map(prediction.candidates.map((entry) => [entry.category, entry.probability]));
    for (const [at, category] of manifest.labels.entries()) {
      logs[at] = (logs[at] ?? 0) + weight * Math.log(Math.max(byCategory.get(category) ?? 0, FLOOR));
    }
  }
  const total = predictions.length - 1 + MAIN_WEIGHT;
  const means = logs.map((sum) => Math.exp(sum / total));
  const mass = means.reduce((sum, mean) => sum + mean, 0);
  return predictionFrom(
    means.map((mean) => mean / mass),
    manifest,
    threshold,
  );
}

function checkModel(prediction: Prediction, manifest: LabelledModel): void {
  if (prediction.model === manifest.fingerprint) return;
  throw new FashiondError(
    'incompatible',
    `a prediction of model ${prediction.model} cannot be joined with those of ${manifest.fingerprint}`,
    { hint: 'decide with the predictions of one model only' },
  );
}

function accept(candidates: readonly Candidate[], manifest: LabelledModel, threshold: number): Prediction {
  // Equal probabilities keep the order of the labels: sorting is stable.
  const sorted = [...candidates].sort((one, other) => other.probability - one.probability);
  const [best] = sorted;
  if (best === undefined || sorted.some(({ probability }) => !Number.isFinite(probability))) {
    throw new FashiondError('corrupt', 'the network gave a probability that is not a number', {
      hint: 'the model is broken; train it anew',
    });
  }
  const accepted = best.probability > threshold;
  return {
    category: accepted ? best.category : null,
    probability: best.probability,
    best: best.category,
    candidates: sorted,
    reason: accepted ? null : 'below-threshold',
    model: manifest.fingerprint,
  };
}
