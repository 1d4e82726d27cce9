/** Figures of parts of a split: by source, and by what is told of the pictures, such as how an item is shown. */
import type { Attributes, DatasetIndex } from '../dataset/dataset.js';
import { figures } from '../metrics.js';
import type { Figures } from '../metrics.js';
import type { Predictions } from './decisions.js';

export interface AttributeFigures {
  readonly attribute: string;
  /** The values with the most pictures first, at most `MOST_VALUES`. */
  readonly values: readonly { readonly value: string; readonly figures: Figures }[];
  /** Pictures of values that are not listed. */
  readonly others: number;
  /** Pictures of which the attribute is not told. */
  readonly untold: number;
}

/** An attribute with more values, such as a title, is no way to break figures down. */
const MOST_VALUES = 24;

/** `pictures`: positions in the data set of the rows. Attributes in the order of their names. */
export function figuresByAttribute(
  predictions: Predictions,
  pictures: readonly number[],
  { entries }: DatasetIndex,
  threshold: number,
): AttributeFigures[] {
  const told = pictures.map((picture): Attributes => entries[picture]?.attributes ?? {});
  const names = [...new Set(told.flatMap((attributes) => Object.keys(attributes)))].sort();
  return names.map((attribute) => {
    const parts = [
      ...rowsByKey(pictures.length, (row) => new Map(Object.entries(told[row] ?? {})).get(attribute)),
    ].sort(([a, first], [b, second]) => second.length - first.length || (a < b ? -1 : 1));
    const counted = parts.reduce((sum, [, rows]) => sum + rows.length, 0);
    const listed = parts.slice(0, MOST_VALUES);
    return {
      attribute,
      values: listed.map(([value, rows]) => ({
        value,
        figures: figures(onlyRows(predictions, rows), threshold),
      })),
      others: counted - listed.reduce((sum, [, rows]) => sum + rows.length, 0),
      untold: pictures.length - counted,
    };
  });
}

/** `pictures`: positions in the data set of the rows. Sources without pictures among them are left out. */
export function figuresBySource(
  predictions: Predictions,
  pictures: readonly number[],
  { sources, entries }: DatasetIndex,
  threshold: number,
): { source: string; figures: Figures }[] {
  const parts = rowsByKey(pictures.length, (row) => entries[pictures[row] ?? -1]?.source);
  return sources.flatMap(({ name }) => {
    const rows = parts.get(name);
    return rows === undefined
      ? []
      : [{ source: name, figures: figures(onlyRows(predictions, rows), threshold) }];
  });
}

function rowsByKey(rows: number, keyOf: (row: number) => string | undefined): Map<string, number[]> {
  const parts = new Map<string, number[]>();
  for (let row = 0; row < rows; row += 1) {
    const key = keyOf(row);
    if (key === undefined) continue;
    const part = parts.get(key);
    if (part === undefined) parts.set(key, [row]);
    else part.push(row);
  }
  return parts;
}

/** The predictions of these rows alone, in their order. */
function onlyRows({ probabilities, classes, labels }: Predictions, rows: readonly number[]): Predictions {
  const chosen = new Float32Array(rows.length * classes);
  for (const [at, row] of rows.entries()) {
    chosen.set(probabilities.subarray(row * classes, (row + 1) * classes), at * classes);
  }
  return { probabilities: chosen, classes, labels: rows.map((row) => labels[row] ?? 0) };
}
