/** Items with small vectors, and indexes of them. */
import type { CategoryId, ProductId, Sha256, ShopId } from '../../../src/domain/ids.js';
import type { LookLayout } from '../../../src/domain/picture.js';
import type {
  BlendSettings,
  CompactBasis,
  SearchItem,
  SearchVectors,
  SimilarFilter,
  SimilarItem,
  SimilarityParts,
} from '../../../src/domain/similar.js';
import { LookalikeIndex } from '../../../src/search/lookalike-index.js';

export const layout: LookLayout = { version: 'test', colour: [0, 6], shape: [6, 13], pattern: [13, 18] };
export const FEATURES = 9;
export const SHARPNESS: SimilarityParts = { colour: 1, shape: 2, pattern: 0.5, features: 4 };
export const EVEN: BlendSettings = {
  weights: { colour: 1, shape: 1, pattern: 1, features: 1 },
  sharpness: SHARPNESS,
};
export const OPEN: SimilarFilter = {
  category: null,
  inStock: false,
  maxPrice: null,
  cheaperThan: null,
  exclude: null,
  limit: 10,
};

export interface Entry {
  readonly item: SearchItem;
  readonly vectors: SearchVectors;
}

export function found(results: readonly SimilarItem[]): { id: number; score: number }[] {
  return results.map(({ item, score }) => ({ id: Number(item.productId), score }));
}

/** An index whose items and vectors are in memory: a picture has the vectors that were given with it last. */
export class HeldIndex {
  readonly #items = new Map<ProductId, SearchItem>();
  readonly #vectors = new Map<number, SearchVectors>();
  readonly #numbers = new Map<string, number>();
  readonly index: LookalikeIndex;

  /** As LookalikeIndex. */
  constructor(
    of: LookLayout = layout,
    more: { readonly basis?: CompactBasis; readonly small?: number } = {},
  ) {
    const { basis = null, small } = more;
    this.index = new LookalikeIndex({
      layout: of,
      basis,
      ...(small === undefined ? {} : { small }),
      source: {
        vectors: (picture) => this.#vectors.get(picture) ?? null,
        items: (ids) =>
          new Map(
            ids.flatMap((id) => {
              const item = this.#items.get(id);
              return item === undefined ? [] : [[id, item]];
            }),
          ),
      },
    });
  }

  get size(): number {
    return this.index.size;
  }

  upsert(item: SearchItem, vectors: SearchVectors): void {
    const { title: _, url: __, picture: name, ...filtered } = item;
    const picture = this.#numbers.get(name) ?? this.#numbers.size + 1;
    this.#numbers.set(name, picture);
    const isNew = !this.#vectors.has(picture);
    this.#vectors.set(picture, vectors);
    if (!isNew) this.index.pictureChanged(picture);
    this.index.upsert({ ...filtered, picture });
    this.#items.set(item.productId, item);
  }

  remove(id: ProductId): boolean {
    this.#items.delete(id);
    return this.index.remove(id);
  }

  vectorsOf(id: ProductId): SearchVectors | null {
    return this.index.vectorsOf(id);
  }

  similar(query: SearchVectors, filter: SimilarFilter, settings: BlendSettings): SimilarItem[] {
    return this.index.similar(query, filter, settings);
  }
}

export function indexOf(entries: Iterable<Entry>): HeldIndex {
  const index = new HeldIndex();
  for (const { item, vectors } of entries) index.upsert(item, vectors);
  return index;
}

/** An item of its own picture with chosen directions: `at` says which component of each part is 1. */
export function entryOf(id: number, at: number, item: Partial<SearchItem> = {}): Entry {
  const look = new Float32Array(18);
  for (const [start] of [layout.colour, layout.shape, layout.pattern]) look[start + at] = 1;
  const features = new Float32Array(FEATURES);
  features[at] = 1;
  return {
    item: {
      productId: id as ProductId,
      shop: 'a' as ShopId,
      title: `item ${id}`,
      url: `http://127.0.0.1/${id}`,
      brand: null,
      colour: null,
      category: 'sweater' as CategoryId,
      price: { minor: 1000, currency: 'JPY' },
      availability: 'in-stock',
      picture: `picture ${id}` as Sha256,
      ...item,
    },
    vectors: { look, features },
  };
}
