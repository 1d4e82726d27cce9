/** Whether chance alone explains that a share differs from what is usual. */

/** A difference that chance brings less often than this is no chance. */
const RARE = 0.001;
/** No usual share counts as certain: one exception among a hundred surprises nobody. */
const CERTAIN = 0.99;

/**
 * A bound on the probability that `n` independent trials of probability `usual` give a share as far from it as
 * `share`, on the same side: exp(-n KL(share || usual)) (Hoeffding 1963, theorem 1, equation 2.1).
 */
export function tailBound(share: number, n: number, usual: number): number {
  return Math.exp(-n * divergence(share, usual));
}

/** Whether a share of `n` differs from the usual one by more than chance would have it. */
export function isNoChance(share: number, n: number, usual: number): boolean {
  return tailBound(share, n, Math.min(CERTAIN, Math.max(1 - CERTAIN, usual))) < RARE;
}

/** Kullback-Leibler divergence of two Bernoulli distributions, in nats; `q` strictly between 0 and 1. */
function divergence(p: number, q: number): number {
  const term = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));
  return term(p, q) + term(1 - p, 1 - q);
}
