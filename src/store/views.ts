/**
 * The views that analysts read: stable names and columns, documented here, column by column.
 *
 * Their text lives here and not in a migration: a view holds no data, so `ensureViews` makes it anew whenever
 * its text changes. A column may be added; one that is there keeps its name and meaning.
 */
import type { Connection } from './connection.js';
import { EACH_RUN, LAST_RANK_OF_RUN, WHEN_DUE } from './ranks.js';
import { feedView } from './feed-view.js';
import { labelsView } from './labels-view.js';
import { MODEL_VIEWS } from './models-view.js';
import { problemsOf, RUN_VIEWS } from './run-views.js';
import { sameProduct } from './same-product-view.js';
import { SHOWN_DECISION } from './shown-decision.js';
import { variantsView } from './variants-view.js';
import { iso, major, orderable } from './view-doc.js';
import type { ViewDoc } from './view-doc.js';

const items: ViewDoc = {
  name: 'v_items',
  doc: 'One row for each item of each shop, vanished ones included.',
  columns: {
    product_id: "the item's number, as `similar` takes it",
    shop: "the shop's id",
    title: 'name on the shop page',
    brand: 'brand, or NULL',
    sku: "the shop's own number of the item, or NULL",
    url: 'page of the item',
    category: 'category id, as a person said where one did; NULL while unknown',
    probability: 'probability of best_category, 0 to 1',
    best_category: 'likeliest category, accepted or not',
    reason:
      'why there is no category: waiting, out-of-domain, below-threshold, no-garment or several-garments (so say the ' +
      'words), none-of-these (so said a person), or no-usable-picture (and no words); NULL when there is one',
    decided_by:
      'text, picture or text-and-picture: what spoke for best_category; person where a label overrules them; NULL ' +
      'while unread',
    evidence:
      'JSON: words (word, field, weight), what words and pictures say alone (text, pictures), and the SHA-256 of the ' +
      'picture that spoke loudest (picture)',
    price: 'current price in whole units of the currency, such as 49.9',
    price_minor: 'the same in minor units, exact: 4990 cents',
    currency: 'ISO 4217 code',
    list_price: 'price before a reduction, in whole units, or NULL',
    availability: 'in-stock, low-stock, back-order, pre-order, sold-out, discontinued or unknown',
    in_stock: '1 when it can be ordered now, else 0',
    colour: 'name of the largest colour of the main picture, or NULL',
    palette: 'colours of the main picture as JSON: name, hex and share, largest first',
    picture: "SHA-256 of the main picture's bytes, or NULL",
    first_seen: 'when a crawl first saw the item, ISO 8601 UTC',
    last_seen: 'when a crawl last saw it',
    vanished_at: 'when it was confirmed gone, or NULL',
  },
  types: {
    integer: ['product_id', 'price_minor'],
    number: ['probability'],
    decimal: ['price', 'list_price'],
    boolean: ['in_stock'],
    time: ['first_seen', 'last_seen', 'vanished_at'],
  },
  select: `
SELECT i.product_id, i.shop, i.title, i.brand, i.sku, i.url, i.category, i.probability, i.best_category,
  CASE WHEN i.category IS NOT NULL THEN NULL
    WHEN i.evidence ->> '$.by' = 'person' THEN i.decision_reason
    WHEN i.decision_reason IS NOT NULL AND (i.evidence IS NULL OR i.evidence ->> '$.pictures' IS NOT NULL)
      THEN i.decision_reason
    WHEN EXISTS (SELECT 1 FROM product_images pi JOIN images im ON im.id = pi.image_id
      LEFT JOIN blobs w ON w.id = im.blob_id
      WHERE pi.product_id = i.product_id
        AND (im.state IN ('wanted', 'leased') OR w.state IN ('stored', 'leased'))) THEN 'waiting'
    WHEN i.decision_reason IS NOT NULL THEN i.decision_reason
    WHEN EXISTS (SELECT 1 FROM text_queue q WHERE q.product_id = i.product_id) THEN 'waiting'
    ELSE 'no-usable-picture' END AS reason,
  i.evidence ->> '$.by' AS decided_by, i.evidence,
  ${major('i.price_minor', 'i.currency')} AS price, i.price_minor, i.currency,
  ${major('i.list_price_minor', 'i.currency')} AS list_price, i.availability,
  i.availability IN (${orderable}) AS in_stock,
  b.palette ->> '$[0].name' AS colour, b.palette, b.sha256 AS picture,
  ${iso('i.first_seen')} AS first_seen, ${iso('i.last_seen')} AS last_seen,
  ${iso('i.vanished_at')} AS vanished_at
FROM (
  SELECT p.id AS product_id, s.key AS shop, p.title, p.brand, p.sku, p.url, d.category, d.probability,
    d.best AS best_category, d.reason AS decision_reason, d.evidence, o.price_minor, o.currency, o.list_price_minor,
    CASE WHEN p.vanished_at IS NOT NULL THEN 'discontinued' ELSE COALESCE(o.availability, 'unknown') END
      AS availability,
    p.first_seen, p.last_seen, p.vanished_at
  FROM products p
  JOIN shops s ON s.id = p.shop_id
  LEFT JOIN offers o ON o.product_id = p.id
  LEFT JOIN item_predictions d ON d.id = ${SHOWN_DECISION}
) i
LEFT JOIN blobs b ON b.id = (
  SELECT c.id FROM product_images pi JOIN images im ON im.id = pi.image_id
  JOIN blobs c ON c.id = im.blob_id AND c.format IS NOT NULL AND c.state NOT IN ('refused', 'quarantined')
  WHERE pi.product_id = i.product_id ORDER BY pi.position LIMIT 1)`,
};

