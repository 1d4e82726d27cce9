/** The views of runs: how each of them went, and which fields its product pages showed. */
import { iso } from './view-doc.js';
import type { ViewDoc } from './view-doc.js';

/** What is wrong with a run, the worst first, in one line. The order comes from the subquery. */
export const problemsOf = (run: string): string => `(
  SELECT group_concat(findings.line, '; ') FROM (
    SELECT g.what || ' (since the run of ' || ${iso('g.since')} || ')' AS line
    FROM run_findings g WHERE g.run_id = ${run} ORDER BY g.level = 'red' DESC, g.since, g.code) findings)`;

const visits = (...outcomes: readonly string[]): string =>
  `COALESCE((SELECT sum(o.visits) FROM run_outcomes o
    WHERE o.run_id = r.id AND o.outcome IN (${outcomes.map((name) => `'${name}'`).join(', ')})), 0)`;

const runs: ViewDoc = {
  name: 'v_runs',
  doc: 'How each run went, measured and judged.',
  columns: {
    run: "the run's number",
    shop: "the shop's id",
    slot: 'the scheduled time it stands for, ISO 8601 UTC',
    started_at: 'when it began, ISO 8601 UTC',
    ended_at: 'when it ended, or NULL while it goes on',
    status: 'running, finished or failed',
    health: 'green, yellow or red; NULL while it goes on',
    problems: 'what is wrong with it, in words, and since which run; NULL when green',
    items:
      'items on sale when it ended: not vanished, and in a feed or on a page that neither is gone nor lost them',
    oldest_seen: 'when the one of these that was not seen for longest was last seen',
    unknown_share: 'share of unknown categories among the items that were decided, or NULL without any',
    product_pages: 'product pages that answered: read, or unchanged since they were',
    product_pages_lost: 'of these, pages that no longer read as a product',
    without_price: 'of these, pages without a price, the lost ones included',
    pages_read: 'pages that were read',
    pages_unchanged: 'pages that had not changed, by their answer (304) or their bytes',
    pages_gone: 'answers 404 or 410',
    robots: 'pages that robots.txt forbids',
    throttled: 'answers 429 or 503, and visits put off because of one',
    outcomes: 'visits by how they ended, as JSON: read, unchanged, gone, or the reason why not',
    encoding_guesses: 'pages that are not in the encoding they claim',
    broken_markup: 'pages read with a complaint about their markup, such as a JSON-LD block that is no JSON',
    links_refused: 'links to unknown pages that the guards against traps kept out',
  },
  types: {
    integer: [
      'run',
      'items',
      'product_pages',
      'product_pages_lost',
      'without_price',
      'pages_read',
      'pages_unchanged',
      'pages_gone',
      'robots',
      'throttled',
      'encoding_guesses',
      'broken_markup',
      'links_refused',
    ],
    time: ['started_at', 'ended_at', 'oldest_seen'],
    number: ['unknown_share'],
  },
  select: `
SELECT r.id AS run, s.key AS shop, r.slot, ${iso('r.started_at')} AS started_at,
  ${iso('r.finished_at')} AS ended_at, r.status, m.level AS health, ${problemsOf('r.id')} AS problems,
  m.items, ${iso('m.oldest_seen')} AS oldest_seen, m.unknown * 1.0 / NULLIF(m.decided, 0) AS unknown_share,
  m.product_pages, m.product_pages_lost,
  m.product_pages - COALESCE(
    (SELECT f.found FROM run_fields f WHERE f.run_id = r.id AND f.field = 'price'), 0) AS without_price,
  ${visits('read')} AS pages_read, ${visits('unchanged')} AS pages_unchanged, ${visits('gone')} AS pages_gone,
  ${visits('robots')} AS robots, ${visits('throttled')} AS throttled,
  (SELECT json_group_object(o.outcome, o.visits) FROM run_outcomes o WHERE o.run_id = r.id) AS outcomes,
  m.encoding_guesses, m.broken_markup,
  COALESCE((SELECT sum(l.links) FROM link_refusals l WHERE l.run_id = r.id), 0) AS links_refused
FROM runs r JOIN shops s ON s.id = r.shop_id JOIN run_measures m ON m.run_id = r.id`,
};

const runFields: ViewDoc = {
  name: 'v_run_fields',
  doc: 'Which fields the product pages of each run showed, one row for each run and field.',
  columns: {
    run: "the run's number",
    shop: "the shop's id",
    started_at: 'when it began, ISO 8601 UTC',
    field: 'title, price, currency, availability, brand, sku, pictures or breadcrumbs',
    product_pages: 'product pages that answered: read, or unchanged since they were',
    found: 'of these, pages on which the field was found when they were last read',
    share: 'the same as a share, 0 to 1',
  },
  types: {
    integer: ['run', 'product_pages', 'found'],
    time: ['started_at'],
    number: ['share'],
  },
  select: `
SELECT r.id AS run, s.key AS shop, ${iso('r.started_at')} AS started_at, f.field, m.product_pages, f.found,
  f.found * 1.0 / NULLIF(m.product_pages, 0) AS share
FROM run_fields f JOIN runs r ON r.id = f.run_id JOIN shops s ON s.id = r.shop_id
JOIN run_measures m ON m.run_id = r.id`,
};

export const RUN_VIEWS: readonly ViewDoc[] = [runs, runFields];
