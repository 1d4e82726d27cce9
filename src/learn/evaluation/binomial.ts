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
