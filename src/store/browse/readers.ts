/**
 * Reads of a catalogue by two threads beside the event loop, so that nothing else waits for them: one for what may go
 * through all of it, one for pages, which are not held up by a count then. An item and its history are read on the event
 * loop: by their number they take a third of a millisecond, about what asking a thread does.
 */
import type { ItemFilter } from '../../domain/browse.js';
import type { CatalogueReads } from '../../domain/catalogue-reads.js';
import { FashiondError, messageOf } from '../../domain/errors.js';
import { createPool } from '../../platform/worker-pool.js';
import type { ReadingQuestion, ReadingReply } from './reading-worker.js';
import { wordsOf } from './words.js';

const IDLE_MS = 60_000;
const MOST_WAITING = 100;
const HEAP_MIB = 128;

export interface Readers extends CatalogueReads {
  close(): Promise<void>;
}

/**
 * `path`: of the database. Starts nothing before the first question. A read rejects with FashiondError `busy`, which a later
 * one may not meet, where too many wait or the thread died of it; one that dies takes no other with it.
 */
export function openReaders(path: string): Readers {
  const [pages, whole] = [threadFor(path), threadFor(path)];
  return {
    list: (filter, limit, after) =>
      (goesThroughAll(filter) ? whole : pages).ask({ kind: 'list', filter, limit, after }),
    review: (limit, except) => pages.ask({ kind: 'review', limit, except }),
    waitingForReview: () => whole.ask({ kind: 'waitingForReview' }),
    stats: () => whole.ask({ kind: 'stats' }),
    facets: () => whole.ask({ kind: 'facets' }),
    shops: () => whole.ask({ kind: 'shops' }),
    close: async () => {
      await Promise.all([pages.close(), whole.close()]);
    },
  };
}

interface Thread {
  ask<Answer>(question: ReadingQuestion): Promise<Answer>;
  close(): Promise<void>;
}

function threadFor(path: string): Thread {
  const pool = createPool({
    from: import.meta.url,
    worker: './reading-worker.js',
    threads: 1,
    maxQueue: 1,
    workerData: path,
    maxHeapMiB: HEAP_MIB,
    idleMs: IDLE_MS,
  });
  const ended = new AbortController();
  // In the pool's own queue, what waits behind a question that its thread dies of would wait until the next one comes.
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const inTurn = async (question: ReadingQuestion): Promise<ReadingReply> => {
    if (waiting >= MOST_WAITING) throw new Error(`${MOST_WAITING} reads wait`);
    waiting += 1;
    const turn = last.then(() => {
      ended.signal.throwIfAborted();
      return pool.run(question, { name: 'answer' }) as Promise<ReadingReply>;
    });
    last = turn.catch(() => undefined);
    return turn.finally(() => {
      waiting -= 1;
    });
  };
  return {
    async ask<Answer>(question: ReadingQuestion): Promise<Answer> {
      const reply = await inTurn(question).catch((error: unknown) => {
        throw new FashiondError('busy', `the catalogue could not be read: ${messageOf(error)}`, {
          hint: 'Ask again in a moment; should it fail again, for less at a time.',
          retry: true,
          cause: error,
        });
      });
      if ('answer' in reply) return reply.answer as Answer;
      const { code, message, hint, retry } = reply.problem;
      throw new FashiondError(code, message, { retry, ...(hint === null ? {} : { hint }) });
    },
    close: async () => {
      ended.abort(new Error('the reads were ended'));
      await pool.destroy();
    },
  };
}

/**
 * Whether no index leads to the items, which may then be few or none: words of two characters, what is unknown, and
 * currency, price or stock where the list is in another order than that of prices and nothing else narrows it.
 */
function goesThroughAll(filter: ItemFilter): boolean {
  const { match, conditions } = wordsOf(filter.words);
  if (match !== null) return false;
  if (conditions.length > 0 || filter.category === 'unknown') return true;
  const isPriced = filter.order === 'cheapest' || filter.order === 'dearest';
  const isNarrowed = filter.category !== null || filter.shop !== null || filter.brand !== null;
  const asksOffer =
    filter.inStock || filter.currency !== null || filter.minPrice !== null || filter.maxPrice !== null;
  return asksOffer && !isPriced && !isNarrowed;
}
