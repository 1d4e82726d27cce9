/**
 * Fits what a model refuses: a floor under its typicality and a threshold for each category.
 *
 * The promise is kept for every source of known pictures by itself, because a new shop looks like one of them, not like
 * their mixture. Thresholds come from one number, the log-odds that a naming is right (acceptance-model.ts), scored
 * on pictures that it was not fitted to (five folds). For each source the cut is the lowest that provably keeps the
 * promise; where none does, the lowest that more likely than not does; where none does that, the source's surest
 * mistake. The strictest source decides.
 */
import type { Rejection, RejectionEvidence } from '../../domain/rejection.js';
import { acceptanceOf, fitAcceptance, logOdds, thresholdAt } from './acceptance-model.js';
import { upperRate } from './binomial.js';
import type { Promised } from './guaranteed-threshold.js';
import type { Judgement, TypicalityScore } from './judgement.js';
import { thresholdKeeping } from './separation.js';
import { sequentialThreshold } from './sequential-threshold.js';

export interface LimitsMaterial {
  readonly classes: number;
  /** Pictures of the model's categories, those of one source and category next to each other. */
  readonly known: readonly Judgement[];
  /** Pictures of nothing that was taught. */
  readonly offDomain: readonly Judgement[];
  /** Typicalities to choose from; the first is taken where they do equally well. */
  readonly scores: readonly TypicalityScore[];
}

export interface FittedLimits {
  /** The typicality that the floor is for; null for no floor. */
  readonly score: TypicalityScore | null;
  readonly limits: Pick<Rejection, 'thresholds' | 'floor' | 'evidence'>;
  /** Mean over the sources of known pictures of the share that is accepted. */
  readonly coverage: number;
}

/** What the limits promise where nobody says otherwise. */
export const LIMITS_PROMISE: Promised = { risk: 0.03, doubt: 0.05 };

/** Largest share of the pictures of other things that may be accepted. */
const MOST_OFF_DOMAIN = 0.05;
/** Shares of the rightly named known pictures that a floor lets through, to choose from. */
const KEEPING = [0.99, 0.98, 0.95, 0.9, 0.85, 0.8, 0.7] as const;
const FOLDS = 5;
/** Pictures next to each other that stay in one fold: they may show the same thing. */
const NEIGHBOURS = 8;
const EVEN_ODDS = 0.5;
/** Below even odds a category is not named, whatever its record. */
const LEAST_THRESHOLD = 0.5;

/** Of all floors the one under which most known pictures are accepted, sources counting alike. */
export function fitLimits(material: LimitsMaterial, promised: Promised): FittedLimits {
  let best = fitUnder(null, null, material, promised);
  const right = material.known.filter((judgement) => judgement.right);
  for (const score of material.scores) {
    const values = right.map(({ typicality }) => typicality[score] ?? Number.NEGATIVE_INFINITY);
    for (const share of KEEPING) {
      const found = fitUnder(score, thresholdKeeping(values, share), material, promised);
      if (found.coverage > best.coverage) best = found;
    }
  }
  return best;
}

function fitUnder(
  score: TypicalityScore | null,
  floor: number | null,
  { classes, known, offDomain }: LimitsMaterial,
  promised: Promised,
): FittedLimits {
  const passes = ({ typicality }: Judgement): boolean =>
    score === null || floor === null || (typicality[score] ?? Number.NEGATIVE_INFINITY) >= floor;
  const admitted = known.filter(passes);
  const model = fitAcceptance(admitted, classes);
  const scored = outOfFold(admitted, classes);
  const cut = Math.max(
    ...sourcesOf(known).map((source) =>
      cutFor(
        scored.filter((row) => row.judgement.source === source),
        promised,
      ),
    ),
    cutAgainst(
      offDomain.map((judgement) => (passes(judgement) ? acceptanceOf(model, judgement) : -Infinity)),
    ),
  );
  const thresholds = Array.from({ length: classes }, (_, named) => {
    const threshold = Math.max(LEAST_THRESHOLD, thresholdAt(model, named, cut));
    return threshold < 1 ? threshold : null;
  });
  const accepts = (judgement: Judgement): boolean => {
    const threshold = thresholds[judgement.named] ?? null;
    return passes(judgement) && threshold !== null && judgement.probability > threshold;
  };
  const evidence = evidenceOf(known, 'known', accepts, promised);
  return {
    score,
    limits: {
      thresholds,
      floor,
      evidence: [...evidence, ...evidenceOf(offDomain, 'off-domain', accepts, promised)],
    },
    coverage:
      evidence.reduce((sum, { accepted, pictures }) => sum + accepted / pictures, 0) / evidence.length,
  };
}

