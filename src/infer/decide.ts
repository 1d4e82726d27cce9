/** From probabilities to decisions: one picture's, and an item's from all its pictures. Pure. */
import { FashiondError } from '../domain/errors.js';
import type { ModelManifest } from '../domain/model.js';
import type { Candidate, Prediction } from '../domain/prediction.js';
import { isAtypical, refusalOf } from '../domain/rejection.js';
import type { DecisionRule } from '../domain/rejection.js';

type LabelledModel = Pick<ModelManifest, 'labels' | 'fingerprint'>;

/** One picture's "impossible" must not outvote all the others, so no probability counts as less. */
const FLOOR = 1e-6;
/** A shop's main picture shows the item itself more often than the others do. */
const MAIN_WEIGHT = 2;

/** `probabilities`: [labels], in the manifest's order; `typicality`: null where the model does not tell. */
export function predictionFrom(
  probabilities: ArrayLike<number>,
  manifest: LabelledModel,
  rule: DecisionRule,
  typicality: number | null,
): Prediction {
  const candidates = manifest.labels.map((category, at) => ({
    category,
    probability: probabilities[at] ?? Number.NaN,
  }));
  return accept(candidates, manifest, rule, typicality);
}

/**
 * An item's category from its pictures, main picture first (it counts double): the weighted geometric mean of
 * the pictures' probabilities, made to add up to 1 (the logarithmic opinion pool, Genest and Zidek 1986,
 * "Combining probability distributions", section 3), then the thresholds again. Pictures out of the model's domain
 * have no say beside others; an item of nothing else is out of it, too.
 * Throws FashiondError when there is no prediction, or one of another model.
 */
export function decide(
  predictions: readonly Prediction[],
  manifest: LabelledModel,
  rule: DecisionRule,
): Prediction {
  const [first] = predictions;
  if (first === undefined) {
    throw new FashiondError('internal', 'an item without a prediction cannot be decided');
  }
  for (const prediction of predictions) checkModel(prediction, manifest);
  const typical = predictions.filter(({ typicality }) => !isAtypical(rule, typicality));
  const heard = typical.length === 0 ? predictions : typical;
  const [only] = heard;
  const typicality = typical.length === 0 ? first.typicality : null;
  if (only !== undefined && heard.length === 1) {
    return accept(only.candidates, manifest, rule, only.typicality);
  }
  const weights = heard.map((prediction) => (prediction === first ? MAIN_WEIGHT : 1));
  return predictionFrom(pooled(heard, weights, manifest), manifest, rule, typicality);
}

/** Probabilities in the order of the labels. */
function pooled(
  predictions: readonly Prediction[],
  weights: readonly number[],
  { labels }: LabelledModel,
): number[] {
  const logs = labels.map(() => 0);
  for (const [index, prediction] of predictions.entries()) {
    const byCategory = new Map(prediction.candidates.map((entry) => [entry.category, entry.probability]));
    for (const [at, category] of labels.entries()) {
      const log = Math.log(Math.max(byCategory.get(category) ?? 0, FLOOR));
      logs[at] = (logs[at] ?? 0) + (weights[index] ?? 1) * log;
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const means = logs.map((sum) => Math.exp(sum / total));
  const mass = means.reduce((sum, mean) => sum + mean, 0);
  return means.map((mean) => mean / mass);
}

function checkModel(prediction: Prediction, manifest: LabelledModel): void {
  if (prediction.model === manifest.fingerprint) return;
  throw new FashiondError(
    'incompatible',
    `a prediction of model ${prediction.model} cannot be joined with those of ${manifest.fingerprint}`,
    { hint: 'decide with the predictions of one model only' },
  );
}

function accept(
  candidates: readonly Candidate[],
  { labels, fingerprint }: LabelledModel,
  rule: DecisionRule,
  typicality: number | null,
): Prediction {
  // Equal probabilities keep the order of the labels: sorting is stable.
  const sorted = [...candidates].sort((one, other) => other.probability - one.probability);
  const [best] = sorted;
  if (best === undefined || sorted.some(({ probability }) => !Number.isFinite(probability))) {
    throw new FashiondError('corrupt', 'the network gave a probability that is not a number', {
      hint: 'the model is broken; train it anew',
    });
  }
  const { category, probability } = best;
  const reason = refusalOf(rule, { label: labels.indexOf(category), probability, typicality });
  return {
    category: reason === null ? category : null,
    probability,
    best: category,
    candidates: sorted,
    reason,
    typicality,
    model: fingerprint,
  };
}
