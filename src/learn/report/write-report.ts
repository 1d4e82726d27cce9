/** report.html, which needs nothing beside itself and runs no script, and its plots as PNG files. */
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.js';
import type { Dataset } from '../dataset/dataset.js';
import type { Comparison } from '../evaluation/compare.js';
import type { BackgroundReport } from '../evaluation/background-report.js';
import type { OffDomainReport } from '../evaluation/off-domain.js';
import type { EvaluationReport } from '../evaluation/report.js';
import type { RejectionReport } from '../rejection/report.js';
import type { EpochRecord } from '../train/history.js';
import { pngOf, svgOf } from './chart.js';
import type { Chart } from './chart.js';
import { backgroundSection } from './background-section.js';
import { evaluationCharts } from './evaluation-charts.js';
import { escaped, section } from './markup.js';
import { htmlPage } from './page.js';
import { groundFigures, mistakeFigures } from './mistake-pictures.js';
import { rejectionSection } from './rejection-section.js';
import {
  attributeSection,
  classSection,
  comparisonSection,
  offDomainSection,
  summarySection,
  timeSection,
} from './sections.js';
import { trainingCharts } from './training-charts.js';

export interface ReportPart {
  readonly report: EvaluationReport;
  readonly offDomain: OffDomainReport | null;
  readonly rejection: RejectionReport | null;
  /** Null where it was not asked for, or no picture could be cut out. */
  readonly backgrounds: BackgroundReport | null;
  /** Of the training; empty where it left none. */
  readonly epochs: readonly EpochRecord[];
}

/** Writes `report.html` and one PNG a plot; the second model's files carry its place in their names. */
export async function writeReport(
  folder: string,
  dataset: Dataset,
  parts: readonly [ReportPart, ReportPart?],
  comparison: Comparison | null,
): Promise<void> {
  const [first, second] = parts;
  const body: string[] = [];
  if (second !== undefined && comparison !== null) {
    body.push(comparisonSection(first.report, second.report, comparison));
  }
  for (const [at, part] of parts.entries()) {
    if (part !== undefined) body.push(await partOf(folder, dataset, part, at === 0 ? '' : `-${at + 1}`));
  }
  const title = parts.flatMap((part) => (part === undefined ? [] : [part.report.model.name])).join(' and ');
  const page = htmlPage(title, body);
  await writeFileAtomic(join(folder, 'report.html'), page);
}

async function partOf(folder: string, dataset: Dataset, part: ReportPart, ending: string): Promise<string> {
  const { report, offDomain, rejection, backgrounds, epochs } = part;
  const { model, mistakes } = report;
  const plots = new Map<string, string>();
  for (const chart of [...trainingCharts(epochs), ...evaluationCharts(report)]) {
    plots.set(chart.name, await plotted(folder, chart, ending));
  }
  const plot = (...names: string[]): string => names.map((name) => plots.get(name) ?? '').join('');
  const kind = model.kind === 'svm' ? 'HOG and linear machines' : 'network';
  return [
    `<h1>Model ${escaped(model.name)}</h1>`,
    `<p>${kind}, fingerprint <code>${escaped(model.fingerprint)}</code></p>`,
    summarySection(report),
    section('Precision and coverage', plot('threshold')),
    section('Calibration', plot('reliability')),
    section('Confusion', plot('confusion')),
    classSection(report),
    attributeSection(report),
    ...(mistakes.length === 0 ? [] : [section('Worst mistakes', await mistakeFigures(dataset, mistakes))]),
    ...(backgrounds === null
      ? []
      : [backgroundSection(backgrounds, await groundFigures(dataset.index.size, backgrounds.examples))]),
    ...(offDomain === null ? [] : [offDomainSection(offDomain)]),
    ...(rejection === null ? [] : [rejectionSection(rejection)]),
    ...(epochs.length === 0 ? [] : [section('Training', plot('loss', 'accuracy'))]),
    timeSection(report),
  ].join('\n');
}

async function plotted(folder: string, chart: Chart, ending: string): Promise<string> {
  const svg = await svgOf(chart);
  await writeFileAtomic(join(folder, `${chart.name}${ending}.png`), await pngOf(svg));
  return svg;
}
