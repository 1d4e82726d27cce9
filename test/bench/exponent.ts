/** How a figure grows with the size it is measured at. */

/** Slope of the least-squares line through the logarithms: 0 the same at any size, 1 in proportion. */
export function exponentOf(sizes: readonly number[], values: readonly number[]): number {
  const [x, y] = [sizes.map(Math.log), values.map(Math.log)];
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, one) => sum + (one - meanX) ** 2, 0);
  return x.reduce((sum, one, at) => sum + (one - meanX) * (y[at]! - meanY), 0) / spread;
}

/** The exponent of each step between two sizes. */
export function stepsOf(sizes: readonly number[], values: readonly number[]): number[] {
  return values
    .slice(1)
    .map((value, at) => Math.log(value / values[at]!) / Math.log(sizes[at + 1]! / sizes[at]!));
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
