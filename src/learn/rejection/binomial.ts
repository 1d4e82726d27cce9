/** The binomial distribution, and the bound on a rate that a count gives. */

/** Logarithm of P(X = hits), X ~ Binomial(trials, rate). */
export function logBinomial(trials: number, hits: number, rate: number): number {
  if (rate <= 0) return hits === 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (rate >= 1) return hits === trials ? 0 : Number.NEGATIVE_INFINITY;
  return (
    logFactorial(trials) -
    logFactorial(hits) -
    logFactorial(trials - hits) +
    hits * Math.log(rate) +
    (trials - hits) * Math.log1p(-rate)
  );
}

const known: number[] = [0];

function logFactorial(n: number): number {
  for (let next = known.length; next <= n; next += 1) known.push((known[next - 1] ?? 0) + Math.log(next));
  return known[n] ?? 0;
}

/**
 * The largest rate that `hits` of `trials` do not yet contradict: the upper end of the one-sided interval of Clopper
 * and Pearson 1934, the rate at which so few hits have probability `doubt`. By bisection, to 1e-12.
 */
export function upperRate(hits: number, trials: number, doubt: number): number {
  if (hits >= trials) return 1;
  let [low, high] = [hits / trials, 1];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (tailAtMost(trials, hits, middle) > doubt) low = middle;
    else high = middle;
  }
  return high;
}

/** P(X <= hits), X ~ Binomial(trials, rate). */
function tailAtMost(trials: number, hits: number, rate: number): number {
  let sum = 0;
  for (let count = 0; count <= hits; count += 1) sum += Math.exp(logBinomial(trials, count, rate));
  return Math.min(1, sum);
}
