/**
 * Reads of a catalogue by two threads beside the event loop, so that nothing else waits for them: one for what may go
 * through all of it, one for pages, which are not held up by a count then. An item and its history are read on the event
 * loop: by their number they take a third of a millisecond, about what asking a thread does.
 */
import type { ItemFilter } from '../../domain/browse.js';
import type { CatalogueReads } from '../../domain/catalogue-reads.js';
import { AskedThread } from '../../platform/asked-thread.js';
import type { ReadingQuestion } from './reading-worker.js';

const IDLE_MS = 60_000;
const MOST_WAITING = 100;
const HEAP_MIB = 128;

export interface Readers extends CatalogueReads {
  close(): Promise<void>;
}

/** `path`: of the database. Starts nothing before the first question. */
export function openReaders(path: string): Readers {
  const [pages, whole] = [threadOf(path), threadOf(path)];
  const ask = <Answer>(thread: AskedThread, question: ReadingQuestion): Promise<Answer> =>
    thread.ask(question);
  return {
    list: (filter, limit, after) =>
      ask(goesThroughAll(filter) ? whole : pages, { kind: 'list', filter, limit, after }),
    review: (limit, except) => ask(pages, { kind: 'review', limit, except }),
    waitingForReview: () => ask(whole, { kind: 'waitingForReview' }),
    stats: () => ask(whole, { kind: 'stats' }),
    facets: () => ask(whole, { kind: 'facets' }),
    shops: () => ask(whole, { kind: 'shops' }),
    close: async () => {
      await Promise.all([pages.close(), whole.close()]);
    },
  };
}

function threadOf(path: string): AskedThread {
  return new AskedThread({
    from: import.meta.url,
    worker: './reading-worker.js',
    workerData: path,
    does: 'reads the catalogue',
    mostWaiting: MOST_WAITING,
    idleMs: IDLE_MS,
    maxHeapMiB: HEAP_MIB,
  });
}

/** Whether there is no index that leads to the items, which may then be few or none. */
function goesThroughAll({ words, category }: ItemFilter): boolean {
  return words !== null || category === 'unknown';
}
