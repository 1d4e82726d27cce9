/** What is promised on real photos, and what was measured of it. */
import { table } from '../../src/cli/text-table.js';
import type { ModelManifest } from '../../src/domain/model.js';
import { refusalOf } from '../../src/domain/rejection.js';
import type { DecisionRule } from '../../src/domain/rejection.js';
import { calibrationError, reliability } from '../../src/learn/evaluation/calibration.js';
import type { Outputs } from '../../src/learn/evaluation/judged-model.js';
import { share } from '../../src/learn/evaluation/share.js';
import type { Share } from '../../src/learn/evaluation/share.js';
import { judgementsOf } from '../../src/learn/rejection/judgement.js';
import type { ClassMeans } from '../../src/model/typicality.js';
import { Random } from '../../src/platform/random.js';
import { boundText, isKept, measuredText } from './bars.js';
import type { Bar, Measured } from './bars.js';

/** What became of one picture under a rule. */
export interface GatedRow {
  readonly accepted: boolean;
  /** Whether the likeliest category is the true one; never of other things. */
  readonly right: boolean;
  /** Of the likeliest category. */
  readonly probability: number;
}

/** The same pictures under the model's own rule, as it is served, and with one threshold for all. */
export interface ByRule {
  readonly own: readonly GatedRow[];
  readonly fixed: readonly GatedRow[];
}

export interface PhotoRows {
  readonly clothing: ByRule;
  readonly extra: ByRule;
  readonly offDomain: ByRule;
  /** The fall of accuracy on other grounds. */
  readonly grounds: Measured;
}

/** Shares from 0 to 1. */
const REQUIRED = {
  accuracy: 0.87,
  precision: 0.99,
  coverage: 0.6,
  offDomain: 0.05,
  calibrationError: 0.03,
  fall: 0.03,
} as const;
const RULES = [
  ['own', 'own rule'],
  ['fixed', 'above 0.9'],
] as const;
const RESAMPLES = 1000;

/** `truths`: position of the true category of each row, null for other things. */
export function gatedRows(
  outputs: Outputs,
  truths: readonly (number | null)[],
  rule: DecisionRule,
  {
    manifest,
    classMeans,
  }: {
    readonly manifest: Pick<ModelManifest, 'labels' | 'typicality'>;
    readonly classMeans: ClassMeans | null;
  },
): GatedRow[] {
  const { labels, typicality } = manifest;
  const sources = truths.map(() => '');
  return judgementsOf(outputs, labels.length, sources, truths, classMeans).map((judgement) => {
    const { named: label, probability, right } = judgement;
    const familiar = typicality === null ? null : (judgement.typicality[typicality.score] ?? null);
    return {
      accepted: refusalOf(rule, { label, probability, typicality: familiar }) === null,
      right,
      probability,
    };
  });
}

export function photoBars({ clothing, offDomain, grounds }: PhotoRows): Bar[] {
  const atLeast = (what: string, measured: Measured, value: number): Bar => ({
    what,
    measured,
    bound: { kind: 'at-least', value },
  });
  const atMost = (what: string, measured: Measured, value: number): Bar => ({
    what,
    measured,
    bound: { kind: 'at-most', value },
  });
  return [
    atLeast('clothing, top-1', accuracyOf(clothing.own), REQUIRED.accuracy),
    ...RULES.flatMap(([rule, name]) => [
      atLeast(`clothing, precision, ${name}`, precisionOf(clothing[rule]), REQUIRED.precision),
      atLeast(`clothing, coverage, ${name}`, acceptedOf(clothing[rule]), REQUIRED.coverage),
    ]),
    ...RULES.map(([rule, name]) =>
      atMost(`other things accepted, ${name}`, acceptedOf(offDomain[rule]), REQUIRED.offDomain),
    ),
    atMost('clothing, calibration error', calibrationOf(clothing.own), REQUIRED.calibrationError),
    atMost('fall of accuracy on other grounds', grounds, REQUIRED.fall),
  ];
}

/** The bars, and below them what is reported without one. */
export function photoLines(rows: PhotoRows): string[] {
  const { clothing, extra } = rows;
  const reported: [string, Measured][] = [
    ['clothing, largest coverage at this precision', coverageKeeping(clothing.own, REQUIRED.precision)],
    ['clothing, calibration error if probabilities meant what they say', chanceOf(clothing.own)],
    ['clothing-extra, top-1', accuracyOf(extra.own)],
    ...RULES.flatMap(([rule, name]): [string, Measured][] => [
      [`clothing-extra, precision, ${name}`, precisionOf(extra[rule])],
      [`clothing-extra, coverage, ${name}`, acceptedOf(extra[rule])],
    ]),
    ['clothing-extra, calibration error', calibrationOf(extra.own)],
  ];
  return table([
    ['', 'required', 'measured (95 % interval)', ''],
    ...photoBars(rows).map((bar) => [
      bar.what,
      boundText(bar.bound),
      measuredText(bar.measured),
      isKept(bar) ? 'kept' : 'MISSED',
    ]),
    ...reported.map(([what, measured]) => [what, '-', measuredText(measured), '']),
  ]);
}

function accuracyOf(rows: readonly GatedRow[]): Share {
  return share(rows.filter(({ right }) => right).length, rows.length);
}

function acceptedOf(rows: readonly GatedRow[]): Share {
  return share(rows.filter(({ accepted }) => accepted).length, rows.length);
}

function precisionOf(rows: readonly GatedRow[]): Share {
  return accuracyOf(rows.filter(({ accepted }) => accepted));
}

/** The largest share of most probable pictures of which so many are right: a point of the risk-coverage curve. */
function coverageKeeping(rows: readonly GatedRow[], precision: number): Share {
  const order = [...rows].sort((one, other) => other.probability - one.probability);
  let [right, most] = [0, 0];
  for (const [at, row] of order.entries()) {
    right += row.right ? 1 : 0;
    const isLastOfEquals = order[at + 1]?.probability !== row.probability;
    if (isLastOfEquals && right / (at + 1) >= precision) most = at + 1;
  }
  return share(most, rows.length);
}

/** With the percentile interval of the bootstrap (Efron 1979), from a fixed seed. */
function calibrationOf(rows: readonly GatedRow[]): Measured {
  const random = new Random(1);
  const value = rows.length === 0 ? 0 : errorOf(rows);
  return spread(rows, value, () => rows.map(() => random.pick(rows)));
}

/**
 * What the error of a model without any would be on so few pictures: its median, with right and wrong drawn by its own
 * probabilities. Binned errors are above zero by chance alone (Bröcker and Smith 2007, "Increasing the Reliability of
 * Reliability Diagrams").
 */
function chanceOf(rows: readonly GatedRow[]): Measured {
  const random = new Random(2);
  return spread(rows, null, () => rows.map((row) => ({ ...row, right: random.chance(row.probability) })));
}

function errorOf(rows: readonly GatedRow[]): number {
  return calibrationError(
    reliability(
      rows.map(({ probability }) => probability),
      rows.map(({ right }) => right),
    ),
  );
}

/** `value`: the median of what is drawn, where it is null. */
function spread(rows: readonly GatedRow[], value: number | null, draw: () => readonly GatedRow[]): Measured {
  if (rows.length === 0) return { value: 0, low: 0, high: 1, of: 0 };
  const drawn = Array.from({ length: RESAMPLES }, () => errorOf(draw())).sort((one, other) => one - other);
  const at = (part: number): number => drawn[Math.floor(part * RESAMPLES)] ?? 0;
  return { value: value ?? at(0.5), low: at(0.025), high: at(0.975), of: rows.length };
}
