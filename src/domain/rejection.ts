/**
 * When a prediction is refused: what a model says about itself (manifest.json), and the rule that is in force.
 *
 * A picture passes two gates. Its typicality must reach the floor, or it is out of the model's domain; then the
 * probability of the likeliest category must be above that category's threshold.
 */
/**
 * A number for each picture, higher for what looks like the pictures that were taught. `energy`: minus the energy
 * of the logits; `class-means`: minus the squared Mahalanobis distance of the unit-length features to the nearest
 * class mean, kept in `file` of the model folder. Part of the fingerprint: it decides a stored number.
 */
export type Typicality =
  { readonly score: 'energy' } | { readonly score: 'class-means'; readonly file: string };

/** What was accepted of one source of pictures when the limits were fitted. */
export interface RejectionEvidence {
  readonly source: string;
  /** `known`: pictures of the model's categories; `off-domain`: of nothing that it was taught. */
  readonly role: 'known' | 'off-domain';
  readonly pictures: number;
  readonly accepted: number;
  readonly wrong: number;
  /**
   * What these numbers say of the promise (for pictures of other things: that few enough are accepted). `proven`: kept
   * at its confidence; `likely`: kept, more likely than not; `open`: nothing is known, for nothing or too little is accepted.
   */
  readonly promise: 'proven' | 'likely' | 'open';
}

export interface Rejection {
  readonly version: 1;
  /** For each label, in their order: probabilities above it are accepted; null accepts none. */
  readonly thresholds: readonly (number | null)[];
  /** Least typicality; null lets every picture through. */
  readonly floor: number | null;
  /** Least share of the accepted that is right, and the confidence with which it is meant. */
  readonly promise: { readonly precision: number; readonly confidence: number };
  readonly evidence: readonly RejectionEvidence[];
  /** ISO 8601, UTC. */
  readonly fittedAt: string;
  /** Over the fingerprint and all of the above, so that no limit changes unnoticed. */
  readonly sha256: string;
}

/** What decides: the same as a `Rejection`, or one threshold for all. */
export interface DecisionRule {
  readonly kind: 'fixed' | 'calibrated';
  readonly thresholds: readonly (number | null)[];
  readonly floor: number | null;
  /** Names all that shapes a decision; differs where a decision may differ. */
  readonly version: string;
}

export function fixedRule(labels: readonly string[], threshold: number): DecisionRule {
  return {
    kind: 'fixed',
    thresholds: labels.map(() => threshold),
    floor: null,
    version: String(threshold),
  };
}

export function calibratedRule({ thresholds, floor, sha256 }: Rejection): DecisionRule {
  return { kind: 'calibrated', thresholds, floor, version: `calibrated ${sha256}` };
}

export type Refusal = 'out-of-domain' | 'below-threshold';

/** Null when accepted. `label`: position of the likeliest category; `typicality`: null where it is not known. */
export function refusalOf(
  rule: DecisionRule,
  {
    label,
    probability,
    typicality,
  }: {
    readonly label: number;
    readonly probability: number;
    readonly typicality: number | null;
  },
): Refusal | null {
  if (isAtypical(rule, typicality)) return 'out-of-domain';
  const threshold = rule.thresholds[label] ?? null;
  return threshold !== null && probability > threshold ? null : 'below-threshold';
}

export function isAtypical({ floor }: DecisionRule, typicality: number | null): boolean {
  return floor !== null && typicality !== null && typicality < floor;
}
