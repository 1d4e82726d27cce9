/** The demo's report: tables against the truth, what changed overnight, two lookalike examples, next commands. */
import { join, relative } from 'node:path';
import type { App } from '../app.js';
import { packageRoot } from '../config/assets.js';
import { seenAs } from '../config/categories.js';
import type { LoadedConfig } from '../config/load.js';
import type { ItemTruth } from '../demo/shops.js';
import type { CategoryId, ProductId } from '../domain/ids.js';
import { formatMoney } from '../domain/money.js';
import { StoredIndex } from '../search/fill-index.js';
import { explain } from '../search/explain.js';
import type { CliContext } from './context.js';
import { decidersTable } from './demo-deciders.js';
import type { DecidedItem } from './demo-deciders.js';
import { demoPaths } from './demo-state.js';
import { categoryTable, stageTable } from './demo-summary.js';
import type { JudgedItem } from './demo-summary.js';

interface ItemRow {
  readonly product_id: number;
  readonly shop: string;
  readonly title: string;
  readonly url: string;
  readonly category: string | null;
  readonly best_category: string | null;
  readonly evidence: string | null;
  readonly price: number | null;
  readonly currency: string | null;
  readonly in_stock: number;
  readonly vanished_at: string | null;
}

type Truth = ReadonlyMap<string, ItemTruth>;

const ANSWERS = 3;

export function printReport(
  app: App,
  loaded: LoadedConfig,
  truth: Truth,
  wallMs: number,
  context: CliContext,
): void {
  const kinds = seenAs(loaded.categories);
  const isKindOf = (category: string, truth: string): boolean =>
    category === truth || kinds.get(category) === truth;
  const rows = app.store.query<ItemRow>('SELECT * FROM v_items ORDER BY product_id', []);
  const judged = rows.flatMap((row): JudgedItem[] => {
    const item = truth.get(row.url);
    if (item === undefined) return [];
    // A loafer is a shoe: what is seen as the truth counts as it.
    const { category } = row;
    const isTruth = category !== null && isKindOf(category, item.category);
    return [{ truth: item.category, category: isTruth ? item.category : category }];
  });
  const print = (text: string): void => context.print(text);
  print(
    `\n${rows.length} products, each decided by its words and pictures (truth: what the shops say to themselves)\n`,
  );
  print(categoryTable(judged));
  print(`\n${decidersTable(decidedItems(rows, truth), limitOf(app, loaded), isKindOf)}`);
  for (const line of misread(rows, truth)) print(line);
  for (const line of misleading(rows, truth, isKindOf)) print(line);
  for (const line of overnight(app)) print(line);
  print(`\n${stageTable(app.times.list(), wallMs)}`);
  const examples = lookalikes(app, loaded, rows);
  for (const line of examples.lines) print(line);
  const db = relative(process.cwd(), loaded.config.store.path);
  print(`\nThe catalogue is ${db}:`);
  print(`  sqlite3 ${db} "SELECT * FROM v_categories"`);
  if (examples.first !== null && loaded.config.store.path === demoPaths(join(packageRoot, 'data')).db) {
    const [command, config] = ['bin/fashiond', 'config/demo.yaml'].map((path) =>
      relative(process.cwd(), join(packageRoot, path)),
    );
    print(`  ${command} similar ${examples.first} --cheaper --config ${config}`);
  }
}

function decidedItems(rows: readonly ItemRow[], truth: Truth): DecidedItem[] {
  return rows.flatMap(({ url, category, evidence }) => {
    const item = truth.get(url);
    if (item === undefined) return [];
    const read = evidence === null ? null : (JSON.parse(evidence) as DecidedItem['evidence']);
    return [{ truth: item.category, category, evidence: read }];
  });
}

/** The one threshold for all that the demo's config asks for. */
function limitOf(app: App, { config }: LoadedConfig): number {
  return config.model.threshold ?? app.classifier.manifest.threshold;
}

/** Products that were not read, and pages that were taken for products: none when all is well. */
function misread(rows: readonly ItemRow[], truth: Truth): string[] {
  const read = new Set(rows.map((row) => row.url));
  const missed = [...truth.keys()].filter((url) => !read.has(url)).map((url) => `  not read: ${url}`);
  const invented = [...read].filter((url) => !truth.has(url)).map((url) => `  not a product: ${url}`);
  return [...missed, ...invented];
}