interface Scored {
  readonly judgement: Judgement;
  readonly score: number;
}

/** Each picture scored by a model that was fitted without it and its neighbours. */
function outOfFold(judgements: readonly Judgement[], classes: number): Scored[] {
  const foldOf = (at: number): number => Math.floor(at / NEIGHBOURS) % FOLDS;
  return Array.from({ length: FOLDS }, (_, fold) => {
    const model = fitAcceptance(
      judgements.filter((__, at) => foldOf(at) !== fold),
      classes,
    );
    return judgements
      .filter((__, at) => foldOf(at) === fold)
      .map((judgement) => ({ judgement, score: acceptanceOf(model, judgement) }));
  }).flat();
}

/** The log-odds above which a source's pictures are accepted. */
function cutFor(scored: readonly Scored[], promised: Promised): number {
  const scores = scored.map(({ score }) => score);
  const right = scored.map(({ judgement }) => judgement.right);
  const proven = sequentialThreshold(scores, right, promised);
  return proven?.threshold ?? likelyCut(scored, promised.risk) ?? cutAboveMistakes(scored, promised.risk);
}

/** The lowest score from which on the promise is more likely kept than not; null when there is none. */
function likelyCut(scored: readonly Scored[], risk: number): number | null {
  const order = [...scored].sort((a, b) => b.score - a.score);
  let wrong = 0;
  let lowest: number | null = null;
  for (const [at, { judgement, score }] of order.entries()) {
    wrong += judgement.right ? 0 : 1;
    const next = order[at + 1]?.score ?? Number.NEGATIVE_INFINITY;
    if (next < score && upperRate(wrong, at + 1, EVEN_ODDS) <= risk)
      lowest = (score + Math.max(next, score - 1)) / 2;
  }
  return lowest;
}

/** Even without a mistake, what the log-odds themselves call too unsure is not accepted. */
function cutAboveMistakes(scored: readonly Scored[], risk: number): number {
  const mistakes = scored.filter(({ judgement }) => !judgement.right).map(({ score }) => score);
  return Math.max(logOdds(1 - risk), ...mistakes);
}

/** The log-odds above which few enough pictures of other things are accepted. */
function cutAgainst(scores: readonly number[]): number {
  const most = Math.floor(MOST_OFF_DOMAIN * scores.length);
  return [...scores].sort((a, b) => b - a)[most] ?? Number.NEGATIVE_INFINITY;
}

function sourcesOf(judgements: readonly Judgement[]): string[] {
  return [...new Set(judgements.map(({ source }) => source))];
}

function evidenceOf(
  judgements: readonly Judgement[],
  role: RejectionEvidence['role'],
  accepts: (judgement: Judgement) => boolean,
  { risk, doubt }: Promised,
): RejectionEvidence[] {
  return sourcesOf(judgements).map((source) => {
    const own = judgements.filter((judgement) => judgement.source === source);
    const accepted = own.filter(accepts);
    const wrong = accepted.filter(({ right }) => !right).length;
    const [hits, of, most] =
      role === 'known' ? [wrong, accepted.length, risk] : [accepted.length, own.length, MOST_OFF_DOMAIN];
    const kept = (atDoubt: number): boolean => of > 0 && upperRate(hits, of, atDoubt) <= most;
    const promise = kept(doubt) ? 'proven' : kept(EVEN_ODDS) ? 'likely' : 'open';
    return { source, role, pictures: own.length, accepted: accepted.length, wrong, promise };
  });
}
