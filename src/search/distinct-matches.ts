/** The order of hits, how many there may be, and what an answer leaves out: what looks like a hit before, and variants. */
import { FashiondError } from '../domain/errors.js';
import type { ProductId } from '../domain/ids.js';
import type { SearchItem, SearchVectors } from '../domain/similar.js';
import type { FullBlend } from './full-blend.js';

/** Two hits whose colour, shape and pattern are all nearer than this look the same to a person. */
const NEAR_IDENTICAL = 0.99;
/** What looks the same scores nearly the same, so a hit is held against so many before it. */
const NEIGHBOURS = 50;

/** An item that was compared in full. */
export interface Match {
  readonly productId: ProductId;
  /** The store's number of its picture. */
  readonly picture: number;
  readonly score: number;
}

/** Of `ranked`, best first, the first `limit` that are like none before them. Items and pictures that are gone are left out. */
export function distinctMatches(
  ranked: readonly Match[],
  items: ReadonlyMap<ProductId, SearchItem>,
  vectorsOf: (picture: number) => SearchVectors | null,
  full: FullBlend,
  limit: number,
): Match[] {
  const kept: { readonly match: Match; readonly item: SearchItem; readonly vectors: SearchVectors }[] = [];
  for (const match of ranked) {
    if (kept.length === limit) break;
    const item = items.get(match.productId);
    const vectors = vectorsOf(match.picture);
    if (item === undefined || vectors === null) continue;
    const isLike = (other: (typeof kept)[number]): boolean =>
      isVariant(item, other.item) || full.looksLike(vectors, other.vectors, NEAR_IDENTICAL);
    if (!kept.slice(-NEIGHBOURS).some(isLike)) kept.push({ match, item, vectors });
  }
  return kept.map(({ match }) => match);
}

/** Two items that may be one product's variants: one shop, one title. */
function isVariant(one: SearchItem, other: SearchItem): boolean {
  return one.shop === other.shop && one.title.toLowerCase() === other.title.toLowerCase();
}

/** Equal scores go by product id. */
export function isBetter(one: Match, other: Match): boolean {
  return one.score === other.score ? one.productId < other.productId : one.score > other.score;
}

/** Throws `usage`. */
export function requireLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new FashiondError('usage', `cannot return ${limit} lookalikes`, {
    hint: 'the limit is a whole number from 1',
  });
}
