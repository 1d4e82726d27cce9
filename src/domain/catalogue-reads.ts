/** What may take a reading of much of the catalogue, and is done away from the event loop. */
import type {
  BrowsedItem,
  CatalogueStats,
  Facets,
  ItemDetail,
  ItemFilter,
  ListPage,
  ListPosition,
  ShopState,
} from './browse.js';
import type { ProductId } from './ids.js';
import type { ReviewEntry } from './review.js';

/** A question of the review with what is shown of it. */
export interface ReviewQuestion extends ReviewEntry {
  readonly item: BrowsedItem;
  /** What helps to answer it. */
  readonly hints: Pick<ItemDetail, 'breadcrumbs' | 'candidates' | 'evidence'>;
  /** The first of those that show nearly the same picture. */
  readonly alikeItems: readonly BrowsedItem[];
}

export interface ReviewQueue {
  /** Items that no person has judged. */
  readonly waiting: number;
  readonly questions: readonly ReviewQuestion[];
}

/** Each read sees what was committed before it was asked for; whoever serves them may keep `facets` for a while. */
export interface CatalogueReads {
  /** Rejects with FashiondError `usage` for an order by price without a currency. */
  readonly list: (
    filter: ItemFilter,
    limit: number,
    after: ListPosition | null,
  ) => Promise<ListPage<BrowsedItem>>;
  /** As `ReviewStore.queue`. */
  readonly review: (limit: number, except: ReadonlySet<ProductId>) => Promise<ReviewQueue>;
  readonly waitingForReview: () => Promise<number>;
  readonly stats: () => Promise<CatalogueStats>;
  readonly facets: () => Promise<Facets>;
  /** Every shop that the store knows, by id. */
  readonly shops: () => Promise<readonly ShopState[]>;
}
