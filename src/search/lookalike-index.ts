/**
 * Lookalike search over packed items and short vectors in memory; whole vectors and items are read where they are found.
 *
 * A query looks at the short vectors of all items that pass the filter, so a filter never makes an answer come back
 * short, and compares the best some hundred in full; a small catalogue is compared in full from the start. The score
 * blends four cosines: colour, shape and pattern from the look vector, and what the lookalike model sees. A shape is
 * compared with the mirror image as well. Items with the same picture appear once, as the cheapest of them; of
 * near-identical hits and of variants of one product, the best alone.
 */
import type { ProductId } from '../domain/ids.js';
import type { LookLayout } from '../domain/picture.js';
import type {
  BlendSettings,
  CompactBasis,
  IndexedItem,
  SearchItem,
  SearchVectors,
  SimilarFilter,
  SimilarItem,
} from '../domain/similar.js';
import { blend, requireBlend } from './blend.js';
import { distinctMatches, isBetter, requireLimit } from './distinct-matches.js';
import type { Match } from './distinct-matches.js';
import { FirstLook, shortRow } from './first-look.js';
import { FullBlend } from './full-blend.js';
import type { AskedVectors } from './full-blend.js';
import { ItemColumns } from './item-columns.js';
import { PictureRows } from './picture-rows.js';
import { rowFilter } from './row-filter.js';
import type { RowFilter } from './row-filter.js';
import { TopK } from './top-k.js';
import { VectorCache } from './vector-cache.js';
import { BestRows } from './vectors/best-rows.js';

/** Pictures of a catalogue that is compared in full: some 15 ms of work and, all vectors kept, 30 MB. */
export const SMALL = 5000;
/** Pictures that are compared in full after the first look, at least. */
export const SHORTLIST = 150;
/** Where an index reads what it does not keep. */
interface IndexSource {
  /** Of a picture; null where it has none any more. */
  vectors(picture: number): SearchVectors | null;
  /** Whole items, of those that are still there. */
  items(ids: readonly ProductId[]): ReadonlyMap<ProductId, SearchItem>;
}

interface IndexParts {
  readonly layout: LookLayout;
  readonly source: IndexSource;
  /** What short vectors are made with; without it, all is compared in full. */
  readonly basis: CompactBasis | null;
  /** Pictures to have room for at once. */
  readonly capacity?: number;
  /** Up to so many pictures are compared in full; for tests. */
  readonly small?: number;
}

export class LookalikeIndex {
  readonly #parts: IndexParts;
  readonly #items = new ItemColumns();
  readonly #pictures = new PictureRows(this.#items);
  readonly #full: FullBlend;
  readonly #vectors: VectorCache;
  readonly #look: FirstLook | null;

  constructor(parts: IndexParts) {
    this.#parts = parts;
    const { layout, basis, source, capacity = 0 } = parts;
    this.#full = new FullBlend(layout, basis?.parts.features.columns ?? null);
    this.#vectors = new VectorCache((picture) => source.vectors(picture), SMALL);
    this.#look = basis === null ? null : new FirstLook(layout, basis, capacity);
  }

  get size(): number {
    return this.#items.size;
  }

  /** The first look, to divide it where it grows large; null without a basis. */
  get look(): FirstLook | null {
    return this.#look;
  }

  /**
   * Adds an item or replaces it; `short`: its picture's row as `shortRow` makes it, without which its vectors are read.
   * Returns whether it is there: a picture without vectors cannot be searched. Throws `incompatible` for vectors of
   * another length.
   */
  upsert(item: IndexedItem, short: Int8Array | null = null): boolean {
    const picture = this.#pictureRow(item, short);
    if (picture === null) {
      this.remove(item.productId);
      return false;
    }
    const row = this.#items.rowOf(item.productId);
    if (row === undefined) {
      this.#pictures.link(picture, this.#items.push(item, picture));
      return true;
    }
    this.#items.replace(row, item);
    const before = this.#items.columns.picture[row] ?? 0;
    if (before === picture) return true;
    const isLast = this.#pictures.unlink(row);
    this.#pictures.link(picture, row);
    if (isLast) this.#dropPicture(before);
    return true;
  }

