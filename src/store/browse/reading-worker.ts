/**
 * Thread that reads the catalogue. `workerData` is the database's path. Its connection lives as long as it does; no read
 * stays open between two questions, so that each sees what was committed and no checkpoint waits for it.
 */
import { workerData } from 'node:worker_threads';
import type { Facets, ItemFilter, ListPosition } from '../../domain/browse.js';
import type { ReviewQueue } from '../../domain/catalogue-reads.js';
import { FashiondError, messageOf, unreachable } from '../../domain/errors.js';
import type { ErrorCode } from '../../domain/errors.js';
import type { ProductId } from '../../domain/ids.js';
import type { Connection } from '../connection.js';
import { openForReading } from '../open-file.js';
import { reviewQueue, waitingForReview } from '../review/queue.js';
import { Browsing } from './browsing.js';

export type ReadingQuestion =
  | {
      readonly kind: 'list';
      readonly filter: ItemFilter;
      readonly limit: number;
      readonly after: ListPosition | null;
    }
  | { readonly kind: 'review'; readonly limit: number; readonly except: ReadonlySet<ProductId> }
  | { readonly kind: 'waitingForReview' | 'stats' | 'facets' | 'shops' };

/** An error loses its class on the way between threads; a fault of this program is `internal`. */
export type ReadingReply =
  | { readonly answer: unknown }
  | {
      readonly problem: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint: string | null;
        readonly retry: boolean;
      };
    };

const BRANDS = 200;
/** Pictures of items alike that a question shows. */
const ALIKE = 8;

let open: { readonly db: Connection; readonly browse: Browsing } | null = null;

export function answer(question: ReadingQuestion): ReadingReply {
  try {
    return { answer: read(question) };
  } catch (error) {
    const { code, hint, retry } =
      error instanceof FashiondError ? error : ({ code: 'internal', hint: null, retry: false } as const);
    return { problem: { code, message: messageOf(error), hint, retry } };
  }
}

function read(question: ReadingQuestion): unknown {
  if (open === null) {
    const db = openForReading(workerData as string);
    open = { db, browse: new Browsing(db) };
  }
  const { db, browse } = open;
  switch (question.kind) {
    case 'list':
      return browse.list(question.filter, question.limit, question.after);
    case 'review':
      return reviewOf(db, browse, question.limit, question.except);
    case 'waitingForReview':
      return waitingForReview(db);
    case 'stats':
      return browse.stats();
    case 'facets':
      return facetsOf(browse);
    case 'shops':
      return browse.shops();
    default:
      return unreachable(question);
  }
}

function facetsOf(browse: Browsing): Facets {
  return {
    categories: browse.categoryCounts(),
    currencies: browse.currencies(),
    brands: browse.brands(BRANDS),
    shops: browse.shopNames(),
  };
}

function reviewOf(
  db: Connection,
  browse: Browsing,
  limit: number,
  except: ReadonlySet<ProductId>,
): ReviewQueue {
  const entries = reviewQueue(db, limit, { except, random: Math.random });
  const questions = entries.flatMap((entry) => {
    const [item] = browse.items([entry.product]);
    const detail = browse.item(entry.product);
    if (item === undefined || detail === null) return [];
    const { breadcrumbs, candidates, evidence } = detail;
    const alikeItems = browse.items(entry.alike.slice(0, ALIKE));
    return [{ ...entry, item, hints: { breadcrumbs, candidates, evidence }, alikeItems }];
  });
  return { waiting: waitingForReview(db), questions };
}