const prices: ViewDoc = {
  name: 'v_prices',
  doc: 'The history of every offer: one row for each change of price, list price or availability.',
  columns: {
    product_id: "the item's number",
    shop: "the shop's id",
    title: 'present name of the item',
    url: 'page of the item',
    at: 'since when, ISO 8601 UTC',
    price: 'price in whole units of the currency; NULL when the page showed none',
    price_minor: 'the same in minor units, exact',
    currency: 'ISO 4217 code',
    list_price: 'price before a reduction, in whole units, or NULL',
    availability: 'availability from then on; discontinued when the item vanished',
  },
  types: {
    integer: ['product_id', 'price_minor'],
    time: ['at'],
    decimal: ['price', 'list_price'],
  },
  select: `
SELECT h.product_id, s.key AS shop, p.title, p.url, ${iso('h.at')} AS at,
  ${major('h.price_minor', 'h.currency')} AS price, h.price_minor, h.currency,
  ${major('h.list_price_minor', 'h.currency')} AS list_price, h.availability
FROM offer_history h
JOIN products p ON p.id = h.product_id
JOIN shops s ON s.id = p.shop_id`,
};

const categories: ViewDoc = {
  name: 'v_categories',
  doc: 'Categories with their items that have not vanished, one row for each category and currency.',
  columns: {
    category: 'category id',
    currency: 'ISO 4217 code; NULL for items without a price',
    items: 'number of items',
    in_stock: 'items that can be ordered now',
    min_price: 'lowest price, in whole units',
    avg_price: 'mean price, in whole units',
    max_price: 'highest price, in whole units',
  },
  types: {
    integer: ['items', 'in_stock'],
    decimal: ['min_price', 'max_price'],
    number: ['avg_price'],
  },
  select: `
SELECT category, currency, count(*) AS items, sum(in_stock) AS in_stock, min(price) AS min_price,
  avg(price) AS avg_price, max(price) AS max_price
FROM v_items WHERE category IS NOT NULL AND vanished_at IS NULL
GROUP BY category, currency`,
};

