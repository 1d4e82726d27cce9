/** How much a picture looks like something that was taught: scores, higher for the known. */
import { negativeEnergy } from '../../model/typicality.js';

/** Maximum softmax probability (Hendrycks and Gimpel 2017). `probabilities`: [rows, classes]. */
export function largestProbabilities(probabilities: Float32Array, classes: number): Float64Array {
  return byRow(probabilities, classes, (row) => Math.max(...row));
}

/** The negative energy of each row. `logits`: [rows, classes]. */
export function negativeEnergies(logits: Float32Array, classes: number): Float64Array {
  return byRow(logits, classes, negativeEnergy);
}

function byRow(values: Float32Array, width: number, score: (row: Float32Array) => number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, row) =>
    score(values.subarray(row * width, (row + 1) * width)),
  );
}
