/** An evaluation as lines of text for a terminal. */
import type { Comparison } from '../learn/evaluation/compare.js';
import type { AttributeFigures } from '../learn/evaluation/by-attribute.js';
import type { BackgroundEffect, BackgroundReport } from '../learn/evaluation/background-report.js';
import type { OffDomainReport } from '../learn/evaluation/off-domain.js';
import type { EvaluationReport } from '../learn/evaluation/report.js';
import { differenceText } from '../learn/evaluation/paired-difference.js';
import { interval } from '../learn/evaluation/share.js';
import type { Figures } from '../learn/metrics.js';
import type { RejectionReport } from '../learn/rejection/report.js';
import type { Evaluated } from './evaluate-folder.js';
import { table } from './text-table.js';

const MISTAKES = 5;

export function evaluationLines({ report, offDomain, rejection, backgrounds }: Evaluated): string[] {
  const { model, all, split, leftOut, bySource, byAttribute, classes } = report;
  return [
    `model ${model.name} (${model.kind}), ${split} split, ${all.pictures} pictures, 95 % intervals`,
    ...figureLines(all),
    ...(leftOut.length === 0
      ? []
      : [`  not judged: ${leftOut.map(({ label, pictures }) => `${pictures} of ${label}`).join(', ')}`]),
    ...(bySource.length < 2
      ? []
      : bySource.flatMap(({ source, figures }) => [
          `source ${source}, ${figures.pictures} pictures`,
          ...figureLines(figures),
        ])),
    '',
    ...table([
      ['class', 'pictures', 'recall', 'precision', `above ${all.threshold}`, 'coverage'],
      ...classes.map(({ label, pictures, recall, precision, acceptedPrecision, coverage }) => [
        label,
        String(pictures),
        ...[recall, precision, acceptedPrecision, coverage].map(interval),
      ]),
    ]),
    ...byAttribute.flatMap(attributeLines),
    ...mistakeLines(report),
    ...(backgrounds === null ? [] : backgroundLines(backgrounds)),
    ...(offDomain === null ? [] : offDomainLines(offDomain)),
    ...(rejection === null ? [] : rejectionLines(rejection)),
  ];
}

export function comparisonLines(
  first: EvaluationReport,
  second: EvaluationReport,
  comparison: Comparison,
): string[] {
  const row = (name: string, of: (figures: Figures) => string): string[] => [
    name,
    of(first.all),
    of(second.all),
  ];
  return [
    '',
    ...table([
      ['', `first: ${first.model.name}`, `second: ${second.model.name}`],
      row('accuracy', ({ accuracy }) => interval(accuracy)),
      row(`precision above ${first.all.threshold}`, ({ precision }) => interval(precision)),
      row('coverage', ({ coverage }) => interval(coverage)),
      row('calibration error', ({ calibrationError }) => calibrationError.toFixed(3)),
      ['pictures/s', ...[first, second].map(({ picturesPerSecond }) => picturesPerSecond.toFixed(0))],
    ]),
    `of ${comparison.pictures} pictures both have: ${comparison.bothRight} right by both, ` +
      `${comparison.onlyFirst} by the first alone, ${comparison.onlySecond} by the second alone, ` +
      `${comparison.neither} by neither (McNemar's exact test, p = ${comparison.p.toPrecision(2)})`,
  ];
}

function figureLines({
  accuracy,
  precision,
  coverage,
  threshold,
  calibrationError,
  loss,
}: Figures): string[] {
  return [
    `  accuracy ${interval(accuracy)}`,
    `  above ${threshold}: precision ${interval(precision)}, coverage ${interval(coverage)}`,
    `  expected calibration error ${calibrationError.toFixed(3)}, loss ${loss.toFixed(3)}`,
  ];
}

