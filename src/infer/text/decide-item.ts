/** An item's decision from its words and its pictures; where one of them is missing, the other decides alone. Pure. */
import { isTextRefusal } from '../../domain/item-text.js';
import type { TextClass, TextPrediction } from '../../domain/item-text.js';
import type { CategoryId } from '../../domain/ids.js';
import type { ModelManifest } from '../../domain/model.js';
import type { Candidate, Evidence, Prediction, UnknownReason } from '../../domain/prediction.js';
import { isAtypical } from '../../domain/rejection.js';
import type { DecisionRule } from '../../domain/rejection.js';
import { evidenceFor, joined, labelFor } from '../../model/text/joint.js';
import type { Evidence as ClassEvidence, JointVocabulary, JointWeights } from '../../model/text/joint.js';
import { decide } from '../decide.js';

export interface ItemRule {
  readonly manifest: Pick<ModelManifest, 'labels' | 'fingerprint'>;
  /** For pictures alone. */
  readonly pictures: DecisionRule;
  readonly weights: JointWeights;
  readonly vocabulary: JointVocabulary;
  /** Probabilities above are accepted; null accepts nothing. `text`: of the words alone; `joint`: of both. */
  readonly limits: { readonly text: number | null; readonly joint: number | null };
}

/** Candidates that are less likely are not kept. */
const LEAST = 0.001;

/**
 * `pictures`: main picture first. Null when there is neither; throws FashiondError for a prediction of another model.
 */
export function decideItem(
  pictures: readonly Prediction[],
  text: TextPrediction | null,
  rule: ItemRule,
): Prediction | null {
  const heard = text !== null && text.candidates.length > 0 ? text : null;
  const seen = pictures.length === 0 ? null : decide(pictures, rule.manifest, rule.pictures);
  if (heard === null) {
    return seen === null ? null : { ...seen, evidence: pictureEvidence(pictures, seen, null) };
  }
  // Pictures that look like nothing that was taught have no say, as among pictures.
  if (seen === null || isAtypical(rule.pictures, seen.typicality)) {
    return fromText(heard, rule, seen);
  }
  return fromBoth(heard, seen, pictures, rule);
}

function fromText(text: TextPrediction, rule: ItemRule, seen: Prediction | null): Prediction {
  const chances = text.candidates.map(({ class: name, probability }) => ({ name, probability }));
  return {
    ...accept(chances, rule.limits.text, rule),
    evidence: {
      by: 'text',
      words: text.words,
      text: text.candidates[0] ?? null,
      pictures: seen === null ? null : { category: seen.best, probability: seen.probability },
      picture: null,
    },
  };
}

function fromBoth(
  text: TextPrediction,
  seen: Prediction,
  pictures: readonly Prediction[],
  rule: ItemRule,
): Prediction {
  const evidence = evidenceFor(
    {
      text: new Map(text.candidates.map(({ class: name, probability }) => [name, probability])),
      picture: new Map<string, number>(
        seen.candidates.map(({ category, probability }) => [category, probability]),
      ),
    },
    rule.vocabulary,
  );
  const probabilities = joined(evidence, rule.weights);
  const chances = evidence
    .map((one, at) => ({ name: one.class, probability: probabilities[at] ?? 0, one }))
    .sort((a, b) => b.probability - a.probability);
  const label = labelFor(chances[0]?.name ?? '', new Set(rule.manifest.labels), rule.vocabulary.within);
  return {
    ...accept(chances, rule.limits.joint, rule),
    evidence: {
      ...pictureEvidence(pictures, seen, label),
      by: whoDecided(chances[0]?.one, chances[1]?.one, rule.weights),
      words: text.words,
      text: text.candidates[0] ?? null,
    },
  };
}

/** Who preferred the likeliest class to the next one. */
function whoDecided(
  best: ClassEvidence | undefined,
  next: ClassEvidence | undefined,
  weights: JointWeights,
): Evidence['by'] {
  if (best === undefined || next === undefined) return 'text-and-picture';
  const byText = weights.text * (best.text - next.text);
  const byPicture =
    weights.picture * (best.picture - next.picture) + weights.unseen * (best.unseen - next.unseen);
  if (byPicture <= 0) return 'text';
  return byText <= 0 ? 'picture' : 'text-and-picture';
}

function pictureEvidence(
  pictures: readonly Prediction[],
  seen: Prediction | null,
  label: string | null,
): Evidence {
  const wanted = label ?? seen?.best ?? null;
  const shares = pictures.map(
    ({ candidates }) => candidates.find(({ category }) => category === wanted)?.probability ?? 0,
  );
  return {
    by: 'picture',
    words: [],
    text: null,
    pictures: seen === null ? null : { category: seen.best, probability: seen.probability },
    picture: pictures.length === 0 ? null : shares.indexOf(Math.max(...shares)),
  };
}

/** `chances`: likeliest first. */
function accept(
  chances: readonly { readonly name: TextClass; readonly probability: number }[],
  limit: number | null,
  { manifest }: ItemRule,
): Omit<Prediction, 'evidence'> {
  const candidates: Candidate[] = chances.flatMap(({ name, probability }, at) =>
    isTextRefusal(name) || (probability < LEAST && at > 1) ? [] : [{ category: name, probability }],
  );
  const [best] = candidates;
  const [first] = chances;
  // A class list with no category in reach: what is likeliest of nothing.
  const { category, probability } = best ?? {
    category: (manifest.labels[0] ?? '') as CategoryId,
    probability: 0,
  };
  const reason = reasonFor(first, limit);
  return {
    category: reason === null ? category : null,
    probability,
    best: category,
    candidates: best === undefined ? [{ category, probability }] : candidates,
    reason,
    typicality: null,
    model: manifest.fingerprint,
  };
}

function reasonFor(
  first: { readonly name: TextClass; readonly probability: number } | undefined,
  limit: number | null,
): UnknownReason | null {
  if (first === undefined) return 'below-threshold';
  if (isTextRefusal(first.name)) return first.name;
  return limit !== null && first.probability > limit ? null : 'below-threshold';
}
