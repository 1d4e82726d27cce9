/**
 * Whether a model may take the place of the current one: both decide on the same pictures, each by its own rule. The
 * precision of what the candidate accepts has a floor; coverage, and what is named rightly in each class, may be less
 * than the current model's only as far as chance explains it.
 */
import { GATE_SENTENCES } from '../../domain/gate-sentences.js';
import type { ModelFingerprint } from '../../domain/ids.js';
import type { GateCheck, GateReport } from '../../domain/model-registry.js';
import { fill } from '../../domain/sentences.js';
import { pairedCounts, pairedDifference } from '../evaluation/paired-difference.js';
import { interval, share } from '../evaluation/share.js';
import type { Share } from '../evaluation/share.js';
import { logBinomial } from '../rejection/binomial.js';

/** What a model made of one picture. */
export interface GateAnswer {
  /** Names the picture; answers of two models are put together by it. */
  readonly picture: string;
  readonly source: string;
  readonly truth: string;
  /** Whether the likeliest category is the true one. */
  readonly right: boolean;
  /** Whether the decision rule lets it through. */
  readonly accepted: boolean;
}

export interface GateModel {
  readonly fingerprint: ModelFingerprint;
  readonly labels: readonly string[];
  /** On pictures of its own categories. */
  readonly answers: readonly GateAnswer[];
}

/** A loss in one class that is rarer than this by chance is a loss; divided by the number of classes looked at. */
const LEVEL = 0.05;

/** `floor`: least precision of what is accepted, 0 to 1; `current`: null where there is none to compare with. */
export function gateOf(
  candidate: GateModel,
  current: GateModel | null,
  { floor, data }: { readonly floor: number; readonly data: string },
): GateReport {
  const pairs = current === null ? [] : pairsOf(candidate, current);
  const checks = [
    precisionCheck(candidate.answers, floor),
    ...sourceChecks(candidate.answers, floor),
    ...(current === null
      ? []
      : [categoriesCheck(candidate, current), coverageCheck(pairs), worstClassCheck(pairs)]),
  ];
  return {
    against: current?.fingerprint ?? null,
    passed: checks.every(({ passed }) => passed),
    checks,
    data,
    pictures: candidate.answers.length,
  };
}

function precisionCheck(answers: readonly GateAnswer[], floor: number): GateCheck {
  const precision = precisionOf(answers);
  return {
    name: 'precision',
    passed: precision.of > 0 && precision.value >= floor,
    candidate: precision.of === 0 ? null : precision.value,
    required: floor,
    says:
      precision.of === 0
        ? fill(GATE_SENTENCES.nothingAccepted, { pictures: answers.length, floor })
        : fill(GATE_SENTENCES.precision, { now: interval(precision), floor }),
  };
}

/** Where pictures come from several sources, a few bad ones must not hide among many good ones. */
function sourceChecks(answers: readonly GateAnswer[], floor: number): GateCheck[] {
  const sources = [...new Set(answers.map(({ source }) => source))].sort();
  if (sources.length < 2) return [];
  return sources.map((source) => {
    const precision = precisionOf(answers.filter((answer) => answer.source === source));
    return {
      name: `precision, ${source}`,
      passed: precision.of === 0 || precision.high >= floor,
      candidate: precision.of === 0 ? null : precision.value,
      required: floor,
      says: fill(GATE_SENTENCES.sourcePrecision, { source, now: interval(precision), floor }),
    };
  });
}

function precisionOf(answers: readonly GateAnswer[]): Share {
  const accepted = answers.filter((answer) => answer.accepted);
  return share(accepted.filter(({ right }) => right).length, accepted.length);
}

function categoriesCheck(candidate: GateModel, current: GateModel): GateCheck {
  const lost = current.labels.filter((label) => !candidate.labels.includes(label));
  const all = current.labels.length;
  const kept = all - lost.length;
  return {
    name: 'categories',
    passed: lost.length === 0,
    candidate: kept,
    required: all,
    says:
      lost.length === 0
        ? fill(GATE_SENTENCES.categories, { kept, all })
        : fill(GATE_SENTENCES.categoriesLost, { kept, all, lost: lost.join(', ') }),
  };
}

interface Pair {
  readonly candidate: GateAnswer;
  readonly current: GateAnswer;
}

function pairsOf(candidate: GateModel, current: GateModel): Pair[] {
  const before = new Map(current.answers.map((answer) => [answer.picture, answer]));
  return candidate.answers.flatMap((answer) => {
    const other = before.get(answer.picture);
    return other === undefined ? [] : [{ candidate: answer, current: other }];
  });
}

function coverageCheck(pairs: readonly Pair[]): GateCheck {
  const accepted = (which: keyof Pair): Share =>
    share(pairs.filter((pair) => pair[which].accepted).length, pairs.length);
  const [now, before] = [accepted('candidate'), accepted('current')];
  const loss = pairedDifference(
    pairedCounts(pairs.map((pair) => ({ first: pair.current.accepted, second: pair.candidate.accepted }))),
  );
  return {
    name: 'coverage',
    passed: loss.low <= 0,
    candidate: now.value,
    required: before.value,
    says: fill(GATE_SENTENCES.coverage, { now: interval(now), before: interval(before) }),
  };
}

/** Of the class that lost most surely: McNemar 1947, exact and one-sided, with Bonferroni's correction. */
function worstClassCheck(pairs: readonly Pair[]): GateCheck {
  const labels = [...new Set(pairs.map(({ candidate }) => candidate.truth))].sort();
  const losses = labels
    .map((label) => {
      const own = pairs.filter(({ candidate }) => candidate.truth === label);
      const rightBy = (which: keyof Pair): Share =>
        share(own.filter((pair) => pair[which].right).length, own.length);
      const lost = own.filter(({ candidate, current }) => current.right && !candidate.right).length;
      const won = own.filter(({ candidate, current }) => candidate.right && !current.right).length;
      return { label, now: rightBy('candidate'), before: rightBy('current'), p: atLeast(lost, lost + won) };
    })
    .sort((a, b) => a.p - b.p || a.now.value - a.before.value - (b.now.value - b.before.value));
  const [worst] = losses;
  if (worst === undefined) {
    return {
      name: 'worst class',
      passed: false,
      candidate: null,
      required: null,
      says: GATE_SENTENCES.noPictures,
    };
  }
  return {
    name: 'worst class',
    passed: worst.p >= LEVEL / labels.length,
    candidate: worst.now.value,
    required: worst.before.value,
    says: fill(GATE_SENTENCES.worstClass, {
      label: worst.label,
      now: interval(worst.now),
      before: interval(worst.before),
    }),
  };
}

/** Probability of at least so many heads in so many throws. */
function atLeast(heads: number, throws: number): number {
  let sum = 0;
  for (let hits = heads; hits <= throws; hits += 1) sum += Math.exp(logBinomial(throws, hits, 0.5));
  return Math.min(1, sum);
}
