/**
 * What a model must answer of known pictures before it serves: numbers that are numbers, probabilities that add up to 1,
 * features of unit length, and what it answered when it was loaded first.
 */
import type { GoldenAnswer } from '../domain/model.js';
import type { PictureOutcome } from '../domain/prediction.js';

/** Runtimes and processors differ in the last digits; a file that was damaged or a wrong preparation in the first ones. */
const PROBABILITY_TOLERANCE = 0.02;
const LEAST_COSINE = 0.99;
const SUM_TOLERANCE = 1e-3;

/** What of an outcome is kept to compare the next load with; null where it is no answer. */
export function goldenAnswer(picture: string, outcome: PictureOutcome, made: string): GoldenAnswer | null {
  if (outcome.kind !== 'classified') return null;
  const { candidates } = outcome.prediction;
  return {
    picture,
    probabilities: Object.fromEntries(candidates.map(({ category, probability }) => [category, probability])),
    features: [...outcome.vectors.features],
    made,
  };
}

/** Why the outcome is not one to serve with, in words; null where it is. `kept`: of the first load, where there was one. */
export function goldenFault(outcome: PictureOutcome, kept: GoldenAnswer | null): string | null {
  if (outcome.kind !== 'classified') return `it was ${outcome.kind}: ${outcome.detail}`;
  const probabilities = outcome.prediction.candidates.map(({ probability }) => probability);
  const { features } = outcome.vectors;
  if (![...probabilities, ...features].every((value) => Number.isFinite(value))) {
    return 'the network gave what is no number';
  }
  const sum = probabilities.reduce((total, one) => total + one, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) return `its probabilities add up to ${sum.toFixed(4)}, not to 1`;
  if (probabilities.some((one) => one < 0)) return 'one of its probabilities is negative';
  const length = Math.hypot(...features);
  if (Math.abs(length - 1) > SUM_TOLERANCE) return `its features have the length ${length.toFixed(4)}, not 1`;
  return kept === null ? null : difference(outcome, kept);
}

function difference(
  { prediction, vectors }: Extract<PictureOutcome, { kind: 'classified' }>,
  kept: GoldenAnswer,
): string | null {
  for (const { category, probability } of prediction.candidates) {
    const before = kept.probabilities[category] ?? 0;
    if (Math.abs(before - probability) > PROBABILITY_TOLERANCE) {
      return `${category} has ${probability.toFixed(3)}; when the model was loaded first it had ${before.toFixed(3)}`;
    }
  }
  const { features } = vectors;
  if (kept.features.length !== features.length) {
    return `it has ${features.length} features; when the model was loaded first it had ${kept.features.length}`;
  }
  const cosine = features.reduce((total, value, at) => total + value * (kept.features[at] ?? 0), 0);
  if (cosine >= LEAST_COSINE) return null;
  return `its features are not those of the first load (cosine ${cosine.toFixed(4)})`;
}
