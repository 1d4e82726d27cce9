/** The search thread as the daemon sees it: questions become promises. See search-worker.ts for the other side. */
import { Worker } from 'node:worker_threads';
import { FashiondError } from './domain/errors.js';
import type { ProductId } from './domain/ids.js';
import type { SearchChanges } from './domain/search-ports.js';
import type { SearchVectors, SimilarFilter, SimilarItem } from './domain/similar.js';
import { IMPORT_ONLY, workerPath } from './platform/worker-path.js';
import type { ShortVector } from './search/fill-index.js';
import type { FromSearch, SearchThreadData, ToSearch } from './search-messages.js';

export interface SearchThread {
  /** Resolves once the index is filled; rejects where that failed, and the thread is good for nothing but `close` then. */
  readonly ready: Promise<void>;
  /** Null for an item that cannot be searched with. */
  ofItem(id: ProductId, filter: SimilarFilter): Promise<readonly SimilarItem[] | null>;
  ofPicture(vectors: SearchVectors, filter: SimilarFilter): Promise<readonly SimilarItem[]>;
  /** Takes changes over before the next question. */
  changed(changes: SearchChanges): void;
  /** Whether it could not take over some changes: its answers are not what the store is. */
  readonly hasMissed: boolean;
  /** Resolves once the thread is over, for whatever reason. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

interface Asked {
  readonly resolve: (found: readonly SimilarItem[] | null) => void;
  readonly reject: (error: Error) => void;
}

/** What the thread reports besides answers. */
interface Listener {
  /** Short vectors to be kept. */
  readonly made: (space: string, made: readonly ShortVector[]) => void;
  /** Something failed that was no question. */
  readonly failed: (error: Error) => void;
  /** The index is large, and no basis shortens its vectors. */
  readonly slow: (items: number) => void;
}

export function startSearchThread(data: SearchThreadData, listener: Listener): SearchThread {
  const worker = new Worker(workerPath(import.meta.url, './search-worker.js'), {
    workerData: data,
    execArgv: [...IMPORT_ONLY],
  });
  worker.unref();
  return new Thread(worker, listener);
}

class Thread implements SearchThread {
  readonly #worker: Worker;
  readonly #asked = new Map<number, Asked>();
  #next = 1;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;
  #hasMissed = false;
  /** Why nothing can be asked any more; null while the thread is there. */
  #over: Error | null = null;

  constructor(worker: Worker, listener: Listener) {
    this.#worker = worker;
    this.ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#end(new FashiondError('internal', 'the search thread ended', { retry: true }));
        resolve();
      });
    });
    this.ready = new Promise((resolve, reject) => {
      worker.on('message', (message: FromSearch) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'made') listener.made(message.space, message.made);
        else if (message.kind === 'slow') listener.slow(message.items);
        else if (message.kind === 'missed') this.#missed(message, listener);
        else if (message.kind === 'answer') this.#settle(message.ask)?.resolve(message.found);
        else this.#failed(message, listener, reject);
      });
      worker.once('error', (error: Error) => {
        this.#end(error);
        reject(error);
      });
      worker.once('exit', () => {
        reject(this.#over ?? new FashiondError('internal', 'the search thread ended'));
      });
    });
    // Who waits for it hears of it.
    this.ready.catch(() => undefined);
  }

  get hasMissed(): boolean {
    return this.#hasMissed;
  }

  ofItem(id: ProductId, filter: SimilarFilter): Promise<readonly SimilarItem[] | null> {
    return this.#ask((ask) => ({ kind: 'ofItem', ask, id, filter }));
  }

  async ofPicture(vectors: SearchVectors, filter: SimilarFilter): Promise<readonly SimilarItem[]> {
    return (await this.#ask((ask) => ({ kind: 'ofPicture', ask, vectors, filter }))) ?? [];
  }

  changed(changes: SearchChanges): void {
    this.#tell({ kind: 'changed', changes });
  }

  async close(): Promise<void> {
    this.#worker.ref();
    this.#tell({ kind: 'end' });
    await this.ended;
  }

  #ask(message: (ask: number) => ToSearch): Promise<readonly SimilarItem[] | null> {
    if (this.#over !== null) return Promise.reject(this.#over);
    const ask = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#asked.set(ask, { resolve, reject });
      this.#tell(message(ask));
    });
  }

  #tell(message: ToSearch): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(message);
  }

  #settle(ask: number): Asked | undefined {
    const asked = this.#asked.get(ask);
    this.#asked.delete(ask);
    return asked;
  }

  #missed(message: Extract<FromSearch, { kind: 'missed' }>, listener: Listener): void {
    this.#hasMissed = true;
    listener.failed(errorOf(message));
  }

  #failed(
    { ask, ...fault }: Extract<FromSearch, { kind: 'failed' }>,
    listener: Listener,
    notReady: (error: Error) => void,
  ): void {
    const error = errorOf(fault);
    if (ask !== null) {
      this.#settle(ask)?.reject(error);
      return;
    }
    notReady(error);
    listener.failed(error);
  }

  #end(error: Error): void {
    this.#over ??= error;
    for (const { reject } of this.#asked.values()) reject(this.#over);
    this.#asked.clear();
  }
}

function errorOf({
  code,
  message,
  hint,
}: Pick<Extract<FromSearch, { kind: 'missed' }>, 'code' | 'message' | 'hint'>) {
  return new FashiondError(code, message, hint === null ? {} : { hint });
}
