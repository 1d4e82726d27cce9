/**
 * Linear discriminants (Fisher 1936; Rao 1948): the directions along which groups differ most against how much one
 * group's vectors differ, scaled so that the latter is 1 along each.
 *
 * Maximises v'Tv / v'(W + s I)v, T being the covariance of all vectors and W that within groups: with W + s I = LL',
 * the v are L'^-1 u for the main directions u of L^-1 T L'^-1. The ridge s keeps directions from being trusted in
 * which the few groups hardly vary by chance.
 */
import { FashiondError } from '../../domain/errors.js';
import { mainDirections } from './principal.js';

export interface Discriminant {
  /** [rows, columns], row-major. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Mean of all vectors, to be taken off first. */
  readonly mean: Float32Array;
}

/** `ridge`: as a share of the mean variance within groups. Throws FashiondError `usage` where no group has two vectors. */
export function discriminants(
  vectors: readonly Float32Array[],
  groups: readonly string[],
  rows: number,
  ridge: number,
): Discriminant {
  const columns = vectors[0]?.length ?? 0;
  const mean = meanOf(vectors, columns);
  const { total, within } = scatter(vectors, groups, mean);
  const trace = within.reduce((sum, value, at) => (at % (columns + 1) === 0 ? sum + value : sum), 0);
  if (trace <= 0) {
    throw new FashiondError('usage', 'no two pictures of one group differ, so there is nothing to fit');
  }
  for (let at = 0; at < columns; at += 1) {
    within[at * (columns + 1)] = (within[at * (columns + 1)] ?? 0) + (ridge * trace) / columns;
  }
  const factor = cholesky(within, columns);
  solveLower(factor, total, columns);
  transpose(total, columns);
  solveLower(factor, total, columns);
  const directions = mainDirections(total, columns, rows);
  for (let row = 0; row < rows; row += 1) {
    solveUpper(factor, directions.subarray(row * columns, (row + 1) * columns), columns);
  }
  return { values: Float32Array.from(directions), rows, columns, mean: Float32Array.from(mean) };
}

function meanOf(vectors: readonly Float32Array[], columns: number): Float64Array {
  const mean = new Float64Array(columns);
  for (const vector of vectors) {
    for (let at = 0; at < columns; at += 1) mean[at] = (mean[at] ?? 0) + (vector[at] ?? 0) / vectors.length;
  }
  return mean;
}

/** Covariances of all vectors and of what is left of each without its group's mean. */
function scatter(
  vectors: readonly Float32Array[],
  groups: readonly string[],
  mean: Float64Array,
): { readonly total: Float64Array; readonly within: Float64Array } {
  const columns = mean.length;
  const members = new Map<string, Float32Array[]>();
  for (const [at, vector] of vectors.entries()) {
    const of = members.get(groups[at] ?? '') ?? [];
    of.push(vector);
    members.set(groups[at] ?? '', of);
  }
  const total = new Float64Array(columns * columns);
  const within = new Float64Array(columns * columns);
  for (const of of members.values()) {
    const own = meanOf(of, columns);
    for (const vector of of) {
      addSquare(total, vector, mean, 1 / vectors.length);
      addSquare(within, vector, own, 1 / vectors.length);
    }
  }
  return { total, within };
}

function addSquare(into: Float64Array, vector: Float32Array, mean: Float64Array, share: number): void {
  const columns = mean.length;
  const difference = new Float64Array(columns);
  for (let at = 0; at < columns; at += 1) difference[at] = (vector[at] ?? 0) - (mean[at] ?? 0);
  for (let row = 0; row < columns; row += 1) {
    const value = share * (difference[row] ?? 0);
    if (value === 0) continue;
    const from = row * columns;
    for (let column = 0; column < columns; column += 1) {
      into[from + column] = (into[from + column] ?? 0) + value * (difference[column] ?? 0);
    }
  }
}

/** Lower triangular L with LL' = matrix, [columns, columns]. */
function cholesky(matrix: Float64Array, columns: number): Float64Array {
  const factor = new Float64Array(columns * columns);
  for (let row = 0; row < columns; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * columns + column] ?? 0;
      for (let at = 0; at < column; at += 1) {
        sum -= (factor[row * columns + at] ?? 0) * (factor[column * columns + at] ?? 0);
      }
      factor[row * columns + column] =
        row === column ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (factor[column * (columns + 1)] ?? 1);
    }
  }
  return factor;
}

/** L^-1 times the matrix, in place, whole rows at a time. */
function solveLower(factor: Float64Array, matrix: Float64Array, columns: number): void {
  for (let row = 0; row < columns; row += 1) {
    const own = matrix.subarray(row * columns, (row + 1) * columns);
    for (let before = 0; before < row; before += 1) {
      const share = factor[row * columns + before] ?? 0;
      if (share === 0) continue;
      const from = before * columns;
      for (let at = 0; at < columns; at += 1) own[at] = (own[at] ?? 0) - share * (matrix[from + at] ?? 0);
    }
    const pivot = factor[row * (columns + 1)] ?? 1;
    for (let at = 0; at < columns; at += 1) own[at] = (own[at] ?? 0) / pivot;
  }
}

/** L'^-1 times the vector, in place. */
function solveUpper(factor: Float64Array, vector: Float64Array, columns: number): void {
  for (let row = columns - 1; row >= 0; row -= 1) {
    const value = (vector[row] ?? 0) / (factor[row * (columns + 1)] ?? 1);
    vector[row] = value;
    for (let at = 0; at < row; at += 1)
      vector[at] = (vector[at] ?? 0) - value * (factor[row * columns + at] ?? 0);
  }
}

function transpose(matrix: Float64Array, columns: number): void {
  for (let row = 0; row < columns; row += 1) {
    for (let column = 0; column < row; column += 1) {
      const [one, other] = [row * columns + column, column * columns + row];
      const kept = matrix[one] ?? 0;
      matrix[one] = matrix[other] ?? 0;
      matrix[other] = kept;
    }
  }
}
