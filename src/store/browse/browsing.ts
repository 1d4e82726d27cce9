/** The reading half of the store for the API and the web page; each method is one read or a few short ones. */
import type {
  BrowsedItem,
  BrowseStore,
  CatalogueStats,
  CategoryCount,
  ItemDetail,
  ItemFilter,
  KnownModel,
  ListPage,
  ListPosition,
  PricePoint,
  RunState,
  ShopState,
} from '../../domain/browse.js';
import { FashiondError } from '../../domain/errors.js';
import type { SearchChanges } from '../../domain/search-ports.js';
import type { Finding } from '../../domain/health.js';
import type { ModelFingerprint, ProductId, RunId, Sha256, ShopId } from '../../domain/ids.js';
import type { Connection } from '../connection.js';
import { findingsOf } from '../health/shop-health.js';
import { WANTED_IMAGES } from '../image-queue.js';
import { historyOf, itemDetail } from './item-detail.js';
import { SHOWN_DECISION } from '../shown-decision.js';
import { itemsOf, listItems } from './list-items.js';
import { searchChanges } from './search-changes.js';
import { knownModels, runStates, shopStates } from './shop-states.js';

const CATEGORY_COUNTS = `
  SELECT d.category, count(*) AS items FROM products p
  LEFT JOIN item_predictions d ON d.id = ${SHOWN_DECISION}
  WHERE p.vanished_at IS NULL GROUP BY d.category ORDER BY items DESC, d.category`;

const STATS = `
  SELECT (SELECT count(*) FROM products) - (SELECT count(*) FROM products WHERE vanished_at IS NOT NULL) AS items,
    (SELECT count(*) FROM products WHERE vanished_at IS NOT NULL) AS vanished,
    (SELECT count(*) FROM undecided) AS undecided,
    (SELECT count(*) FROM labels WHERE verdict <> 'withdrawn')
      - (SELECT count(*) FROM labels WHERE withdraws IS NOT NULL) AS labels,
    (${WANTED_IMAGES}) AS picturesWanted,
    (SELECT count(*) FROM blobs WHERE state IN ('stored', 'leased')) AS picturesWaiting,
    (SELECT count(*) FROM text_queue) AS textsWaiting,
    (SELECT count(*) FROM blobs WHERE state = 'refused') AS picturesRefused,
    (SELECT count(*) FROM blobs WHERE state = 'quarantined') AS picturesQuarantined,
    (SELECT fingerprint FROM models WHERE role = 'current') AS model`;

export class Browsing implements BrowseStore {
  readonly #db: Connection;
  /** Made when it is first asked for: a store that nobody searches notes nothing. */
  #changes: (() => SearchChanges | null) | null = null;

  constructor(db: Connection) {
    this.#db = db;
  }

  list(filter: ItemFilter, limit: number, after: ListPosition | null): ListPage<BrowsedItem> {
    return listItems(this.#db, filter, limit, after);
  }

  items(ids: readonly ProductId[]): BrowsedItem[] {
    return itemsOf(this.#db, ids);
  }

  item(id: ProductId): ItemDetail | null {
    return itemDetail(this.#db, id);
  }

  history(id: ProductId): readonly PricePoint[] | null {
    const known = this.#db.get('SELECT 1 FROM products WHERE id = ?', [id]);
    return known === undefined ? null : historyOf(this.#db, id);
  }

  categoryCounts(): CategoryCount[] {
    return this.#db.all<CategoryCount>(CATEGORY_COUNTS);
  }

  currencies(): string[] {
    const sql = 'SELECT currency FROM offers GROUP BY currency ORDER BY count(*) DESC, currency';
    return this.#db.all<{ currency: string }>(sql).map(({ currency }) => currency);
  }

  brands(limit: number): string[] {
    const sql = `SELECT brand FROM products WHERE brand IS NOT NULL AND vanished_at IS NULL
      GROUP BY brand ORDER BY count(*) DESC, brand LIMIT ?`;
    return this.#db.all<{ brand: string }>(sql, [limit]).map(({ brand }) => brand);
  }

  shopNames(): { readonly shop: ShopId; readonly name: string }[] {
    return this.#db.all('SELECT key AS shop, name FROM shops WHERE active = 1 ORDER BY name, key');
  }

  shopName(shop: ShopId): string | null {
    return this.#db.get<{ name: string }>('SELECT name FROM shops WHERE key = ?', [shop])?.name ?? null;
  }

  shops(): ShopState[] {
    return shopStates(this.#db);
  }

  runs(shop: ShopId | null, limit: number, after: ListPosition | null): ListPage<RunState> {
    return runStates(this.#db, shop, limit, after);
  }

  findings(run: RunId): Finding[] {
    return findingsOf(this.#db, run);
  }

  models(): KnownModel[] {
    return knownModels(this.#db);
  }

  modelFolder(model: ModelFingerprint): string | null {
    const sql = 'SELECT path FROM models WHERE fingerprint = ?';
    return this.#db.get<{ path: string | null }>(sql, [model])?.path ?? null;
  }

  probe(): void {
    this.#db.get('SELECT 1 FROM models LIMIT 1');
  }

  stats(): CatalogueStats {
    const [row] = this.#db.all<CatalogueStats>(STATS);
    if (row === undefined) throw new FashiondError('internal', 'counting the catalogue gave no row');
    return row;
  }

  isShowable(picture: Sha256): boolean {
    const sql = `SELECT 1 FROM blobs WHERE sha256 = ? AND format IS NOT NULL AND state NOT IN ('refused', 'quarantined')`;
    return this.#db.get(sql, [picture]) !== undefined;
  }

  takeChanges(): SearchChanges | null {
    this.#changes ??= searchChanges(this.#db);
    return this.#changes();
  }
}
