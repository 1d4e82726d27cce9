/**
 * Exact lookalike search over vectors in memory, rebuilt from the store at start.
 *
 * Every item that passes the filter is compared, so a filter never makes an answer come back short. The score
 * blends four cosines: colour, shape and pattern from the look vector, and what the lookalike model sees. A shape
 * is compared with the mirror image as well. Items with the same picture appear once, as the cheapest of them; of
 * near-identical hits and of variants of one product, the best alone.
 */
import { FashiondError } from '../domain/errors.js';
import type { ModelFingerprint, ProductId } from '../domain/ids.js';
import type { LookLayout } from '../domain/picture.js';
import type { SearchStore } from '../domain/ports.js';
import type {
  BlendSettings,
  SearchItem,
  SearchVectors,
  SimilarFilter,
  SimilarItem,
} from '../domain/similar.js';
import { blend, requireBlend } from './blend.js';
import { ItemRows, isVariant } from './item-rows.js';
import { PartTables } from './part-tables.js';
import type { AskedVectors } from './part-tables.js';
import { TopK } from './top-k.js';

/** Up to so many candidates are compared exactly at once; of more, bytes choose first. */
const EXACT_AT_ONCE = 300;
/** Two hits whose colour, shape and pattern are all nearer than this look the same to a person. */
const NEAR_IDENTICAL = 0.99;
/** What looks the same scores nearly the same, so a hit is held against so many before it. */
const NEIGHBOURS = 50;

interface Match {
  readonly row: number;
  readonly productId: ProductId;
  readonly score: number;
}

export class LookalikeIndex {
  readonly #layout: LookLayout;
  readonly #rows = new ItemRows();
  /** Made with the first item, whose model gives the length. */
  #tables: PartTables | null = null;

  constructor(layout: LookLayout) {
    this.#layout = layout;
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
    return this.#rows.size;
  }

  /** Adds an item or replaces it. Throws `incompatible` for vectors of another length. */
  upsert(item: SearchItem, vectors: SearchVectors): void {
    const tables = this.#tables ?? new PartTables(this.#layout, vectors.features.length);
    tables.require(vectors, `item ${item.productId}`);
    this.#tables = tables;
    const row = this.#rows.rowOf(item.productId);
    if (row === undefined) {
      this.#rows.push(item);
      tables.push(vectors);
    } else {
      this.#rows.replace(row, item);
      tables.set(row, vectors);
    }
  }

  /** Spares the first search its preparation: items from here on are prepared as they come. For an index that grows in slices. */
  prepare(): void {
    this.#tables?.prepare();
  }

  /** Returns whether the item was there. */
  remove(productId: ProductId): boolean {
    const row = this.#rows.rowOf(productId);
    if (row === undefined) return false;
    this.#rows.removeByMovingLast(row);
    this.#tables?.removeByMovingLast(row);
    return true;
  }

  /** The vectors of an item, to search with; null where it has none of this model. */
  vectorsOf(productId: ProductId): SearchVectors | null {
    const row = this.#rows.rowOf(productId);
    return row === undefined ? null : (this.#tables?.at(row) ?? null);
  }

  /**
   * The best `filter.limit` items, best first; equal scores go by product id. Parts that weigh nothing are
   * computed for the result all the same. Throws `usage` for a limit or weights that make no sense.
   */
  similar(query: SearchVectors, filter: SimilarFilter, settings: BlendSettings): SimilarItem[] {
    requireLimit(filter.limit);
    requireBlend(settings);
    const tables = this.#tables;
    if (tables === null) return [];
    const asked = tables.asked(query);
    const rows = this.#rows.passing(filter);
    // Some hits will turn out to look like others: more are ranked than wanted, and more again where that was short.
    for (let want = 2 * filter.limit + 16; ; want *= 4) {
      const ranked = rank(tables, rows, asked, settings, want, (row) => this.#rows.at(row));
      const good = ranked.filter(({ score }) => score >= (filter.minScore ?? 0));
      const distinct = this.#distinct(tables, good).slice(0, filter.limit);
      if (distinct.length < filter.limit && ranked.length < rows.length && good.length === ranked.length)
        continue;
      return distinct.map(({ row, score }) => ({
        item: this.#rows.at(row),
        score,
        parts: tables.partsOf(row, asked, null),
      }));
    }
  }

  /** Items that pass, one for each picture, in no particular order. */
  passing(filter: SimilarFilter): SearchItem[] {
    return Array.from(this.#rows.passing(filter), (row) => this.#rows.at(row));
  }

  /** As `similar`, by a score of another method, 1 at most; the parts are those of the vectors all the same. */
  similarBy(
    scoreOf: (item: SearchItem) => number,
    query: SearchVectors,
    filter: SimilarFilter,
  ): SimilarItem[] {
    requireLimit(filter.limit);
    const tables = this.#tables;
    if (tables === null) return [];
    const asked = tables.asked(query);
    const matches = Array.from(this.#rows.passing(filter), (row): Match => {
      const item = this.#rows.at(row);
      return { row, productId: item.productId, score: scoreOf(item) };
    });
    const good = matches.filter(({ score }) => score >= (filter.minScore ?? -1));
    const ranked = good.sort((one, other) => (isBetter(one, other) ? -1 : 1));
    return this.#distinct(tables, ranked)
      .slice(0, filter.limit)
      .map(({ row, score }) => ({
        item: this.#rows.at(row),
        score,
        parts: tables.partsOf(row, asked, null),
      }));
  }

  #distinct(tables: PartTables, ranked: readonly Match[]): Match[] {
    const kept: Match[] = [];
    for (const match of ranked) {
      const item = this.#rows.at(match.row);
      const { look } = tables.at(match.row);
      const isLike = ({ row }: Match): boolean =>
        isVariant(item, this.#rows.at(row)) || tables.looksLike(row, look, NEAR_IDENTICAL);
      if (!kept.slice(-NEIGHBOURS).some(isLike)) kept.push(match);
    }
    return kept;
  }
}

/** The best `want` of the rows, best first. */
function rank(
  tables: PartTables,
  rows: Uint32Array,
  asked: AskedVectors,
  settings: BlendSettings,
  want: number,
  itemAt: (row: number) => SearchItem,
): Match[] {
  const hopeful =
    rows.length > Math.max(EXACT_AT_ONCE, want) ? tables.shortlist(rows, asked, settings, want) : rows;
  const best = new TopK<Match>(want, isBetter);
  for (const row of hopeful) {
    const score = blend(tables.partsOf(row, asked, settings.weights), settings);
    best.add({ row, productId: itemAt(row).productId, score });
  }
  return best.sorted();
}

function isBetter(one: Match, other: Match): boolean {
  return one.score === other.score ? one.productId < other.productId : one.score > other.score;
}

function requireLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new FashiondError('usage', `cannot return ${limit} lookalikes`, {
    hint: 'the limit is a whole number from 1',
  });
}
