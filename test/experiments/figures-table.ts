/** The figures of several models on the same pictures, side by side. */
import { table } from '../../src/cli/text-table.js';
import type { EvaluationReport } from '../../src/learn/evaluation/report.js';
import type { Share } from '../../src/learn/evaluation/share.js';

export interface Column {
  readonly name: string;
  readonly trainedMs: number;
  readonly report: EvaluationReport;
}

/** `of` names the pictures, and says whether they are rendered. */
export function figuresTable(of: string, columns: readonly Column[]): string[] {
  const row = (name: string, figure: (column: Column) => string): string[] => [name, ...columns.map(figure)];
  const [first] = columns;
  if (first === undefined) return [];
  const { all, classes } = first.report;
  return table([
    row(`${of}, ${all.pictures} test pictures`, ({ name }) => name),
    row('accuracy', ({ report }) => percentInterval(report.all.accuracy)),
    row(`precision above ${all.threshold}`, ({ report }) => percentInterval(report.all.precision)),
    ...classes.map(({ label }, at) =>
      row(`  of ${label}`, ({ report }) => {
        const own = report.classes[at];
        return own === undefined ? '-' : percentInterval(own.acceptedPrecision);
      }),
    ),
    row('coverage', ({ report }) => percentInterval(report.all.coverage)),
    row('calibration error', ({ report }) => report.all.calibrationError.toFixed(3)),
    row('training', ({ trainedMs }) => `${(trainedMs / 1000).toFixed(0)} s`),
    row('judging', ({ report }) => `${report.picturesPerSecond.toFixed(0)} pictures/s`),
  ]);
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(2)} %`;
}

/** `99.75 % (99.42 to 99.89; 1995 of 2000)`: with its 95 % interval (Wilson), and what was counted; `-` of nothing. */
export function percentInterval({ value, low, high, count, of }: Share): string {
  if (of === 0) return '-';
  return `${percent(value)} (${(low * 100).toFixed(2)} to ${(high * 100).toFixed(2)}; ${count} of ${of})`;
}
