/** The catalogue as people and programs look at it: what is asked for, and what comes back. */
import type { Finding, HealthLevel } from './health.js';
import type { CategoryId, ModelFingerprint, ProductId, RunId, Sha256, ShopId } from './ids.js';
import type { Money } from './money.js';
import type { PaletteColour } from './picture.js';
import type { SearchChanges } from './search-ports.js';
import type { Candidate, Evidence, UnknownReason } from './prediction.js';
import type { Availability } from './product.js';

/** `newest`: seen first last; `oldest` the other way. `cheapest` and `dearest` need a currency: amounts of two are not compared. */
type ItemOrder = 'newest' | 'oldest' | 'cheapest' | 'dearest';

export interface ItemFilter {
  readonly shop: ShopId | null;
  /** A category, `unknown` for items without one, or null for all. */
  readonly category: CategoryId | 'unknown' | null;
  /** Exactly as the shop writes it. */
  readonly brand: string | null;
  /** Words that title, brand or SKU hold, all of them. */
  readonly words: string | null;
  readonly inStock: boolean;
  readonly currency: string | null;
  /** In minor units of `currency`, inclusive. */
  readonly minPrice: number | null;
  readonly maxPrice: number | null;
  /** Items that vanished, too. */
  readonly vanished: boolean;
  readonly order: ItemOrder;
}

/** Where a page of a list ended: the sort value and the id of its last row. */
export interface ListPosition {
  readonly value: number;
  readonly id: number;
}

export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** Null on the last page. */
  readonly next: ListPosition | null;
}

export interface BrowsedItem {
  readonly id: ProductId;
  readonly shop: ShopId;
  readonly title: string;
  readonly brand: string | null;
  readonly sku: string | null;
  readonly url: string;
  /** Null when unknown. */
  readonly category: CategoryId | null;
  /** The likeliest category, accepted or not; null while undecided. */
  readonly best: CategoryId | null;
  /** Of `best`. */
  readonly probability: number | null;
  /** Why there is no category. */
  readonly reason: UnknownReason | 'waiting' | null;
  readonly decidedBy: Evidence['by'] | null;
  readonly price: Money | null;
  readonly listPrice: Money | null;
  readonly availability: Availability;
  readonly inStock: boolean;
  readonly colour: string | null;
  /** The main usable picture. */
  readonly picture: Sha256 | null;
  /** ISO 8601 UTC, as are all times here. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly vanishedAt: string | null;
}

export interface PricePoint {
  readonly at: string;
  readonly price: Money | null;
  readonly listPrice: Money | null;
  readonly availability: Availability;
}

export interface BrowsedVariant {
  readonly title: string | null;
  readonly colour: string | null;
  readonly size: string | null;
  readonly sku: string | null;
  readonly price: Money | null;
  readonly availability: Availability;
  readonly inStock: boolean;
  readonly url: string;
}

export interface ItemDetail extends BrowsedItem {
  readonly description: string | null;
  readonly gtin: string | null;
  readonly mpn: string | null;
  readonly breadcrumbs: readonly string[];
  readonly palette: readonly PaletteColour[];
  /** Usable ones, main picture first. */
  readonly pictures: readonly Sha256[];
  readonly candidates: readonly Candidate[];
  /** What the decision rests on; the picture by its name. */
  readonly evidence: (Omit<Evidence, 'picture'> & { readonly picture: Sha256 | null }) | null;
  readonly variants: readonly BrowsedVariant[];
  /** Oldest first. */
  readonly history: readonly PricePoint[];
}

export interface CategoryCount {
  readonly category: CategoryId | null;
  readonly items: number;
}

/** What may be chosen in the filters of the catalogue. */
export interface Facets {
  readonly categories: readonly CategoryCount[];
  readonly currencies: readonly string[];
  readonly brands: readonly string[];
  readonly shops: readonly { readonly shop: ShopId; readonly name: string }[];
}

export interface ShopState {
  readonly shop: ShopId;
  readonly name: string;
  readonly active: boolean;
  readonly lastRun: string | null;
  readonly lastStatus: 'running' | 'finished' | 'failed' | null;
  readonly lastSuccess: string | null;
  readonly health: HealthLevel | null;
  readonly problems: readonly (Omit<Finding, 'since'> & { readonly since: string })[];
  readonly items: number;
  readonly vanished: number;
  /** 0 to 1; null without items. */
  readonly unknownShare: number | null;
  readonly pagesDone: number;
  readonly pagesWaiting: number;
  readonly pagesDropped: number;
  readonly picturesRefused: number;
  /** Share of the product pages with each field, 0 to 1. */
  readonly fields: Readonly<Record<string, number>>;
  readonly lastError: string | null;
}

export interface RunState {
  readonly run: RunId;
  readonly shop: ShopId;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: 'running' | 'finished' | 'failed';
  readonly health: HealthLevel | null;
  readonly problems: string | null;
  readonly items: number | null;
  readonly unknownShare: number | null;
  readonly pagesRead: number;
  readonly pagesUnchanged: number;
  readonly pagesGone: number;
  readonly throttled: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface KnownModel {
  readonly fingerprint: ModelFingerprint;
  readonly name: string | null;
  readonly role: 'current' | 'previous' | 'candidate' | null;
  readonly labels: readonly CategoryId[];
  readonly threshold: number | null;
  readonly loadedAt: string | null;
  /** Pictures it has seen. */
  readonly pictures: number;
  /** Its folder, where that was kept. */
  readonly path: string | null;
}

/** What waits, and how much there is. */
export interface CatalogueStats {
  readonly items: number;
  readonly vanished: number;
  readonly undecided: number;
  /** Labels that stand. */
  readonly labels: number;
  readonly picturesWanted: number;
  readonly picturesWaiting: number;
  readonly textsWaiting: number;
  readonly picturesRefused: number;
  readonly picturesQuarantined: number;
  readonly model: ModelFingerprint | null;
}

/** Reading for the API and the web page. Each method is one short read, however large the catalogue: see `CatalogueReads`. */
export interface BrowseStore {
  /** Those that exist, in the order asked for. */
  items(ids: readonly ProductId[]): BrowsedItem[];
  item(id: ProductId): ItemDetail | null;
  history(id: ProductId): readonly PricePoint[] | null;
  /** Of a shop that is or was in the config; null for any other. */
  shopName(shop: ShopId): string | null;
  runs(shop: ShopId | null, limit: number, after: ListPosition | null): ListPage<RunState>;
  /** What is wrong with a run, the worst first; nothing of one that goes on. */
  findings(run: RunId): readonly Finding[];
  models(): KnownModel[];
  /** Where its files lie; null where that is not known. */
  modelFolder(model: ModelFingerprint): string | null;
  /** Reads a row, whatever it is; throws where the database cannot be read. */
  probe(): void;
  /** Whether the picture was decoded before and may be shown. */
  isShowable(picture: Sha256): boolean;
  /** What was changed since the last call; null where that is not known, as after the first, or where it is very much. */
  takeChanges(): SearchChanges | null;
}
