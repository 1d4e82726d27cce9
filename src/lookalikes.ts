/**
 * Lookalikes for the API, from the search thread.
 *
 * An index is of one model, and pictures of another are not looked for in it. When search comes over to another model,
 * the index of that one is filled first, and then takes the place of the other at once.
 *
 * The thread is started with the daemon; a question waits until its index is filled. What the catalogue changed since
 * the last question is taken over before the next one. Only where that is not known, or is too much, a second thread
 * fills an index anew, and the old one answers until it is there; never two at once, and not again before fifty times
 * as long has passed as it took. Where there is no index yet and it cannot be filled, that is tried again later and
 * later, and who asks meanwhile hears why.
 */
import { FashiondError, messageOf } from './domain/errors.js';
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
/** After a fill that failed, and twice as long after each further one, up to the most. */
const RETRY_MS = 1000;
const RETRY_MOST_MS = 300_000;
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
  /** Fills that failed, one after the other. */
  #failures = 0;
  /** Why the last one failed, and from when on another may be tried where there is no index. */
  #refusal: { readonly why: string; readonly until: number } | null = null;
  #isClosed = false;

  constructor(take: () => SearchChanges | null, parts: Parts) {
    this.#take = take;
    this.#parts = parts;
  }

  async ask<Found>(question: (one: ModelThread) => Promise<Found>): Promise<Found> {
    const model = this.#parts.model();
    const inUse = this.#inUse?.model === model ? this.#inUse : null;
    if (inUse === null) {
      if (this.#filling === null) this.#requirePatience();
      return question(await this.#fill(model));
    }
    const changes = this.#take();
    if (changes === null || inUse.thread.hasMissed) this.#isStale = true;
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
    // Told of in the log; a later question tries again.
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

  /** Throws `busy` where filling failed lately. */
  #requirePatience(): void {
    const refusal = this.#refusal;
    const left = (refusal?.until ?? 0) - this.#parts.monotonic();
    if (refusal === null || left <= 0) return;
    throw new FashiondError('busy', `the index of lookalikes cannot be filled: ${refusal.why}`, {
      hint: `it is tried again in ${Math.ceil(left / 1000)} s`,
      retry: true,
    });
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
    this.#filling ??= this.#started(model, mayTakeOver).finally(() => {
      this.#filling = null;
      this.#next = null;
    });
    return this.#filling;
  }

  /** Of the model that is served where the one asked for may not take over and there is no index before it. */
  async #started(model: ModelFingerprint, mayTakeOver: () => boolean): Promise<ModelThread> {
    let found = await this.#start(model, mayTakeOver);
    if (found === null && !this.#isClosed) {
      const now = this.#parts.model();
      found = await this.#start(now, () => this.#parts.model() === now);
    }
    if (found === null) throw new FashiondError('busy', 'the model was changed meanwhile', { retry: true });
    return found;
  }

  /** Null where it may not take over, and none is in use. */
  async #start(model: ModelFingerprint, mayTakeOver: () => boolean): Promise<ModelThread | null> {
    const { start, monotonic, log } = this.#parts;
    const startedAt = monotonic();
    // What changes from here on is told to the thread; what was before, it reads.
    const missed = this.#take();
    if (missed !== null) this.changed(missed);
    const wasStale = this.#isStale || missed === null;
    this.#isStale = false;
    const thread = start(model);
    this.#next = thread;
    try {
      await thread.ready;
      this.#failures = 0;
      this.#refusal = null;
      const before = this.#inUse;
      if (this.#isClosed) return { thread, model };
      if (!mayTakeOver()) {
        // The one before stays in use, and what it missed it still has not seen.
        if (wasStale) this.#isStale = true;
        await thread.close();
        return before;
      }
      const next = { thread, model };
      this.#use(next);
      await before?.thread.close();
      return next;
    } catch (error) {
      this.#isStale = true;
      const wait = Math.min(RETRY_MOST_MS, RETRY_MS * 2 ** this.#failures);
      this.#failures += 1;
      this.#refusal = { why: messageOf(error), until: monotonic() + wait };
      if (!this.#isClosed) log.error('lookalikes.failed', { error: messageOf(error) });
      await thread.close();
      throw error;
    } finally {
      this.#nextAt = monotonic() + Math.max(FRESH_MS, (monotonic() - startedAt) * SHARE_OF_TIME);
    }
  }
}