function attributeLines({ attribute, values, others, untold }: AttributeFigures): string[] {
  const threshold = values[0]?.figures.threshold ?? 0;
  return [
    '',
    ...table([
      [attribute, 'pictures', 'accuracy', `precision above ${threshold}`, 'coverage'],
      ...values.map(({ value, figures: { pictures, accuracy, precision, coverage } }) => [
        value,
        String(pictures),
        ...[accuracy, precision, coverage].map(interval),
      ]),
    ]),
    ...(others === 0 ? [] : [`  ${others} pictures have other values`]),
    ...(untold === 0 ? [] : [`  not told of ${untold} pictures`]),
  ];
}

function mistakeLines({ mistakes }: EvaluationReport): string[] {
  if (mistakes.length === 0) return [];
  return [
    '',
    'worst mistakes:',
    ...mistakes
      .slice(0, MISTAKES)
      .map(
        ({ path, truth, named, probability }) =>
          `  ${path}: ${truth} taken for ${named} (${probability.toFixed(3)})`,
      ),
  ];
}

function backgroundLines(report: BackgroundReport): string[] {
  const row = (name: string, { before, after, fall }: BackgroundEffect): string[] => [
    name,
    ...[before, after].map(interval),
    differenceText(fall),
  ];
  return [
    '',
    `on other grounds: of ${report.pictures} pictures ${report.cut} can be cut out beyond doubt; for ` +
      `${report.before.of} of them a ground was drawn that contrasts with the garment`,
    ...table([
      ['', 'accuracy on its own ground', 'on another', 'fall'],
      row('all', report),
      ...report.bySource.map((part) => row(`source ${part.source}`, part)),
      ...report.byGround.map((part) => row(`ground ${part.ground}`, part)),
    ]),
  ];
}

function offDomainLines({ pictures, accepted, byGroup, leftOut }: OffDomainReport): string[] {
  return [
    '',
    `off-domain: ${accepted.count} of ${pictures} pictures accepted, ${interval(accepted)}`,
    ...byGroup.map(({ group, accepted }) => `  ${group}: ${accepted.count} of ${accepted.of}`),
    ...(leftOut.length === 0 ? [] : [`  left out, classes of the model: ${leftOut.join(', ')}`]),
  ];
}

function rejectionLines({
  promised,
  thresholds,
  overall,
  applied,
  offDomain,
  scores,
}: RejectionReport): string[] {
  const promise = `precision ${(1 - promised.risk).toFixed(3)} at confidence ${(1 - promised.doubt).toFixed(3)}`;
  return [
    '',
    `thresholds chosen on validation to promise ${promise}:`,
    `  one for all: ${thresholdText(overall)}`,
    ...thresholds.map(
      ({ label, named, guaranteed }) => `  ${label}, named ${named} times: ${thresholdText(guaranteed)}`,
    ),
    ...(applied === null
      ? []
      : [
          `  here, one for all: precision ${interval(applied.overall.precision)}, ` +
            `coverage ${interval(applied.overall.coverage)}`,
          `  here, one a class: precision ${interval(applied.byClass.precision)}, ` +
            `coverage ${interval(applied.byClass.coverage)}`,
        ]),
    ...(offDomain === null ? [] : [`  off-domain accepted: ${offDomain.count} of ${offDomain.of}`]),
    ...(scores.length === 0
      ? []
      : [
          '',
          'known (validation) against off-domain pictures; "equal coverage" accepts as many as the fixed threshold:',
          ...table([
            ['score', 'AUROC', 'off-domain at 95 %', 'at equal coverage', 'precision there'],
            ...scores.map(({ score, auroc, unknownAt95, offDomain, precision }) => [
              score,
              ...[auroc, unknownAt95, offDomain].map((value) => value.toFixed(3)),
              interval(precision),
            ]),
          ]),
        ]),
  ];
}

function thresholdText(found: RejectionReport['overall']): string {
  if (found === null) return 'cannot be promised with so few pictures or so many mistakes';
  return `above ${found.threshold.toFixed(4)}, ${found.accepted} accepted, ${found.wrong} of them wrong`;
}
