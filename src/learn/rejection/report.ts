/** What could be rejected and by which rule: thresholds that keep a promise, and scores beyond the probability. */
import { bestOf, decisionsOf } from '../evaluation/decisions.js';
import type { Decision } from '../evaluation/decisions.js';
import type { Judged } from '../evaluation/judge.js';
import type { Outputs } from '../evaluation/judged-model.js';
import { share } from '../evaluation/share.js';
import type { Share } from '../evaluation/share.js';
import { fitClassMeans, nearnessOf, ofUnitLength } from './class-means.js';
import { acceptedByClass, classThresholds } from './class-thresholds.js';
import type { ClassThreshold } from './class-thresholds.js';
import { guaranteedThreshold } from './guaranteed-threshold.js';
import type { GuaranteedThreshold, Promised } from './guaranteed-threshold.js';
import { largestProbabilities, negativeEnergies } from './scores.js';
import { acceptedShare, separation, thresholdKeeping } from './separation.js';
import type { Separation } from './separation.js';

interface ScoreReport extends Separation {
  readonly score: 'probability' | 'energy' | 'class means';
  /** With the threshold that accepts as many validation pictures as the fixed one: the share of those that is right. */
  readonly precision: Share;
  /** And the share of the off-domain pictures that it accepts. */
  readonly offDomain: number;
}

interface Applied {
  readonly precision: Share;
  readonly coverage: Share;
}

export interface RejectionReport {
  readonly promised: Promised;
  /** Chosen on the validation split. */
  readonly thresholds: readonly ClassThreshold[];
  /** One threshold for all classes, with the same promise for all accepted together. */
  readonly overall: GuaranteedThreshold | null;
  /** What they do on the split that is reported; null when that is the validation split itself. */
  readonly applied: { readonly byClass: Applied; readonly overall: Applied } | null;
  /** Share of the off-domain pictures that the classes' thresholds accept; null without such pictures. */
  readonly offDomain: Share | null;
  /** Validation against off-domain pictures; empty without the latter. */
  readonly scores: readonly ScoreReport[];
}

export interface RejectionMaterial {
  readonly labels: readonly string[];
  /** Probabilities above it are accepted by the fixed rule. */
  readonly threshold: number;
  readonly validation: Judged;
  /** The split that is reported. */
  readonly reported: Judged;
  /** For the class means; null leaves them out. */
  readonly train: Judged | null;
  readonly offDomain: Outputs | null;
}

export function rejectionReport(material: RejectionMaterial, promised: Promised): RejectionReport {
  const { labels, validation, reported, offDomain } = material;
  const decisions = decisionsOf(validation.predictions);
  const thresholds = classThresholds(decisions, labels, promised);
  const overall = guaranteedThreshold(
    decisions.map(({ probability }) => probability),
    decisions.map(({ right }) => right),
    promised,
  );
  const own = decisionsOf(reported.predictions);
  return {
    promised,
    thresholds,
    overall,
    applied:
      reported.split === 'validation'
        ? null
        : {
            byClass: applied(own, (decision) => acceptedByClass(decision, thresholds)),
            overall: applied(own, ({ probability }) => overall !== null && probability > overall.threshold),
          },
    offDomain: offDomain === null ? null : acceptedOf(offDomain.probabilities, labels.length, thresholds),
    scores: offDomain === null ? [] : scoreReports(material, offDomain),
  };
}

function applied(decisions: readonly Decision[], accepts: (decision: Decision) => boolean): Applied {
  const accepted = decisions.filter(accepts);
  const right = accepted.filter((decision) => decision.right).length;
  return { precision: share(right, accepted.length), coverage: share(accepted.length, decisions.length) };
}

function acceptedOf(
  probabilities: Float32Array,
  classes: number,
  thresholds: readonly ClassThreshold[],
): Share {
  const rows = probabilities.length / classes;
  let accepted = 0;
  for (let row = 0; row < rows; row += 1) {
    if (acceptedByClass(bestOf(probabilities, classes, row), thresholds)) accepted += 1;
  }
  return share(accepted, rows);
}

function scoreReports(material: RejectionMaterial, offDomain: Outputs): ScoreReport[] {
  const { labels, validation, threshold } = material;
  const known = scoresOf(material, validation.outputs);
  const unknown = scoresOf(material, offDomain);
  const decisions = decisionsOf(validation.predictions);
  const kept = decisions.filter(({ probability }) => probability > threshold).length / decisions.length;
  if (labels.length === 0 || unknown.length !== known.length) return [];
  return known.map(({ score, values }, at) => {
    const others = unknown[at]?.values ?? new Float64Array(0);
    // Nothing accepted by the fixed rule: nothing is accepted by the other rules.
    const cut = kept === 0 ? Number.POSITIVE_INFINITY : thresholdKeeping(values, kept);
    const accepted = decisions.filter((_, row) => (values[row] ?? 0) >= cut);
    return {
      score,
      ...separation(values, others),
      precision: share(accepted.filter(({ right }) => right).length, accepted.length),
      offDomain: acceptedShare(others, cut),
    };
  });
}

function scoresOf(
  { labels, train }: RejectionMaterial,
  { probabilities, logits, features }: Outputs,
): { readonly score: ScoreReport['score']; readonly values: Float64Array }[] {
  const classes = labels.length;
  const scores: { score: ScoreReport['score']; values: Float64Array }[] = [
    { score: 'probability', values: largestProbabilities(probabilities, classes) },
  ];
  if (logits !== null) scores.push({ score: 'energy', values: negativeEnergies(logits, classes) });
  const taught = train?.outputs.features;
  if (features !== null && train !== null && taught !== null && taught !== undefined) {
    const width = taught.length / train.pictures.length;
    const unit = (rows: Float32Array): Float32Array => ofUnitLength(rows, width);
    const means = fitClassMeans(unit(taught), train.predictions.labels, classes, width);
    scores.push({ score: 'class means', values: nearnessOf(means, unit(features)) });
  }
  return scores;
}
