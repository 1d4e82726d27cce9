/** A lookalike and why it was chosen. */
import type { CategoryId, ProductId, Sha256, ShopId } from './ids.js';
import type { Money } from './money.js';
import type { Availability } from './product.js';

/** Cosine similarity of each part, -1 to 1. */
export interface SimilarityParts {
  readonly colour: number;
  readonly shape: number;
  readonly pattern: number;
  /** The category network's features. */
  readonly features: number;
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
}

export interface SearchVectors {
  readonly features: Float32Array;
  readonly look: Float32Array;
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
}

export interface SimilarItem {
  readonly item: SearchItem;
  /** Weighted mean of the parts. */
  readonly score: number;
  readonly parts: SimilarityParts;
}
