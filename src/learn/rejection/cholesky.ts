/** Cholesky's factor of a positive definite matrix, and substitution (Golub and Van Loan 2013, 4.2 and 3.1). */
import { FashiondError } from '../../domain/errors.js';

/** `matrix`: [width, width], of which the lower triangle is read; gives L with L L' = matrix, upper triangle zero. */
export function cholesky(matrix: Float64Array, width: number): Float64Array {
  const factor = new Float64Array(width * width);
  for (let row = 0; row < width; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * width + column] ?? 0;
      for (let at = 0; at < column; at += 1) {
        sum -= (factor[row * width + at] ?? 0) * (factor[column * width + at] ?? 0);
      }
      if (row !== column) factor[row * width + column] = sum / (factor[column * (width + 1)] ?? 1);
      else if (sum > 0) factor[row * (width + 1)] = Math.sqrt(sum);
      else throw new FashiondError('internal', `the matrix is not positive definite in row ${row}`);
    }
  }
  return factor;
}

/** x with L x = `right`. */
export function solveLower(factor: Float64Array, right: Float64Array): Float64Array {
  const width = right.length;
  const x = new Float64Array(width);
  for (let row = 0; row < width; row += 1) {
    let sum = right[row] ?? 0;
    for (let at = 0; at < row; at += 1) sum -= (factor[row * width + at] ?? 0) * (x[at] ?? 0);
    x[row] = sum / (factor[row * (width + 1)] ?? 1);
  }
  return x;
}

/** x with L' x = `right`, L' the transpose of `factor`. */
export function solveUpper(factor: Float64Array, right: Float64Array): Float64Array {
  const width = right.length;
  const x = new Float64Array(width);
  for (let row = width - 1; row >= 0; row -= 1) {
    let sum = right[row] ?? 0;
    for (let at = row + 1; at < width; at += 1) sum -= (factor[at * width + row] ?? 0) * (x[at] ?? 0);
    x[row] = sum / (factor[row * (width + 1)] ?? 1);
  }
  return x;
}