/** Names of the Japanese shop that say one garment and are another. */
function misleading(
  rows: readonly ItemRow[],
  truth: Truth,
  isKindOf: (category: string, truth: string) => boolean,
): string[] {
  const knits = rows.filter((row) => row.shop === 'demo-ja' && /ニット/.test(row.title));
  if (knits.length === 0) return [];
  const accepted = knits.filter((row) => row.category !== null);
  const right = accepted.filter((row) =>
    isKindOf(row.category ?? '', truth.get(row.url)?.category ?? ''),
  ).length;
  const examples = ['sweater', 'beanie'].flatMap((category) => {
    const row = accepted.find(
      (item) => item.category === category && truth.get(item.url)?.category === category,
    );
    return row === undefined ? [] : [`  ${row.title} -> ${category}`];
  });
  return [
    `\nNames with ニット (knit) say little: ${accepted.length} of ${knits.length} decided, ` +
      `${right} of those rightly`,
    ...examples,
  ];
}

interface Change {
  readonly shop: string;
  readonly title: string;
  readonly wasMinor: number | null;
  readonly isMinor: number | null;
  readonly currency: string | null;
  readonly was: string;
  readonly is: string;
}

function overnight(app: App): string[] {
  const changes = app.store.query<Change>(
    `WITH history AS (SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY at) AS nth FROM v_prices)
     SELECT b.shop, b.title, a.price_minor AS wasMinor, b.price_minor AS isMinor,
       coalesce(b.currency, a.currency) AS currency, a.availability AS was, b.availability AS "is"
     FROM history a JOIN history b ON b.product_id = a.product_id AND b.nth = a.nth + 1
     ORDER BY b.shop, b.availability, b.title`,
    [],
  );
  const lines = changes.map(({ shop, title, wasMinor, isMinor, currency, was, is }) => {
    if (currency === null || wasMinor === null || isMinor === null || wasMinor === isMinor) {
      return `  ${shop}: ${title}: ${was} -> ${is}`;
    }
    const price = (minor: number): string => formatMoney({ minor, currency });
    return `  ${shop}: ${title}: ${price(wasMinor)} -> ${price(isMinor)}`;
  });
  return lines.length === 0 ? [] : ['\nOvernight:', ...lines];
}

/** Of each shop the dearest accepted item that has a cheaper one of the same look; `first` is one of them. */
function lookalikes(
  app: App,
  loaded: LoadedConfig,
  rows: readonly ItemRow[],
): { readonly lines: readonly string[]; readonly first: number | null } {
  const { manifest, lookLayout } = app.classifier;
  const spaces = { model: manifest.fingerprint, lookVersion: lookLayout.version };
  // So few items are compared in full.
  const index = new StoredIndex(app.store, spaces, { layout: lookLayout, basis: null }).filled();
  const dearest = rows
    .filter((row) => row.category !== null && row.price !== null && row.vanished_at === null)
    .toSorted((a, b) => Number(b.price) - Number(a.price));
  const lines: string[] = [];
  const shown = new Set<string>();
  let first: number | null = null;
  for (const row of dearest) {
    const item = app.store.findItem(String(row.product_id))?.item ?? null;
    const vectors = index.vectorsOf(row.product_id as ProductId);
    // Prices of two shops may be in two currencies: only within a shop is one the dearest.
    if (row.category === null || shown.has(row.shop) || item === null || vectors === null) continue;
    if (item.price === null) continue;
    const found = index.similar(
      vectors,
      {
        category: row.category as CategoryId,
        inStock: true,
        maxPrice: null,
        cheaperThan: item.price,
        exclude: item.productId,
        limit: ANSWERS,
      },
      loaded.config.search,
    );
    if (found.length === 0) continue;
    shown.add(row.shop);
    first ??= row.product_id;
    lines.push(`\nThe look of "${item.title}" (${formatMoney(item.price)}), cheaper:`);
    for (const result of found) {
      const price = result.item.price === null ? '' : formatMoney(result.item.price);
      lines.push(`  ${price}  ${result.item.title}: ${explain(result, item.price)}`);
    }
  }
  return { lines, first };
}
