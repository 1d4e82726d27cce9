/** Counts of the catalogue, kept for a while: making them reads all of it, which is done away from this thread. */
import type { Facets } from '../domain/browse.js';

/** So long nothing is counted again. */
const FRESH_MS = 30_000;
/** So long the last counts are shown while new ones are made; nobody waits but for the first, and after a rest. */
const USABLE_MS = 300_000;

export function keptFacets(count: () => Promise<Facets>, monotonic: () => number): () => Promise<Facets> {
  let last: { readonly facets: Facets; readonly at: number } | null = null;
  let counting: Promise<Facets> | null = null;
  const countAnew = async (): Promise<Facets> => {
    try {
      const facets = await count();
      last = { facets, at: monotonic() };
      return facets;
    } finally {
      counting = null;
    }
  };
  return async () => {
    const age = last === null ? Number.POSITIVE_INFINITY : monotonic() - last.at;
    if (last !== null && age < FRESH_MS) return last.facets;
    counting ??= countAnew();
    if (last === null || age >= USABLE_MS) return counting;
    // Should it fail, the next one to ask has it counted again, and hears of it once these are too old.
    counting.catch(() => undefined);
    return last.facets;
  };
}
