/**
 * Lookalikes for the API, from the search thread.
 *
 * An index is of one model, and pictures of another are not looked for in it. When search comes over to another model,
 * the index of that one is filled first, and then takes the place of the other at once.
 *
 * The thread is started with the daemon; a question waits until its index is filled. What the catalogue changed since
 * the last question is taken over before the next one. Only where that is not known, or is too much, a second thread
 * fills an index anew, and the old one answers until it is there; never two at once, and not again before fifty times
 * as long has passed as it took.
 */
import { messageOf } from './domain/errors.js';
import type { ModelFingerprint, ProductId } from './domain/ids.js';
import type { Money } from './domain/money.js';
import type { Log } from './domain/ports.js';
import type { SearchChanges } from './domain/search-ports.js';
import type { Lookalike, Lookalikes } from './domain/serving.js';
import type { SearchVectors, SimilarFilter, SimilarItem } from './domain/similar.js';
import { explain } from './search/explain.js';
import type { SearchThread } from './search-thread.js';
import type { Store } from './store/store.js';

const FRESH_MS = 30_000;
const SHARE_OF_TIME = 50;
/** Changed items that are taken over before a question; more are after it. */
const AT_ONCE = 500;

export interface OpenLookalikes extends Lookalikes {
  /**
   * Fills the index of another model, where there is one of the model before, and has `adopt` called at the moment in
   * which it takes over; `adopt` says whether it may.
   */
  comeOver(model: ModelFingerprint, adopt: () => boolean): Promise<void>;
  /** Begins to fill the index, so that the first question need not wait for all of it. */
  prepare(): void;
  /** Ends the threads; to be awaited before the store is closed. */
  close(): Promise<void>;
}

interface Parts {
  /** The model whose vectors are searched. */
  readonly model: () => ModelFingerprint;
  readonly start: (model: ModelFingerprint) => SearchThread;
  readonly monotonic: () => number;
  readonly log: Log;
}
type SearchedStore = { readonly browse: Pick<Store['browse'], 'takeChanges' | 'items'> };

export function openLookalikes({ browse }: SearchedStore, parts: Parts): OpenLookalikes {
  const kept = new KeptThread(() => browse.takeChanges(), parts);
  const explained = (found: readonly SimilarItem[], price: Money | null): Lookalike[] =>
    found.map((one) => ({ ...one, explanation: explain(one, price) }));
  return {
    ofItem: async (id: ProductId, filter: SimilarFilter) => {
      const found = await kept.ask(({ thread }) => thread.ofItem(id, filter));
      return found === null ? null : explained(found, browse.items([id])[0]?.price ?? null);
    },
    ofPicture: async (vectors: SearchVectors, model: ModelFingerprint, filter: SimilarFilter) => {
      const found = await kept.ask(async (one) =>
        one.model === model ? one.thread.ofPicture(vectors, filter) : null,
      );
      return found === null ? null : explained(found, null);
    },
    refresh: (ids: readonly ProductId[]) => {
      kept.changed({ items: ids, pictures: [] });
    },
    comeOver: async (model: ModelFingerprint, adopt: () => boolean) => kept.comeOver(model, adopt),
    prepare: () => {
      kept.prepare();
    },
    close: async () => kept.close(),
  };
}

interface ModelThread {
  readonly thread: SearchThread;
  readonly model: ModelFingerprint;
}

/** The thread in use, and the one that is being filled. */
class KeptThread {
  readonly #take: () => SearchChanges | null;
  readonly #parts: Parts;
  #inUse: ModelThread | null = null;
  #next: SearchThread | null = null;
  #filling: Promise<ModelThread> | null = null;
  /** Whether the thread in use has missed changes. */
  #isStale = false;
  #nextAt = 0;
  #isClosed = false;

  constructor(take: () => SearchChanges | null, parts: Parts) {
    this.#take = take;
    this.#parts = parts;
  }

  async ask<Found>(question: (one: ModelThread) => Promise<Found>): Promise<Found> {
    const model = this.#parts.model();
    const inUse = this.#inUse?.model === model ? this.#inUse : null;
    if (inUse === null) return question(await this.#fill(model));
    const changes = this.#take();
    if (changes === null) this.#isStale = true;
    const isMany = changes !== null && changes.items.length > AT_ONCE;
    if (changes !== null && !isMany) this.changed(changes);
    if (this.#isStale && this.#filling === null && this.#parts.monotonic() >= this.#nextAt) {
      // Told of in the log; the old thread goes on answering.
      this.#fill(model).catch(() => undefined);
    }
    const answer = question(inUse);
    if (changes !== null && isMany) this.changed(changes);
    return answer;
  }

  prepare(): void {
    // Told of in the log; the first question tries again.
    if (this.#inUse === null) this.#fill(this.#parts.model()).catch(() => undefined);
  }

  async comeOver(model: ModelFingerprint, adopt: () => boolean): Promise<void> {
    await this.#filling?.catch(() => undefined);
    if (this.#inUse === null) adopt();
    else await this.#fill(model, adopt);
  }

  changed(changes: SearchChanges): void {
    if (changes.items.length === 0 && changes.pictures.length === 0) return;
    this.#inUse?.thread.changed(changes);
    this.#next?.changed(changes);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#inUse?.thread.close(), this.#next?.close()]);
    await this.#filling?.catch(() => undefined);
  }

  #use(one: ModelThread): void {
    this.#inUse = one;
    // One that died is started again by the next question.
    void this.#startAgainAfter(one);
  }

  async #startAgainAfter(one: ModelThread): Promise<void> {
    await one.thread.ended;
    if (this.#inUse === one) this.#inUse = null;
  }

  #fill(
    model: ModelFingerprint,
    mayTakeOver: () => boolean = () => this.#parts.model() === model,
  ): Promise<ModelThread> {
    this.#filling ??= this.#start(model, mayTakeOver).finally(() => {
      this.#filling = null;
      this.#next = null;
    });
    return this.#filling;
  }

  async #start(model: ModelFingerprint, mayTakeOver: () => boolean): Promise<ModelThread> {
    const { start, monotonic, log } = this.#parts;
    const startedAt = monotonic();
    // What changes from here on is told to the thread; what was before, it reads.
    const missed = this.#take();
    if (missed !== null) this.changed(missed);
    this.#isStale = false;
    const thread = start(model);
    this.#next = thread;
    try {
      await thread.ready;
      const before = this.#inUse;
      if (this.#isClosed) return { thread, model };
      if (!mayTakeOver()) {
        await thread.close();
        return before ?? { thread, model };
      }
      const next = { thread, model };
      this.#use(next);
      await before?.thread.close();
      return next;
    } catch (error) {
      this.#isStale = true;
      if (!this.#isClosed) log.error('lookalikes.failed', { error: messageOf(error) });
      await thread.close();
      throw error;
    } finally {
      this.#nextAt = monotonic() + Math.max(FRESH_MS, (monotonic() - startedAt) * SHARE_OF_TIME);
    }
  }
}
