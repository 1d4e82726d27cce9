/** The part of report.html on thresholds that keep a promise and on scores that tell the unknown. */
import { interval } from '../evaluation/share.js';
import type { GuaranteedThreshold } from '../rejection/guaranteed-threshold.js';
import type { RejectionReport } from '../rejection/report.js';
import { paragraph, section, table } from './markup.js';

export function rejectionSection(report: RejectionReport): string {
  const { promised, thresholds, overall, applied, scores } = report;
  const named = thresholds.reduce((sum, threshold) => sum + threshold.named, 0);
  return section(
    'Thresholds that keep a promise',
    paragraph(
      `Precision of at least ${(1 - promised.risk).toFixed(3)} with confidence ${(1 - promised.doubt).toFixed(3)} ` +
        '(Geifman and El-Yaniv 2017), chosen on the validation split, for each class by itself and for all together.',
    ),
    table(
      ['class', 'named so', 'threshold', 'accepted', 'wrong', 'bound on errors'],
      [
        thresholdRow('all together', named, overall),
        ...thresholds.map(({ label, named, guaranteed }) => thresholdRow(label, named, guaranteed)),
      ],
    ),
    applied === null ? '' : appliedTable(applied),
    scores.length === 0 ? '' : scoreTable(scores),
  );
}

function thresholdRow(name: string, named: number, found: GuaranteedThreshold | null): string[] {
  if (found === null) return [name, String(named), 'cannot be promised', '', '', ''];
  const { threshold, accepted, wrong, bound } = found;
  return [name, String(named), threshold.toFixed(4), String(accepted), String(wrong), bound.toFixed(4)];
}

function appliedTable({ overall, byClass }: NonNullable<RejectionReport['applied']>): string {
  return table(
    ['on this split', 'precision', 'coverage'],
    Object.entries({ 'one for all': overall, 'one a class': byClass }).map(
      ([name, { precision, coverage }]) => [name, interval(precision), interval(coverage)],
    ),
  );
}

function scoreTable(scores: RejectionReport['scores']): string {
  return table(
    ['score', 'AUROC', 'off-domain at 95 % of known', 'off-domain at equal coverage', 'precision there'],
    scores.map(({ score, auroc, unknownAt95, offDomain, precision }) => [
      score,
      ...[auroc, unknownAt95, offDomain].map((value) => value.toFixed(3)),
      interval(precision),
    ]),
  );
}
