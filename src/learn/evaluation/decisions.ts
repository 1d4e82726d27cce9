/** Rows of probabilities as decisions: the likeliest class of each, its probability, and whether it is true. */

export interface Predictions {
  /** Rows of `classes` probabilities. */
  readonly probabilities: Float32Array;
  readonly classes: number;
  /** The true class of each row. */
  readonly labels: readonly number[];
}

export interface Decision {
  /** The likeliest class; of equals the first. */
  readonly named: number;
  readonly probability: number;
  readonly truth: number;
  readonly right: boolean;
}

export function decisionsOf({ probabilities, classes, labels }: Predictions): Decision[] {
  return labels.map((truth, row) => {
    const { named, probability } = bestOf(probabilities, classes, row);
    return { named, probability, truth, right: named === truth };
  });
}

export function bestOf(
  probabilities: Float32Array,
  classes: number,
  row: number,
): { readonly named: number; readonly probability: number } {
  let named = 0;
  let probability = -1;
  for (let index = 0; index < classes; index += 1) {
    const value = probabilities[row * classes + index] ?? 0;
    if (value > probability) [named, probability] = [index, value];
  }
  return { named, probability };
}