const unknown: ViewDoc = {
  name: 'v_unknown',
  doc: 'Items without a category that have not vanished, and why.',
  columns: {
    product_id: "the item's number",
    shop: "the shop's id",
    title: 'name on the shop page',
    url: 'page of the item',
    reason:
      'waiting, out-of-domain (it looks like nothing the model was taught), below-threshold (not sure enough), ' +
      'no-garment or several-garments (so say the words), none-of-these (so said a person), or no-usable-picture (and ' +
      'no words)',
    best_category: 'likeliest category, not accepted, or NULL',
    probability: 'its probability, 0 to 1',
    pictures: 'pictures that the page names',
    picture_problem: 'why a picture of it could not be used, or NULL',
  },
  types: {
    integer: ['product_id', 'pictures'],
    number: ['probability'],
  },
  select: `
SELECT v.product_id, v.shop, v.title, v.url, v.reason, v.best_category, v.probability,
  (SELECT count(*) FROM product_images pi WHERE pi.product_id = v.product_id) AS pictures,
  (SELECT COALESCE(b.reason, im.reason) FROM product_images pi
    JOIN images im ON im.id = pi.image_id LEFT JOIN blobs b ON b.id = im.blob_id
    WHERE pi.product_id = v.product_id AND COALESCE(b.reason, im.reason) IS NOT NULL
    ORDER BY pi.position LIMIT 1) AS picture_problem
FROM v_items v WHERE v.category IS NULL AND v.vanished_at IS NULL`,
};

/** As v_items: the current model's decision, else the latest of another. Read from indexes, item by item. */
const isUnknown = `
    CASE WHEN d.id IS NOT NULL THEN d.category IS NULL
      ELSE COALESCE((SELECT ip.category IS NULL FROM item_predictions ip WHERE ip.product_id = p.id
        ORDER BY ip.decided_at DESC, ip.id DESC LIMIT 1), 1) END`;
/** Of the latest run: what it has still to visit, or left to the next. */
const pagesWaiting = `(SELECT count(*) FROM frontier f
      WHERE f.state <> 'leased' AND f.shop_id = s.id AND f.rank <= ${LAST_RANK_OF_RUN})
    + (SELECT count(*) FROM frontier f
      WHERE f.state <> 'leased' AND f.shop_id = s.id AND f.rank IN (${EACH_RUN}, ${WHEN_DUE})
        AND f.due_at <= r.due_before)
    + (SELECT count(*) FROM frontier f WHERE f.state = 'leased' AND f.shop_id = s.id)`;
const pageError = `(SELECT f.reason || ': ' || f.detail || ' (' || f.url || ')' FROM frontier f
    WHERE f.shop_id = s.id AND f.run_id = r.id AND f.state IN ('pending', 'dropped') AND f.reason IS NOT NULL
      AND f.reason NOT IN ('robots', 'scope')
    ORDER BY f.settled_at DESC, f.id DESC LIMIT 1)`;

