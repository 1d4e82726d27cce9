/** How much a picture looks like something that was taught: scores, higher for the known. */

/** Maximum softmax probability (Hendrycks and Gimpel 2017). `probabilities`: [rows, classes]. */
export function largestProbabilities(probabilities: Float32Array, classes: number): Float64Array {
  return byRow(probabilities, classes, (row) => Math.max(...row));
}

/**
 * Negative energy, T * log of the sum of exp(logit / T) (Liu, Wang, Owens and Li 2020, "Energy-based
 * Out-of-distribution Detection", equation 4, with their T = 1 unless told). `logits`: [rows, classes].
 */
export function negativeEnergies(logits: Float32Array, classes: number, temperature = 1): Float64Array {
  return byRow(logits, classes, (row) => {
    const largest = Math.max(...row);
    const sum = row.reduce((total, logit) => total + Math.exp((logit - largest) / temperature), 0);
    return largest + temperature * Math.log(sum);
  });
}

function byRow(values: Float32Array, width: number, score: (row: Float32Array) => number): Float64Array {
  return Float64Array.from({ length: values.length / width }, (_, row) =>
    score(values.subarray(row * width, (row + 1) * width)),
  );
}
