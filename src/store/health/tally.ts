/**
 * Counts each visit of a run where its results are committed, in the same transaction: a visit that is delivered
 * twice is committed once, and so is counted once.
 */
import type { PageVisit } from '../../domain/crawl.js';
import { unreachable } from '../../domain/errors.js';
import { WATCHED_FIELDS } from '../../domain/health.js';
import type { WatchedField } from '../../domain/health.js';
import type { Product } from '../../domain/product.js';
import type { Connection } from '../connection.js';

/** The fields that a page's last reading found, as `pages.fields` keeps them; null where it never was a product. */
export function fieldsAfter(visit: PageVisit, before: number | null): number | null {
  if (visit.kind !== 'read') return before;
  if (visit.reading.product !== null) return fieldsOf(visit.reading.product);
  return before === null ? null : 0;
}

/** `fields`: those of the page after the visit. */
export function tallyVisit(db: Connection, run: number, visit: PageVisit, fields: number | null): void {
  countOutcome(db, run, outcomeOf(visit));
  const answered = visit.kind === 'read' || visit.kind === 'unchanged';
  const isProductPage = answered && fields !== null;
  const warnings = visit.kind === 'read' ? visit.reading.warnings : [];
  const isEncodingGuess = warnings.some(isAboutEncoding);
  const isBroken = warnings.some((warning) => !isAboutEncoding(warning));
  if (!isProductPage && !isEncodingGuess && !isBroken) return;
  db.run(
    `INSERT INTO run_measures (run_id, product_pages, product_pages_lost, encoding_guesses, broken_markup)
     VALUES (:run, :pages, :lost, :guesses, :broken)
     ON CONFLICT (run_id) DO UPDATE SET product_pages = product_pages + excluded.product_pages,
       product_pages_lost = product_pages_lost + excluded.product_pages_lost,
       encoding_guesses = encoding_guesses + excluded.encoding_guesses,
       broken_markup = broken_markup + excluded.broken_markup`,
    {
      run,
      pages: Number(isProductPage),
      lost: Number(isProductPage && fields === 0),
      guesses: Number(isEncodingGuess),
      broken: Number(isBroken),
    },
  );
  if (isProductPage && fields > 0) db.run(COUNT_FIELDS, { run, fields });
}

const COUNT_OUTCOME = `
  INSERT INTO run_outcomes (run_id, outcome, visits) VALUES (?, ?, 1)
  ON CONFLICT (run_id, outcome) DO UPDATE SET visits = visits + 1`;

const COUNT_FIELDS = `
  INSERT INTO run_fields (run_id, field, found) VALUES
    ${WATCHED_FIELDS.map((field, bit) => `(:run, '${field}', (:fields >> ${bit}) & 1)`).join(', ')}
  ON CONFLICT (run_id, field) DO UPDATE SET found = found + excluded.found`;

function countOutcome(db: Connection, run: number, outcome: string): void {
  db.run(COUNT_OUTCOME, [run, outcome]);
}

function outcomeOf(visit: PageVisit): string {
  switch (visit.kind) {
    case 'read':
    case 'unchanged':
    case 'gone':
      return visit.kind;
    case 'retry':
      return visit.failure;
    case 'dropped':
      return visit.reason;
    default:
      return unreachable(visit);
  }
}

function fieldsOf(product: Product): number {
  const { offer } = product;
  const isFound: Readonly<Record<WatchedField, boolean>> = {
    title: product.title !== '',
    price: offer !== null,
    currency: offer !== null,
    availability: offer !== null && offer.availability !== 'unknown',
    brand: product.brand !== null,
    sku: product.sku !== null,
    pictures: product.images.length > 0,
    breadcrumbs: product.breadcrumbs.length > 0,
  };
  return WATCHED_FIELDS.reduce((bits, field, bit) => bits | (Number(isFound[field]) << bit), 0);
}

/** As `decodePage` of src/extract begins such a warning. */
function isAboutEncoding(warning: string): boolean {
  return warning.startsWith('encoding:');
}
