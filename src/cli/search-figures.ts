/** Figures of the methods of search as cells of a table, on the terminal and in the report. */
import type { MethodFigures } from '../search/evaluation/measure.js';

export const FIGURE_HEAD = ['method', 'R@1', 'R@5', 'R@10', 'mAP', 'same category', 'ms to rank'] as const;

export function figureCells(figures: MethodFigures): string[] {
  return [
    figures.method,
    ...figures.recall.map((share) => share.toFixed(3)),
    figures.meanAveragePrecision.toFixed(3),
    figures.sameCategory === null ? 'unknown' : figures.sameCategory.toFixed(3),
    figures.rankMs.toFixed(2),
  ];
}
