/** Whether a figure that is sampled again and again grows. */

export interface Sample {
  readonly atMs: number;
  readonly value: number;
}

export interface Trend {
  /** Slope of the least-squares line, in units a minute. */
  readonly perMinute: number;
  /** Its 90 % confidence interval: growth outside it is ruled out on either side with 95 %. */
  readonly low: number;
  readonly high: number;
}

const MS_A_MINUTE = 60_000;
/** With fewer samples than this leaves nothing is said. */
const LEAST_DEGREES = 3;
/** The 95 % quantile of Student's t for one degree of freedom: tan(0.45 π). */
const ONE_DEGREE = 6.314;

/**
 * Least-squares slope of `samples` (equally spaced in time). What is sampled every second resembles what it was a second
 * before, so that the interval counts independent samples, n (1 - r) / (1 + r), r being the autocorrelation of the
 * residuals at lag one (Santer et al. 2000, Journal of Geophysical Research 105 D6, equations 4 to 6).
 */
export function trendOf(samples: readonly Sample[]): Trend {
  const count = samples.length;
  const meanAt = mean(samples.map(({ atMs }) => atMs));
  const meanValue = mean(samples.map(({ value }) => value));
  let [covariance, spread] = [0, 0];
  for (const { atMs, value } of samples) {
    covariance += (atMs - meanAt) * (value - meanValue);
    spread += (atMs - meanAt) ** 2;
  }
  const slope = covariance / spread;
  const residuals = samples.map(({ atMs, value }) => value - meanValue - slope * (atMs - meanAt));
  const square = residuals.reduce((sum, one) => sum + one * one, 0);
  // Noise alone may look like the opposite of memory; then every sample counts as one.
  const memory = square === 0 ? 0 : Math.max(0, lagged(residuals) / square);
  if (count - 2 < LEAST_DEGREES || !Number.isFinite(slope)) {
    return { perMinute: slope * MS_A_MINUTE, low: -Infinity, high: Infinity };
  }
  const degrees = (count * (1 - memory)) / (1 + memory) - 2;
  // Growth along a smooth bend leaves residuals that are all alike. It must not pass for nothing known, so one degree of
  // freedom is left to it, with the widest interval that has an end.
  const margin =
    degrees < LEAST_DEGREES
      ? ONE_DEGREE * Math.sqrt(square / spread)
      : studentQuantile(degrees) * Math.sqrt(square / degrees / spread);
  return {
    perMinute: slope * MS_A_MINUTE,
    low: (slope - margin) * MS_A_MINUTE,
    high: (slope + margin) * MS_A_MINUTE,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function lagged(residuals: readonly number[]): number {
  let sum = 0;
  for (let at = 1; at < residuals.length; at += 1) sum += residuals[at]! * residuals[at - 1]!;
  return sum;
}

/** The 95 % quantile of Student's t (Abramowitz and Stegun 26.7.5); within 0.4 % from three degrees of freedom on. */
export function studentQuantile(degrees: number): number {
  const x = 1.6448536269514722;
  const terms = [
    (x ** 3 + x) / 4,
    (5 * x ** 5 + 16 * x ** 3 + 3 * x) / 96,
    (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / 384,
    (79 * x ** 9 + 776 * x ** 7 + 1482 * x ** 5 - 1920 * x ** 3 - 945 * x) / 92_160,
  ];
  return terms.reduce((sum, term, at) => sum + term / degrees ** (at + 1), x);
}
