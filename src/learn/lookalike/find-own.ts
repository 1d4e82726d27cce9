/** How often a picture finds another one of its group first, by their embeddings. */

/**
 * `embeddings`: [pictures, length], rows of unit length. Each looks for its group among all others; one of another group
 * that is just as near counts as nearer, so that embeddings that are all alike find nothing.
 */
export function findOwn(
  embeddings: Float32Array,
  groups: readonly number[],
): { readonly recallAt1: number; readonly meanReciprocalRank: number } {
  const count = groups.length;
  const length = embeddings.length / count;
  let found = 0;
  let reciprocal = 0;
  for (let query = 0; query < count; query += 1) {
    const cosines = cosinesOf(embeddings, query, count, length);
    let best = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < count; at += 1) {
      if (at !== query && groups[at] === groups[query]) best = Math.max(best, cosines[at] ?? 0);
    }
    let rank = 1;
    for (let at = 0; at < count; at += 1) {
      if (groups[at] !== groups[query] && (cosines[at] ?? 0) >= best) rank += 1;
    }
    if (rank === 1) found += 1;
    reciprocal += 1 / rank;
  }
  return { recallAt1: found / count, meanReciprocalRank: reciprocal / count };
}

function cosinesOf(embeddings: Float32Array, query: number, count: number, length: number): Float32Array {
  const own = embeddings.subarray(query * length, (query + 1) * length);
  const cosines = new Float32Array(count);
  for (let at = 0; at < count; at += 1) {
    let sum = 0;
    for (let index = 0, from = at * length; index < length; index += 1) {
      sum += (own[index] ?? 0) * (embeddings[from + index] ?? 0);
    }
    cosines[at] = sum;
  }
  return cosines;
}
