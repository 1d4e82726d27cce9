/**
 * Main directions of vectors: the eigenvectors of the largest eigenvalues of their second moments, about zero and not
 * about the mean, so that dot products are kept. By orthogonal iteration (Golub and Van Loan, "Matrix Computations",
 * section 7.3.2).
 */
import type { PartBasis } from '../../domain/similar.js';
import { Random } from '../../platform/random.js';

const ROUNDS = 60;

/** `vectors` of one length -> `count` directions, the strongest first, or as many as there are components. */
export function principalDirections(vectors: readonly Float32Array[], count: number): PartBasis {
  const columns = vectors[0]?.length ?? 0;
  const rows = Math.min(count, columns);
  const values = mainDirections(secondMoments(vectors, columns), columns, rows);
  return { rows, columns, values: Float32Array.from(values) };
}

/** Of a symmetric matrix [columns, columns] without negative eigenvalues: its first `rows` eigenvectors, [rows, columns]. */
export function mainDirections(moments: Float64Array, columns: number, rows: number): Float64Array {
  const random = new Random(1);
  let directions = Float64Array.from({ length: rows * columns }, () => random.range(-1, 1));
  orthonormalize(directions, rows, columns);
  for (let round = 0; round < ROUNDS; round += 1) {
    directions = times(directions, moments, rows, columns);
    orthonormalize(directions, rows, columns);
  }
  return directions;
}

function secondMoments(vectors: readonly Float32Array[], columns: number): Float64Array {
  const moments = new Float64Array(columns * columns);
  for (const vector of vectors) {
    for (let row = 0; row < columns; row += 1) {
      const value = vector[row] ?? 0;
      if (value === 0) continue;
      const from = row * columns;
      for (let column = 0; column < columns; column += 1) {
        moments[from + column] = (moments[from + column] ?? 0) + value * (vector[column] ?? 0);
      }
    }
  }
  return moments;
}

/** Each row times the symmetric matrix. */
function times(
  rowsOf: Float64Array,
  matrix: Float64Array,
  rows: number,
  columns: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const to = row * columns;
    for (let inner = 0; inner < columns; inner += 1) {
      const value = rowsOf[to + inner] ?? 0;
      const from = inner * columns;
      for (let column = 0; column < columns; column += 1) {
        out[to + column] = (out[to + column] ?? 0) + value * (matrix[from + column] ?? 0);
      }
    }
  }
  return out;
}

/** Modified Gram-Schmidt, in place; a row that lies in those before it becomes zero. */
function orthonormalize(values: Float64Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row += 1) {
    const own = values.subarray(row * columns, (row + 1) * columns);
    const before = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    for (let other = 0; other < row; other += 1) {
      const from = other * columns;
      const along = own.reduce((sum, value, at) => sum + value * (values[from + at] ?? 0), 0);
      for (let at = 0; at < columns; at += 1) own[at] = (own[at] ?? 0) - along * (values[from + at] ?? 0);
    }
    const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
    const scale = length > before * 1e-10 ? 1 / length : 0;
    for (let at = 0; at < columns; at += 1) own[at] = (own[at] ?? 0) * scale;
  }
}