const shopHealth: ViewDoc = {
  name: 'v_shop_health',
  doc: 'How each shop is doing.',
  columns: {
    shop: "the shop's id",
    name: 'name for people',
    active: '1 while the config names it',
    last_run: 'start of the latest run, ISO 8601 UTC, or NULL',
    last_status: 'running, finished or failed',
    health: 'green, yellow or red: how the latest run that ended went; NULL before the first',
    problems: 'what is wrong with that run, in words, and since which run; NULL when green',
    items: 'items that have not vanished',
    vanished: 'items that have',
    unknown_share: 'share of the items without a category, 0 to 1, or NULL without items',
    pages_done: 'pages visited in the latest run',
    pages_dropped: 'pages given up in it',
    pages_waiting: 'pages it has still to visit',
    oldest_unvisited: 'when the longest waiting page that was never visited was found, or NULL',
    pictures_refused: 'pictures that could not be downloaded or used',
    last_error:
      'why the latest run failed, and what went wrong last in it; NULL without either. What robots.txt or the config excludes is no error',
    last_success: 'when the latest run that finished did so, ISO 8601 UTC, or NULL before the first',
  },
  types: {
    boolean: ['active'],
    time: ['last_run', 'oldest_unvisited', 'last_success'],
    integer: ['items', 'vanished', 'pages_done', 'pages_dropped', 'pages_waiting', 'pictures_refused'],
    number: ['unknown_share'],
  },
  select: `
SELECT s.key AS shop, s.name, s.active, ${iso('r.started_at')} AS last_run, r.status AS last_status,
  m.level AS health, ${problemsOf('m.run_id')} AS problems,
  (SELECT count(*) FROM products p WHERE p.shop_id = s.id AND p.vanished_at IS NULL) AS items,
  (SELECT count(*) FROM products p WHERE p.shop_id = s.id AND p.vanished_at IS NOT NULL) AS vanished,
  (SELECT avg(${isUnknown})
    FROM products p LEFT JOIN item_predictions d
      ON d.product_id = p.id AND d.model_id = (SELECT id FROM models WHERE role = 'current')
    WHERE p.shop_id = s.id AND p.vanished_at IS NULL) AS unknown_share,
  r.pages_done, r.pages_dropped,
  ${pagesWaiting} AS pages_waiting,
  ${iso(
    `(SELECT min(f.added_at) FROM frontier f
      WHERE f.state <> 'leased' AND f.shop_id = s.id AND f.rank < ${LAST_RANK_OF_RUN})`,
  )} AS oldest_unvisited,
  (SELECT count(*) FROM images im WHERE im.shop_id = s.id AND im.state = 'failed')
    + COALESCE(u.pictures, 0) AS pictures_refused,
  COALESCE(r.reason || COALESCE('; ' || ${pageError}, ''), ${pageError}) AS last_error,
  ${iso(
    `(SELECT l.finished_at FROM runs l WHERE l.shop_id = s.id AND l.status = 'finished'
      ORDER BY l.started_at DESC, l.id DESC LIMIT 1)`,
  )} AS last_success
FROM shops s
LEFT JOIN runs r ON r.id = (
  SELECT l.id FROM runs l WHERE l.shop_id = s.id ORDER BY l.started_at DESC, l.id DESC LIMIT 1)
LEFT JOIN run_measures m ON m.run_id = (
  SELECT l.id FROM runs l JOIN run_measures e ON e.run_id = l.id
  WHERE l.shop_id = s.id AND e.level IS NOT NULL ORDER BY l.started_at DESC, l.id DESC LIMIT 1)
LEFT JOIN (
  SELECT im.shop_id, count(*) AS pictures FROM blobs b JOIN images im ON im.blob_id = b.id
  WHERE b.state IN ('refused', 'quarantined') AND im.state <> 'failed'
  GROUP BY im.shop_id) u ON u.shop_id = s.id`,
};

export const VIEWS: readonly ViewDoc[] = [
  items,
  variantsView,
  prices,
  categories,
  unknown,
  shopHealth,
  sameProduct,
  ...RUN_VIEWS,
  feedView,
  labelsView,
  ...MODEL_VIEWS,
];

/** Makes the views what this program says they are. Other views in the file are people's own, and stay. */
export function ensureViews(db: Connection): void {
  const present = new Map(
    db
      .all<{ name: string; sql: string }>(`SELECT name, sql FROM sqlite_schema WHERE type = 'view'`)
      .map(({ name, sql }) => [name, sql]),
  );
  const changed = VIEWS.map(({ name, select }) => ({
    name,
    sql: `CREATE VIEW ${name} AS ${select.trim()}`,
  })).filter(({ name, sql }) => present.get(name) !== sql);
  if (changed.length === 0) return;
  db.transaction(() => {
    for (const { name, sql } of changed) db.raw.exec(`DROP VIEW IF EXISTS ${name}; ${sql}`);
  });
}
