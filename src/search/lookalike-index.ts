/**
 * Exact lookalike search over vectors in memory, rebuilt from the store at start.
 *
 * Every item that passes the filter is compared, so a filter never makes an answer come back short. The score
 * is the weighted mean of four cosines: colour, shape and pattern from the look vector, and the category
 * network's features. Items with the same picture appear once, as the cheapest of them.
 */
import { FashiondError } from '../domain/errors.js';
import type { ModelFingerprint, ProductId, Sha256 } from '../domain/ids.js';
import type { LookLayout } from '../domain/picture.js';
import type { SearchStore } from '../domain/ports.js';
import type {
  SearchItem,
  SearchVectors,
  SimilarFilter,
  SimilarItem,
  SimilarityParts,
} from '../domain/similar.js';
import { isCheaper, passes } from './filter.js';
import { TopK } from './top-k.js';
import { VectorTable, requireVector } from './vector-table.js';

/** How much each part counts; at least one must be above 0. */
export type SimilarityWeights = SimilarityParts;

interface Match {
  readonly row: number;
  readonly productId: ProductId;
  readonly score: number;
}

export class LookalikeIndex {
  readonly #layout: LookLayout;
  readonly #items: SearchItem[] = [];
  readonly #rows = new Map<ProductId, number>();
  readonly #look: VectorTable;
  /** Made with the first item, whose model gives the length. */
  #features: VectorTable | null = null;

  constructor(layout: LookLayout) {
    this.#layout = layout;
    this.#look = new VectorTable(Math.max(layout.colour[1], layout.shape[1], layout.pattern[1]));
  }

  /** All items that have vectors of exactly this model and look version. */
  static fromStore(
    store: Pick<SearchStore, 'searchItems'>,
    model: ModelFingerprint,
    layout: LookLayout,
  ): LookalikeIndex {
    const index = new LookalikeIndex(layout);
    for (const { item, vectors } of store.searchItems(model, layout.version)) index.upsert(item, vectors);
    return index;
  }

  get size(): number {
    return this.#items.length;
  }

  /** Adds an item or replaces it. Throws `incompatible` for vectors of another length. */
  upsert(item: SearchItem, vectors: SearchVectors): void {
    const features = this.#features ?? new VectorTable(vectors.features.length);
    requireVector(vectors.look, this.#look.length, `the look vector of item ${item.productId}`);
    requireVector(vectors.features, features.length, `the feature vector of item ${item.productId}`);
    this.#features = features;
    const row = this.#rows.get(item.productId);
    if (row === undefined) {
      this.#rows.set(item.productId, this.#items.length);
      this.#items.push(item);
      this.#look.push(vectors.look);
      features.push(vectors.features);
    } else {
      this.#items[row] = item;
      this.#look.set(row, vectors.look);
      features.set(row, vectors.features);
    }
  }

  /** Returns whether the item was there. */
  remove(productId: ProductId): boolean {
    const row = this.#rows.get(productId);
    const last = this.#items.pop();
    if (row === undefined || last === undefined) {
      if (last !== undefined) this.#items.push(last);
      return false;
    }
    if (last.productId !== productId) {
      this.#items[row] = last;
      this.#rows.set(last.productId, row);
    }
    this.#rows.delete(productId);
    this.#look.removeByMovingLast(row);
    this.#features?.removeByMovingLast(row);
    return true;
  }

  /** The vectors of an item, to search with; null where it has none of this model. */
  vectorsOf(productId: ProductId): SearchVectors | null {
    const row = this.#rows.get(productId);
    if (row === undefined || this.#features === null) return null;
    return { look: this.#look.row(row), features: this.#features.row(row) };
  }

  /**
   * The best `filter.limit` items, best first; equal scores go by product id. Parts that weigh nothing are
   * computed for the result all the same. Throws `usage` for a limit or weights that make no sense.
   */
  similar(query: SearchVectors, filter: SimilarFilter, weights: SimilarityWeights): SimilarItem[] {
    requireSense(filter.limit, weights);
    if (this.#features === null) return [];
    requireVector(query.look, this.#look.length, 'the look vector of the query');
    requireVector(query.features, this.#features.length, 'the feature vector of the query');
    const best = new TopK<Match>(filter.limit, isBetter);
    for (const row of this.#candidates(filter)) {
      const item = this.#itemAt(row);
      const score = blend(this.#partsOf(row, query, weights), weights);
      best.add({ row, productId: item.productId, score });
    }
    return best.sorted().map(({ row, score }) => ({
      item: this.#itemAt(row),
      score,
      parts: this.#partsOf(row, query, null),
    }));
  }

  /** Rows that pass the filter, one for each picture. */
  #candidates(filter: SimilarFilter): Iterable<number> {
    const byPicture = new Map<Sha256, number>();
    for (const [row, item] of this.#items.entries()) {
      if (!passes(item, filter)) continue;
      const other = byPicture.get(item.picture);
      if (other === undefined || isCheaper(item, this.#itemAt(other))) byPicture.set(item.picture, row);
    }
    return byPicture.values();
  }

  /** Parts whose weight is 0 are left at 0; with null, all are computed. */
  #partsOf(row: number, query: SearchVectors, weights: SimilarityWeights | null): SimilarityParts {
    const look = ([start, end]: readonly [number, number], weight: number | undefined): number =>
      weight === 0 ? 0 : cosine(this.#look.dot(row, query.look, start, end));
    const features = this.#features;
    return {
      colour: look(this.#layout.colour, weights?.colour),
      shape: look(this.#layout.shape, weights?.shape),
      pattern: look(this.#layout.pattern, weights?.pattern),
      features:
        features === null || weights?.features === 0
          ? 0
          : cosine(features.dot(row, query.features, 0, features.length)),
    };
  }

  #itemAt(row: number): SearchItem {
    const item = this.#items[row];
    if (item === undefined) throw new FashiondError('internal', `the index has no row ${row}`);
    return item;
  }
}

function isBetter(one: Match, other: Match): boolean {
  return one.score === other.score ? one.productId < other.productId : one.score > other.score;
}

function blend(parts: SimilarityParts, weights: SimilarityWeights): number {
  const total = weights.colour + weights.shape + weights.pattern + weights.features;
  const sum =
    weights.colour * parts.colour +
    weights.shape * parts.shape +
    weights.pattern * parts.pattern +
    weights.features * parts.features;
  return sum / total;
}

/** Parts have unit length, so a dot product is a cosine but for rounding. */
function cosine(dot: number): number {
  return Math.max(-1, Math.min(1, dot));
}

function requireSense(limit: number, weights: SimilarityWeights): void {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new FashiondError('usage', `cannot return ${limit} lookalikes`, {
      hint: 'the limit is a whole number from 1',
    });
  }
  const values = [weights.colour, weights.shape, weights.pattern, weights.features];
  if (!values.every((weight) => Number.isFinite(weight) && weight >= 0) || values.every((one) => one === 0)) {
    throw new FashiondError('usage', 'weights must be 0 or more, and one of them above 0', {
      hint: 'see search.weights in the config',
    });
  }
}
