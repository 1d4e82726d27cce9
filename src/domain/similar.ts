/** A lookalike and why it was chosen. */
import type { CategoryId, ProductId, Sha256, ShopId } from './ids.js';
import type { Money } from './money.js';
import type { Availability } from './product.js';

/** Cosine similarity of each part, -1 to 1. */
export interface SimilarityParts {
  readonly colour: number;
  readonly shape: number;
  readonly pattern: number;
  /** What the lookalike model sees of the garment. */
  readonly features: number;
}

/** How much each part counts, and how fast it fades; see search/blend.ts. */
export interface BlendSettings {
  /** 0 or more, one of them above 0. */
  readonly weights: SimilarityParts;
  /** 0 or more. A part's likeness is exp(-sharpness * (1 - cosine)). */
  readonly sharpness: SimilarityParts;
}

/** What search knows of an item besides its vectors. */
export interface SearchItem {
  readonly productId: ProductId;
  readonly shop: ShopId;
  readonly title: string;
  readonly url: string;
  readonly brand: string | null;
  readonly category: CategoryId | null;
  readonly price: Money | null;
  readonly availability: Availability;
  /** The item's main usable picture. */
  readonly picture: Sha256;
  /** Name of the largest colour on it, one of domain/colour.ts; null where none was read. */
  readonly colour: string | null;
}

/** What an index keeps of an item in memory; the rest is read once it is found. */
export interface IndexedItem extends Omit<SearchItem, 'title' | 'url' | 'picture'> {
  /** The store's number of the item's main usable picture. */
  readonly picture: number;
}

export interface SearchVectors {
  readonly features: Float32Array;
  readonly look: Float32Array;
}

/** Rows of unit length at right angles: a part's main directions. Row-major [rows, columns]. */
export interface PartBasis {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** What shortens vectors, part by part; only those of this look version. */
export interface CompactBasis {
  /** The category model in use when it was fitted; any other has the same vectors. */
  readonly model: string;
  readonly lookVersion: string;
  readonly parts: Readonly<Record<keyof SimilarityParts, PartBasis>>;
}

export interface SimilarFilter {
  readonly category: CategoryId | null;
  /** Categories that count as `category`: words and pictures tell kinds apart unequally well. */
  readonly kin?: ReadonlySet<CategoryId>;
  readonly inStock: boolean;
  /** Upper bound, inclusive; items in another currency never match. */
  readonly maxPrice: Money | null;
  /** Strictly below; items in another currency never match. */
  readonly cheaperThan: Money | null;
  readonly exclude: ProductId | null;
  readonly limit: number;
  /** Lower bound, inclusive; items in another currency never match. */
  readonly minPrice?: Money;
  readonly currency?: string;
  readonly shop?: ShopId;
  /** Without regard to case. */
  readonly brand?: string;
  readonly colour?: string;
  /** Results that score less are left out. */
  readonly minScore?: number;
}

export interface SimilarItem {
  readonly item: SearchItem;
  /** Weighted mean of the parts. */
  readonly score: number;
  readonly parts: SimilarityParts;
}
