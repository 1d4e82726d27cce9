/** The parts of report.html that are text and tables. */
import type { Comparison } from '../evaluation/compare.js';
import type { OffDomainReport } from '../evaluation/off-domain.js';
import type { EvaluationReport } from '../evaluation/report.js';
import { interval } from '../evaluation/share.js';
import type { Figures } from '../metrics.js';
import { paragraph, section, table } from './markup.js';

const FIGURES_HEAD = ['', 'pictures', 'accuracy', 'precision', 'coverage', 'calibration error', 'loss'];

function figuresRow(name: string, figures: Figures): string[] {
  return [
    name,
    String(figures.pictures),
    ...[figures.accuracy, figures.precision, figures.coverage].map(interval),
    figures.calibrationError.toFixed(3),
    figures.loss.toFixed(3),
  ];
}

export function summarySection({ all, bySource, leftOut, split }: EvaluationReport): string {
  return section(
    `Figures on the ${split} split`,
    paragraph(
      `Precision is of the pictures whose probability is above ${all.threshold}, coverage their share. ` +
        'Intervals are 95 % (Wilson); the calibration error is the expected one over 15 bins.',
    ),
    table(FIGURES_HEAD, [
      figuresRow('all', all),
      ...bySource.map(({ source, figures }) => figuresRow(source, figures)),
    ]),
    ...(leftOut.length === 0
      ? []
      : [
          paragraph(
            `Not judged, because the model was not taught them: ` +
              `${leftOut.map(({ label, pictures }) => `${pictures} of ${label}`).join(', ')}.`,
          ),
        ]),
  );
}

/** One table for each attribute; empty without any. */
export function attributeSection({ byAttribute }: EvaluationReport): string {
  if (byAttribute.length === 0) return '';
  return section(
    'What is told of the pictures',
    ...byAttribute.map(({ attribute, values, others, untold }) =>
      [
        table(
          [attribute, ...FIGURES_HEAD.slice(1)],
          values.map(({ value, figures }) => figuresRow(value, figures)),
        ),
        ...(others === 0 ? [] : [paragraph(`${others} pictures have other values.`)]),
        ...(untold === 0 ? [] : [paragraph(`It is not told of ${untold} pictures.`)]),
      ].join(''),
    ),
  );
}

export function classSection({ classes, all }: EvaluationReport): string {
  return section(
    'Classes',
    table(
      ['class', 'pictures', 'recall', 'precision', `precision above ${all.threshold}`, 'coverage'],
      classes.map(({ label, pictures, recall, precision, acceptedPrecision, coverage }) => [
        label,
        String(pictures),
        ...[recall, precision, acceptedPrecision, coverage].map(interval),
      ]),
    ),
  );
}

export function offDomainSection({ pictures, accepted, byGroup, leftOut, worst }: OffDomainReport): string {
  return section(
    'Pictures of other things',
    paragraph(`${accepted.count} of ${pictures} accepted: ${interval(accepted)}.`),
    table(
      ['folder', 'pictures', 'accepted'],
      byGroup.map(({ group, accepted }) => [group, String(accepted.of), interval(accepted)]),
    ),
    ...(leftOut.length === 0 ? [] : [paragraph(`Left out, classes of the model: ${leftOut.join(', ')}.`)]),
    ...(worst.length === 0
      ? []
      : [
          table(
            ['accepted picture', 'taken for', 'probability'],
            worst.map(({ path, named, probability }) => [path, named, probability.toFixed(3)]),
          ),
        ]),
  );
}

export function timeSection({ elapsedMs, picturesPerSecond, all }: EvaluationReport): string {
  return section(
    'Time',
    paragraph(
      `${all.pictures} pictures in ${(elapsedMs / 1000).toFixed(2)} s, ${picturesPerSecond.toFixed(0)} a second ` +
        '(the model alone, from decoded pixels).',
    ),
  );
}

export function comparisonSection(
  first: EvaluationReport,
  second: EvaluationReport,
  { pictures, bothRight, onlyFirst, onlySecond, neither, p }: Comparison,
): string {
  return section(
    'Side by side',
    table(FIGURES_HEAD, [figuresRow(first.model.name, first.all), figuresRow(second.model.name, second.all)]),
    paragraph(
      `Of ${pictures} pictures that both judge, ${bothRight} are right by both, ${onlyFirst} by ${first.model.name} ` +
        `alone, ${onlySecond} by ${second.model.name} alone, ${neither} by neither; McNemar's exact test gives ` +
        `p = ${p.toPrecision(2)}.`,
    ),
  );
}