  /** The vectors of a picture were made anew. */
  pictureChanged(picture: number): void {
    this.#vectors.forget(picture);
    const row = this.#pictures.rowOf(picture);
    const vectors = row === undefined ? null : this.#vectors.get(picture);
    if (row === undefined || vectors === null || this.#parts.basis === null) return;
    this.#full.require(vectors, `picture ${picture}`);
    this.#look?.set(row, shortRow(vectors, this.#parts.layout, this.#parts.basis));
  }

  /** Returns whether the item was there. */
  remove(productId: ProductId): boolean {
    const row = this.#items.rowOf(productId);
    if (row === undefined) return false;
    const picture = this.#items.columns.picture[row] ?? 0;
    const isLast = this.#pictures.unlink(row);
    this.#items.removeByMovingLast(row, (chain, moved) => {
      this.#pictures.setFirst(chain, moved);
    });
    if (isLast) this.#dropPicture(picture);
    return true;
  }

  /** A copy of a picture's short vector as a row of bytes, to be given to `upsert`; null where there is none. */
  shortOf(picture: number): Int8Array | null {
    const row = this.#pictures.rowOf(picture);
    return row === undefined ? null : (this.#look?.bytesOf(row) ?? null);
  }

  /** The vectors of an item, to search with; null where it has none of this model. */
  vectorsOf(productId: ProductId): SearchVectors | null {
    const row = this.#items.rowOf(productId);
    if (row === undefined) return null;
    return this.#vectors.get(this.#pictures.numberAt(this.#items.columns.picture[row] ?? 0));
  }

  /**
   * The best `filter.limit` items, best first; equal scores go by product id. Parts that weigh nothing are
   * computed for the result all the same. Throws `usage` for a limit or weights that make no sense.
   */
  similar(query: SearchVectors, filter: SimilarFilter, settings: BlendSettings): SimilarItem[] {
    requireLimit(filter.limit);
    requireBlend(settings);
    if (this.size === 0) return [];
    const asked = this.#full.asked(query);
    const rows = rowFilter(this.#items, filter);
    const passing = rows.isOpen ? null : this.#passing(rows);
    const all = passing?.length ?? this.#pictures.size;
    // Some hits will turn out to look like others: more are ranked than wanted, and more again where that was short.
    for (let want = 2 * filter.limit + 16; ; want *= 4) {
      const ranked = this.#rank(this.#shortlist(query, settings, passing, want), asked, rows, settings, want);
      const good = ranked.filter(({ score }) => score >= (filter.minScore ?? 0));
      const { source } = this.#parts;
      const items = source.items(good.map(({ productId }) => productId));
      const vectorsOf = (picture: number): SearchVectors | null => this.#vectors.get(picture);
      const distinct = distinctMatches(good, items, vectorsOf, this.#full, filter.limit);
      if (distinct.length < filter.limit && want < all && good.length === ranked.length) continue;
      return distinct.flatMap((match) => this.#result(match, asked, items));
    }
  }

  /** Items that pass, one for each picture, in no particular order. */
  passing(filter: SimilarFilter): SearchItem[] {
    const rows = rowFilter(this.#items, filter);
    const ids = Array.from(this.#passing(rows), (picture) => {
      const row = this.#cheapest(picture, rows.passes);
      return row === null ? [] : [(this.#items.columns.id[row] ?? 0) as ProductId];
    });
    return [...this.#parts.source.items(ids.flat()).values()];
  }

  /** As `similar`, by a score of another method, 1 at most; the parts are those of the vectors all the same. */
  similarBy(
    scoreOf: (item: SearchItem) => number,
    query: SearchVectors,
    filter: SimilarFilter,
  ): SimilarItem[] {
    requireLimit(filter.limit);
    if (this.size === 0) return [];
    const asked = this.#full.asked(query);
    const items = new Map(this.passing(filter).map((item) => [item.productId, item]));
    const matches = Array.from(items.values(), (item): Match => {
      const row = this.#items.rowOf(item.productId) ?? 0;
      const picture = this.#pictures.numberAt(this.#items.columns.picture[row] ?? 0);
      return { picture, productId: item.productId, score: scoreOf(item) };
    });
    const good = matches.filter(({ score }) => score >= (filter.minScore ?? -1));
    const ranked = good.sort((one, other) => (isBetter(one, other) ? -1 : 1));
    const vectorsOf = (picture: number): SearchVectors | null => this.#vectors.get(picture);
    return distinctMatches(ranked, items, vectorsOf, this.#full, filter.limit).flatMap((match) =>
      this.#result(match, asked, items),
    );
  }

  /** The row of the item's picture, added where it is new; null where it has no vectors. */
  #pictureRow({ productId, picture }: IndexedItem, short: Int8Array | null): number | null {
    const known = this.#pictures.rowOf(picture);
    if (known !== undefined) return known;
    const { basis, layout } = this.#parts;
    let bytes = short;
    if (bytes === null) {
      const vectors = this.#vectors.get(picture);
      if (vectors === null) return null;
      this.#full.require(vectors, `item ${productId}`);
      bytes = basis === null ? null : shortRow(vectors, layout, basis);
    }
    if (bytes !== null) this.#look?.push(bytes);
    return this.#pictures.push(picture);
  }

  #dropPicture(row: number): void {
    this.#vectors.forget(this.#pictures.numberAt(row));
    this.#pictures.removeByMovingLast(row);
    this.#look?.removeByMovingLast(row);
  }

  /** Pictures of the items that pass, each once. */
  #passing({ passes, categories }: RowFilter): Uint32Array {
    const { picture } = this.#items.columns;
    const lists = categories?.map((category) => this.#items.categories.of(category)) ?? null;
    const most = lists?.reduce((sum, list) => sum + list.length, 0) ?? this.size;
    const found = new Uint32Array(Math.min(most, this.#pictures.size));
    const isNew = this.#pictures.marker();
    let size = 0;
    const look = (row: number): void => {
      const one = picture[row] ?? 0;
      if (!passes(row) || !isNew(one)) return;
      found[size] = one;
      size += 1;
    };
    if (lists === null) for (let row = 0; row < this.size; row += 1) look(row);
    else for (const list of lists) for (let at = 0; at < list.length; at += 1) look(list[at] ?? 0);
    return found.subarray(0, size);
  }

  /** Pictures among which the best `want` are, as good as always; null for all of them. `passing`: null for all. */
  #shortlist(
    query: SearchVectors,
    settings: BlendSettings,
    passing: Uint32Array | null,
    want: number,
  ): Uint32Array | null {
    const most = Math.max(SHORTLIST, 4 * want);
    const size = this.#pictures.size;
    const look = this.#look;
    if (look === null || size <= (this.#parts.small ?? SMALL) || (passing?.length ?? size) <= most)
      return passing;
    const best = new BestRows(most);
    look.scan(query, settings, passing, best);
    if (passing !== null || best.size >= Math.min(most, size)) return best.sorted().rows;
    // The lists near the query hold too few for what is wanted.
    const all = new BestRows(most);
    look.scanAll(query, settings, all);
    return all.sorted().rows;
  }

  #rank(
    pictures: Uint32Array | null,
    asked: AskedVectors,
    { passes }: RowFilter,
    settings: BlendSettings,
    want: number,
  ): Match[] {
    const best = new TopK<Match>(want, isBetter);
    const size = pictures?.length ?? this.#pictures.size;
    for (let at = 0; at < size; at += 1) {
      const picture = pictures?.[at] ?? at;
      const row = this.#cheapest(picture, passes);
      const vectors = row === null ? null : this.#vectors.get(this.#pictures.numberAt(picture));
      if (row === null || vectors === null) continue;
      const score = blend(this.#full.parts(asked, vectors, settings.weights), settings);
      const productId = (this.#items.columns.id[row] ?? 0) as ProductId;
      best.add({ picture: this.#pictures.numberAt(picture), productId, score });
    }
    return best.sorted();
  }

  /** Of a picture's items that pass; null where none does. */
  #cheapest(picture: number, passes: (row: number) => boolean): number | null {
    let cheapest: number | null = null;
    for (const row of this.#pictures.itemsOf(picture)) {
      if (passes(row) && (cheapest === null || this.#items.isCheaper(row, cheapest))) cheapest = row;
    }
    return cheapest;
  }

  #result(match: Match, asked: AskedVectors, items: ReadonlyMap<ProductId, SearchItem>): SimilarItem[] {
    const item = items.get(match.productId);
    const vectors = this.#vectors.get(match.picture);
    if (item === undefined || vectors === null) return [];
    return [{ item, score: match.score, parts: this.#full.parts(asked, vectors, null) }];
  }
}
